// Credit asked over a real socket: JSON by hand, and the remote client, of a real engine.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "engine/base/money.h"
#include "engine/base/status.h"
#include "engine/serve/connect.h"
#include "engine/serve/http_server.h"
#include "engine/serve/local_api.h"
#include "engine/serve/remote_api.h"
#include "tests/serve/raw_client.h"
#include "tests/support/small_engine.h"

namespace revops {
namespace {

using test::About;
using test::IdOf;
using test::kSmallMinute;
using test::kSmallStart;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::StartsWith;

class AttributionOverHttpTest : public ::testing::Test {
 protected:
  AttributionOverHttpTest() {
    auto server =
        HttpServer::Start({}, [this](const HttpCall& call) { return AnswerCall(api_, call, {}); });
    REVOPS_CHECK(server.ok());
    server_ = *std::move(server);
    auto remote = RemoteApi::Open(server_->url(), {});
    REVOPS_CHECK(remote.ok());
    remote_ = *std::move(remote);
    // Two touches, then a win of EUR 33.33.
    const std::string account = About("account:crm:acme");
    const std::string deal = About("opportunity:crm:d") + account;
    const auto at = [](int minutes) {
      return absl::StrCat("occurred_at: ", kSmallStart + minutes * kSmallMinute, " ");
    };
    small_.Given({account + at(1) + "channel: 'webinar' webinar { action: ATTENDED }",
                  account + at(2) + "channel: 'email' form {}",
                  deal + at(3) + "opportunity_opened { fields { stage_id: 'discovery' } }",
                  deal + at(4) +
                      "opportunity_closed { outcome: WON fields { amount { currency_code: 'EUR' "
                      "units: 33 nanos: 330000000 } } }"});
  }

  std::string Post(const std::string& body) {
    test::RawClient client(server_->port());
    client.Send(test::PostJson("Attribution", body));
    return client.ReadAnswer();
  }

  // Under a model, line by line, then all.
  static std::vector<std::string> Amounts(const v1::AttributionResponse& response,
                                          const std::string& model) {
    int index = 0;
    while (index < response.models_size() && response.models(index).name() != model) ++index;
    if (index == response.models_size()) return {"no model " + model};
    std::vector<std::string> amounts;
    const auto& table = response.tables(response.tables_size() - 1);
    const auto text = [&](const v1::AttributionLine& line) {
      return absl::StrCat(line.unattributed() ? "unattributed" : line.value(), " ",
                          Money::FromProto(line.credits(index).amount())->ToText());
    };
    for (const auto& line : table.lines()) amounts.push_back(text(line));
    amounts.push_back(text(table.total()));
    return amounts;
  }

  test::SmallEngine small_;
  LocalApi api_{small_.engine(), &small_.ingest(), small_.clock(), {}};
  std::unique_ptr<HttpServer> server_;
  std::unique_ptr<RemoteApi> remote_;
};

TEST_F(AttributionOverHttpTest, OfOneDealEveryTouchHasItsCredit) {
  v1::AttributionRequest request;
  *request.mutable_deal() = IdOf("opportunity:crm:d");
  const auto response = remote_->Attribution(request);
  ASSERT_TRUE(response.ok()) << response.status();
  EXPECT_TRUE(response->seen().settled());
  EXPECT_EQ(response->deal_at(), kSmallStart + 4 * kSmallMinute);
  EXPECT_THAT(Amounts(*response, "first"), ElementsAre("webinar EUR 33.33", "email EUR 0.00",
                                                       "unattributed EUR 0.00", " EUR 33.33"));
  EXPECT_THAT(Amounts(*response, "linear"), ElementsAre("webinar EUR 16.67", "email EUR 16.66",
                                                        "unattributed EUR 0.00", " EUR 33.33"));
  EXPECT_EQ(response->tables(0).lines(0).touch().kind(), "webinar.attended");
}

TEST_F(AttributionOverHttpTest, ACreditIsExplainedByItsTouchesToTheCent) {
  v1::ExplainRequest request;
  request.set_view("attribution");
  *request.mutable_id() = IdOf("opportunity:crm:d");
  const auto response = remote_->Explain(request, nullptr);
  ASSERT_TRUE(response.ok()) << response.status();
  EXPECT_TRUE(response->equal());
  ASSERT_GE(response->events_size(), 2);
  EXPECT_EQ(response->events(0).id(), "e0");
  EXPECT_EQ(response->events(0).at(), kSmallStart + kSmallMinute);
  std::vector<std::string> earned;
  for (int touch = 0; touch < 2; ++touch) {
    for (const auto& field : response->events(touch).fields()) {
      if (field.field() == "channel") earned.push_back(field.to());
      if (field.field() == "won.linear") earned.push_back(field.added());
    }
  }
  EXPECT_THAT(earned, ElementsAre("webinar", "16.67", "email", "16.66"));
  for (const auto& term : response->terms()) {
    if (term.term() == "won.linear") {
      EXPECT_EQ(term.counted(), "33.33");
    }
    EXPECT_EQ(term.counted(), term.added()) << term.term();
  }
}

TEST_F(AttributionOverHttpTest, OfAPeriodChannelsShareWhatWasWon) {
  v1::AttributionRequest request;
  request.set_from_day("2024-03-01");
  request.set_end_day("2024-04-01");
  const auto march = remote_->Attribution(request);
  ASSERT_TRUE(march.ok()) << march.status();
  EXPECT_THAT(Amounts(*march, "last"), ::testing::Contains("email EUR 33.33"));
  EXPECT_EQ(march->from_day(), "2024-03-01");
  EXPECT_EQ(march->paths_won(), 1);
  request.set_from_day("2024-04-01");
  request.set_end_day("2024-05-01");
  const auto april = remote_->Attribution(request);
  ASSERT_TRUE(april.ok()) << april.status();
  EXPECT_EQ(april->paths_won(), 0);
}

TEST_F(AttributionOverHttpTest, JsonNamesFieldsAsTheContractDoes) {
  const std::string answer =
      Post(R"({"deal":{"kind":"OPPORTUNITY","namespace":"crm","value":"d"}})");
  EXPECT_THAT(answer, StartsWith("HTTP/1.1 200 OK\r\n"));
  EXPECT_THAT(answer, HasSubstr(R"("deal_at":)"));
  EXPECT_THAT(answer, HasSubstr(R"("currency_code":"EUR","units":"33","nanos":330000000)"));
}

TEST_F(AttributionOverHttpTest, WhatCannotBeAskedIsRefusedInWords) {
  EXPECT_THAT(Post(R"({"by":"weather"})"), StartsWith("HTTP/1.1 400 "));
  EXPECT_THAT(Post(R"({"by":"weather"})"), HasSubstr("weather"));
  v1::AttributionRequest request;
  *request.mutable_deal() = IdOf("opportunity:crm:nobody");
  EXPECT_EQ(remote_->Attribution(request).status().code(), absl::StatusCode::kNotFound);
  request.Clear();
  request.set_from_day("yesterday");
  const absl::Status status = remote_->Attribution(request).status();
  EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_THAT(std::string(status.message()), HasSubstr("from_day"));
}

}  // namespace
}  // namespace revops
