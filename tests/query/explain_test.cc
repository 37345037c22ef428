#include "engine/query/explain.h"

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/support/small_engine.h"

namespace revops {
namespace {

using test::About;
using test::IdOf;
using test::kSmallNow;
using test::kSmallStart;
using test::SmallEngine;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

constexpr int64_t kDay = 86'400'000'000;

absl::StatusOr<v1::ExplainResponse> Ask(SmallEngine& small, const v1::ExplainRequest& request) {
  const auto look = LookAt(small.engine());
  if (!look.ok()) return look.status();
  return Explain(small.engine(), *look, kSmallNow, request, nullptr);
}

std::string AddedTo(const v1::ExplainedEvent& event, const std::string& field) {
  for (const auto& change : event.fields()) {
    if (change.field() == field) return change.added();
  }
  return "";
}

TEST(ExplainTest, EachEventSaysWhatItAddedToAScoreAsItStandsNow) {
  SmallEngine small;
  const std::string ada = About("contact:crm:ada");
  // Half-life 30 days; asked 60 days after the first, 30 after the second.
  small.Given(
      {ada + absl::StrCat("occurred_at: ", kSmallStart,
                          " webinar { action: ATTENDED webinar_id: 'w' minutes: 50 }"),
       ada + absl::StrCat("occurred_at: ", kSmallStart + 30 * kDay, " demo { action: REQUESTED }"),
       ada +
           absl::StrCat("occurred_at: ", kSmallStart + 31 * kDay, " traits { seniority: 'vp' }")});
  v1::ExplainRequest request;
  request.set_view("lead");
  *request.mutable_id() = IdOf("contact:crm:ada");
  request.set_at(kSmallStart + 60 * kDay);
  const auto response = Ask(small, request);
  ASSERT_TRUE(response.ok()) << response.status();
  EXPECT_TRUE(response->equal());
  ASSERT_EQ(response->events_size(), 3);
  EXPECT_EQ(response->events(0).kind(), "webinar.attended");
  EXPECT_EQ(AddedTo(response->events(0), "engagement"), "5");   // 20, halved twice
  EXPECT_EQ(AddedTo(response->events(1), "engagement"), "20");  // 40, halved once
  EXPECT_EQ(AddedTo(response->events(2), "fit"), "25");
  EXPECT_EQ(response->events(2).id(), "e2");
}

TEST(ExplainTest, EachEventSaysWhatItAddedToAKpi) {
  SmallEngine small;
  const auto deal = [](const std::string& id, int day, const std::string& rest) {
    return About("opportunity:crm:" + id) +
           absl::StrCat("occurred_at: ", kSmallStart + day * kDay, " ", rest);
  };
  const std::string fields =
      "fields { stage_id: 'discovery' amount { currency_code: 'EUR' units: 100 } }";
  small.Given({deal("a", 0, "opportunity_opened { " + fields + " }"),
               deal("a", 9, "opportunity_closed { outcome: WON }"),
               deal("b", 0, "opportunity_opened { " + fields + " }"),
               deal("b", 10, "opportunity_closed { outcome: WON }"),
               deal("b", 11, "opportunity_reopened {}")});
  v1::ExplainRequest request;
  request.set_kpi("bookings");
  request.set_from_day("2024-03-01");
  request.set_end_day("2024-04-01");
  const auto response = Ask(small, request);
  ASSERT_TRUE(response.ok()) << response.status();
  EXPECT_TRUE(response->equal());
  EXPECT_EQ(response->kpi().points(0).value(), "100");
  std::vector<std::string> added;
  for (const auto& event : response->events()) {
    ASSERT_EQ(event.cells_size(), 1);
    added.push_back(absl::StrCat(event.kind(), " ", event.cells(0).added()));
  }
  EXPECT_THAT(added, ::testing::UnorderedElementsAre("opportunity_closed.won 100",
                                                     "opportunity_closed.won 100",
                                                     "opportunity_reopened -100"));
  ASSERT_EQ(response->terms_size(), 1);
  EXPECT_EQ(response->terms(0).term(), "won_amount");
  EXPECT_EQ(response->terms(0).added(), "100");
  request.set_events_max(1);
  const auto first = Ask(small, request);
  EXPECT_EQ(first->events_size(), 1);
  EXPECT_EQ(first->events_count(), 3u);
  EXPECT_EQ(first->terms(0).added(), "100");
}

TEST(ExplainTest, WhatCannotBeExplainedIsRefusedInWords) {
  SmallEngine small;
  v1::ExplainRequest request;
  EXPECT_THAT(std::string(Ask(small, request).status().message()), HasSubstr("name a view"));
  request.set_kpi("happiness");
  EXPECT_EQ(Ask(small, request).status().code(), absl::StatusCode::kNotFound);
  request.set_kpi("bookings");
  request.set_events_max(99'999);
  EXPECT_THAT(std::string(Ask(small, request).status().message()), HasSubstr("events_max is"));
  request.clear_kpi();
  request.clear_events_max();
  request.set_view("lead");
  *request.mutable_id() = IdOf("contact:crm:nobody");
  EXPECT_EQ(Ask(small, request).status().code(), absl::StatusCode::kNotFound);
}

}  // namespace
}  // namespace revops
