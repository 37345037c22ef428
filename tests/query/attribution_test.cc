// Source of the expected figures: the paths of serhiipuzyrov.com (definitions of the field), the
// rest by hand.
#include "engine/query/attribution.h"

#include <map>

#include "absl/strings/str_cat.h"
#include "engine/base/money.h"
#include "engine/query/explain.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/support/small_engine.h"
#include "tests/support/small_model.h"

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

std::shared_ptr<const RevenueModel> Model(const std::string& channels = "") {
  return test::SmallModel(absl::StrCat(test::kDemoQualifies, R"(
        channels { default_channel: "other" )",
                                       channels, R"(
          rule { channel: "g" when { field: "channel" equals: "g" } }
          rule { channel: "m" when { field: "channel" equals: "m" } }
        }
        attribution {
          lookback_days: 90
          model { name: "linear" version: 1 others_ppm: 1000000 }
          model { name: "last" version: 1 last_ppm: 1000000 }
        })"));
}

std::string Touch(const std::string& account, int day, const std::string& channel,
                  const std::string& rest = "") {
  return absl::StrCat(About("account:crm:" + account), "occurred_at: ", kSmallStart + day * kDay,
                      " channel: '", channel, "' ", rest, " form {}");
}
std::vector<std::string> Deal(const std::string& account, int day, const std::string& amount) {
  const std::string subject = About("opportunity:crm:" + account) + About("account:crm:" + account);
  return {absl::StrCat(subject, "occurred_at: ", kSmallStart + (day - 1) * kDay,
                       " opportunity_opened { fields { stage_id: 'new' } }"),
          absl::StrCat(subject, "occurred_at: ", kSmallStart + day * kDay,
                       " opportunity_closed { outcome: WON fields { amount { ", amount, " } } }")};
}

// Won: G, G, M, G>M; not won: G; won without any touch: one.
void GivenPaths(SmallEngine& small) {
  std::vector<std::string> events = {Touch("a", 1, "g"), Touch("b", 1, "g"), Touch("c", 1, "m"),
                                     Touch("d", 1, "g"), Touch("d", 2, "m"), Touch("e", 1, "g")};
  const std::pair<const char*, const char*> won[] = {{"a", "units: 100"},
                                                     {"b", "units: 100 nanos: 10000000"},
                                                     {"c", "units: 50"},
                                                     {"d", "units: 33 nanos: 330000000"},
                                                     {"f", "units: 10"}};
  for (const auto& [account, amount] : won) {
    for (std::string& event : Deal(account, 10, absl::StrCat("currency_code: 'EUR' ", amount))) {
      events.push_back(std::move(event));
    }
  }
  small.Given(events);
}

absl::StatusOr<v1::AttributionResponse> Ask(SmallEngine& small,
                                            const v1::AttributionRequest& request = {}) {
  const auto look = LookAt(small.engine());
  if (!look.ok()) return look.status();
  return AskAttribution(small.engine(), *look, kSmallNow, request);
}

int IndexOf(const v1::AttributionResponse& response, const std::string& model) {
  for (int i = 0; i < response.models_size(); ++i) {
    if (response.models(i).name() == model) return i;
  }
  ADD_FAILURE() << "no model " << model;
  return 0;
}

std::string AmountText(const v1::AttributedCredit& credit) {
  return credit.has_amount() ? Money::FromProto(credit.amount())->ToText() : "none";
}

// channel -> amount, "sum" among them.
std::map<std::string, std::string> AmountsBy(const v1::AttributionResponse& response,
                                             const std::string& model, int table = 1) {
  const int index = IndexOf(response, model);
  std::map<std::string, std::string> amounts;
  for (const auto& line : response.tables(table).lines()) {
    amounts[line.value()] = AmountText(line.credits(index));
  }
  amounts["sum"] = AmountText(response.tables(table).total().credits(index));
  return amounts;
}

TEST(AttributionTest, OfAPeriodEveryModelSharesOutTheSameSumToTheCent) {
  SmallEngine small(2, AllProjections(), {}, Model());
  GivenPaths(small);
  const auto response = Ask(small);
  ASSERT_TRUE(response.ok()) << response.status();
  ASSERT_EQ(response->models_size(), 4);
  ASSERT_EQ(response->tables_size(), 2);
  EXPECT_EQ(response->tables(1).currency(), "EUR");
  using Amounts = std::map<std::string, std::string>;
  EXPECT_EQ(AmountsBy(*response, "linear"), (Amounts{{"g", "EUR 216.68"},
                                                     {"m", "EUR 66.66"},
                                                     {"unattributed", "EUR 10.00"},
                                                     {"sum", "EUR 293.34"}}));
  EXPECT_EQ(AmountsBy(*response, "last"), (Amounts{{"g", "EUR 200.01"},
                                                   {"m", "EUR 83.33"},
                                                   {"unattributed", "EUR 10.00"},
                                                   {"sum", "EUR 293.34"}}));
  // 2.4, 1.6 and 1 of 5 wins.
  EXPECT_EQ(AmountsBy(*response, "markov"), (Amounts{{"g", "EUR 140.80"},
                                                     {"m", "EUR 93.87"},
                                                     {"unattributed", "EUR 58.67"},
                                                     {"sum", "EUR 293.34"}}));
  // 2.5, 1.5 and 1 of 5.
  EXPECT_EQ(AmountsBy(*response, "shapley"), (Amounts{{"g", "EUR 146.67"},
                                                      {"m", "EUR 88.00"},
                                                      {"unattributed", "EUR 58.67"},
                                                      {"sum", "EUR 293.34"}}));
}

TEST(AttributionTest, AmountsAreConvertedAtTheRatesOfTheirDays) {
  SmallEngine small(2, AllProjections(), {}, Model());
  GivenPaths(small);
  v1::AttributionRequest request;
  request.set_currency("USD");
  // Without a rate amounts stay what they are, and that is said.
  const auto without = Ask(small, request);
  ASSERT_TRUE(without.ok()) << without.status();
  EXPECT_EQ(without->tables(1).currency(), "EUR");
  ASSERT_FALSE(without->remarks().empty());
  EXPECT_THAT(without->remarks(0), HasSubstr("no rate from EUR to USD"));
  small.Given({absl::StrCat(
      About("company:us:us"), "occurred_at: ", kSmallStart,
      " exchange_rate { from_currency: 'EUR' to_currency: 'USD' rate_e9: ", 1'500'000'000, " }")});
  const auto response = Ask(small, request);
  ASSERT_TRUE(response.ok()) << response.status();
  EXPECT_TRUE(response->remarks().empty());
  ASSERT_EQ(response->tables_size(), 2);
  EXPECT_EQ(response->tables(1).currency(), "USD");
  // One and a half times 216.68, 66.66, 10 and 293.34.
  using Amounts = std::map<std::string, std::string>;
  EXPECT_EQ(AmountsBy(*response, "linear"), (Amounts{{"g", "USD 325.02"},
                                                     {"m", "USD 99.99"},
                                                     {"unattributed", "USD 15.00"},
                                                     {"sum", "USD 440.01"}}));
  EXPECT_EQ(AmountsBy(*response, "shapley").at("sum"), "USD 440.01");
}

TEST(AttributionTest, RemovalEffectsAndWinsAreThePublishedOnes) {
  SmallEngine small(2, AllProjections(), {}, Model());
  GivenPaths(small);
  const auto response = Ask(small);
  ASSERT_TRUE(response.ok()) << response.status();
  EXPECT_EQ(response->paths(), 6);
  EXPECT_EQ(response->paths_won(), 5);
  const auto& deals = response->tables(0);
  EXPECT_EQ(deals.currency(), "");
  const int markov = IndexOf(*response, "markov");
  const int shapley = IndexOf(*response, "shapley");
  EXPECT_TRUE(response->models(markov).solved());
  EXPECT_FALSE(response->models(0).solved());
  ASSERT_EQ(deals.lines_size(), 3);
  const double effects[] = {.75, .5};
  const double wins[] = {2.4, 1.6, 1};
  const double values[] = {2.5, 1.5, 1};
  for (int i = 0; i < 3; ++i) {
    const auto& line = deals.lines(i);
    EXPECT_NEAR(std::stod(line.credits(markov).deals()), wins[i], 1e-9);
    EXPECT_NEAR(std::stod(line.credits(shapley).deals()), values[i], 1e-9);
  }
  EXPECT_TRUE(deals.lines(2).unattributed());
  for (int i = 0; i < 2; ++i) {
    EXPECT_NEAR(std::stod(deals.lines(i).credits(markov).effect()), effects[i], 1e-9);
  }
  // Linear: a, b and half of d; c and half of d; f.
  EXPECT_EQ(deals.lines(0).credits(0).deals(), "2.5");
  EXPECT_EQ(deals.lines(0).credits(0).share(), "0.5");
  EXPECT_EQ(deals.total().credits(0).deals(), "5");
}

TEST(AttributionTest, OneDealShowsItsTouchesAndWhatEachModelGivesThem) {
  SmallEngine small(2, AllProjections(), {}, Model());
  GivenPaths(small);
  v1::AttributionRequest request;
  *request.mutable_deal() = IdOf("opportunity:crm:d");
  const auto response = Ask(small, request);
  ASSERT_TRUE(response.ok()) << response.status();
  ASSERT_EQ(response->tables_size(), 1);
  const auto& table = response->tables(0);
  ASSERT_EQ(table.lines_size(), 3);
  EXPECT_EQ(table.lines(0).value(), "g");
  EXPECT_EQ(table.lines(0).touch().kind(), "form");
  EXPECT_EQ(table.lines(1).touch().at(), kSmallStart + 2 * kDay);
  EXPECT_TRUE(table.lines(2).unattributed());
  std::vector<std::string> linear, last;
  for (const auto& line : table.lines()) {
    linear.push_back(AmountText(line.credits(0)));
    last.push_back(AmountText(line.credits(1)));
  }
  EXPECT_THAT(linear, ElementsAre("EUR 16.67", "EUR 16.66", "EUR 0.00"));
  EXPECT_THAT(last, ElementsAre("EUR 0.00", "EUR 33.33", "EUR 0.00"));
  EXPECT_EQ(table.lines(0).credits(0).share(), "0.5");
  EXPECT_EQ(AmountText(table.total().credits(0)), "EUR 33.33");
}

std::map<std::string, std::string> FieldsOf(const v1::ExplainedEvent& event) {
  std::map<std::string, std::string> fields;
  for (const auto& field : event.fields()) {
    fields[field.field()] = field.added().empty() ? field.to() : field.added();
  }
  return fields;
}

TEST(AttributionTest, ACreditIsExplainedByTheEventsThatEarnedIt) {
  SmallEngine small(2, AllProjections(), {}, Model());
  GivenPaths(small);
  v1::ExplainRequest request;
  request.set_view("attribution");
  *request.mutable_id() = IdOf("opportunity:crm:d");
  const auto look = LookAt(small.engine());
  const auto response = Explain(small.engine(), *look, kSmallNow, request, nullptr);
  ASSERT_TRUE(response.ok()) << response.status();
  EXPECT_TRUE(response->equal());
  ASSERT_EQ(response->events_size(), 4);  // two touches, the opening, the win
  EXPECT_EQ(response->events(0).kind(), "form");
  EXPECT_EQ(response->events(0).id(), "e3");
  EXPECT_EQ(response->events(0).at(), kSmallStart + kDay);
  std::map<std::string, std::string> first = FieldsOf(response->events(0));
  EXPECT_EQ(first["channel"], "g");
  EXPECT_EQ(first["won.linear"], "16.67");
  EXPECT_EQ(first["won.last"], "0");
  std::map<std::string, std::string> second = FieldsOf(response->events(1));
  EXPECT_EQ(second["channel"], "m");
  EXPECT_EQ(second["won.linear"], "16.66");
  EXPECT_EQ(second["won.last"], "33.33");
  ASSERT_EQ(response->terms_size(), 2);
  for (const auto& term : response->terms()) {
    EXPECT_EQ(term.counted(), "33.33") << term.term();
    EXPECT_EQ(term.added(), "33.33") << term.term();
    EXPECT_EQ(term.currency(), "EUR");
  }
  // Nobody touched f: a line says so.
  *request.mutable_id() = IdOf("opportunity:crm:f");
  const auto untouched = Explain(small.engine(), *look, kSmallNow, request, nullptr);
  ASSERT_TRUE(untouched.ok()) << untouched.status();
  EXPECT_TRUE(untouched->equal());
  EXPECT_EQ(untouched->events(untouched->events_size() - 1).kind(), "unattributed");
  EXPECT_EQ(FieldsOf(untouched->events(untouched->events_size() - 1))["won.linear"], "10");
}

TEST(AttributionTest, WhatCountsAsOneTouchIsNamedAsPartOfIt) {
  SmallEngine small;
  const std::string acme = About("account:crm:acme");
  const auto at = [&](int day, const std::string& rest) {
    return absl::StrCat(acme, "occurred_at: ", kSmallStart + day * kDay, " ", rest);
  };
  std::vector<std::string> events = {
      at(1, "session_id: 's' page_view {}"), at(1, "session_id: 's' form {}"),
      at(2,
         About("contact:crm:ann") + "interaction_id: 'm' meeting { action: HELD meeting_id: 'm' }"),
      at(2,
         About("contact:crm:bob") + "interaction_id: 'm' meeting { action: HELD meeting_id: 'm' }"),
      at(3, "session_id: 's' email { action: OPENED }")};
  const std::string deal = About("opportunity:crm:d");
  events.push_back(deal + at(4, "opportunity_opened { fields { stage_id: 'discovery' } }"));
  events.push_back(deal + at(5,
                             "opportunity_closed { outcome: WON fields { amount { "
                             "currency_code: 'EUR' units: 10 } } }"));
  small.Given(events);
  v1::ExplainRequest request;
  request.set_view("attribution");
  *request.mutable_id() = IdOf("opportunity:crm:d");
  const auto look = LookAt(small.engine());
  const auto response = Explain(small.engine(), *look, kSmallNow, request, nullptr);
  ASSERT_TRUE(response.ok()) << response.status();
  EXPECT_TRUE(response->equal());
  ASSERT_EQ(response->events_size(), 6);  // all but the opened mail
  EXPECT_EQ(FieldsOf(response->events(0))["won.linear"], "5");
  EXPECT_EQ(FieldsOf(response->events(1))["part_of"], "e0");
  EXPECT_EQ(FieldsOf(response->events(2))["won.linear"], "5");
  EXPECT_EQ(FieldsOf(response->events(3))["part_of"], "e2");
}

TEST(AttributionTest, ADealWithoutATouchIsUnattributedInFull) {
  SmallEngine small(2, AllProjections(), {}, Model());
  GivenPaths(small);
  v1::AttributionRequest request;
  *request.mutable_deal() = IdOf("opportunity:crm:f");
  const auto response = Ask(small, request);
  ASSERT_TRUE(response.ok()) << response.status();
  ASSERT_EQ(response->tables(0).lines_size(), 1);
  EXPECT_EQ(AmountText(response->tables(0).lines(0).credits(0)), "EUR 10.00");
  EXPECT_EQ(response->tables(0).lines(0).credits(0).share(), "1");
}

TEST(AttributionTest, WhatCannotBeSolvedIsLeftOutInWords) {
  SmallEngine small(2, AllProjections(), {}, Model());
  GivenPaths(small);
  v1::AttributionRequest request;
  request.set_by("team");
  const auto response = Ask(small, request);
  ASSERT_TRUE(response.ok()) << response.status();
  EXPECT_EQ(response->models_size(), 2);
  ASSERT_EQ(response->remarks_size(), 1);
  EXPECT_THAT(response->remarks(0), HasSubstr("paths are counted by channel only"));
}

TEST(AttributionTest, AnyNumberOfChannelsIsSolved) {
  std::string rules;
  for (int i = 0; i < 16; ++i) {
    absl::StrAppend(&rules, "rule { channel: 'c", i, "' when { field: 'channel' equals: 'c", i,
                    "' } } ");
  }
  SmallEngine many(2, AllProjections(), {}, Model(rules));
  std::vector<std::string> events;
  for (int i = 0; i < 16; ++i) events.push_back(Touch("a", i + 1, absl::StrCat("c", i)));
  for (std::string& event : Deal("a", 20, "currency_code: 'EUR' units: 1")) events.push_back(event);
  many.Given(events);
  const auto response = Ask(many);
  ASSERT_TRUE(response.ok()) << response.status();
  EXPECT_TRUE(response->remarks().empty());
  const int shapley = IndexOf(*response, "shapley");
  ASSERT_EQ(response->tables(0).lines_size(), 17);
  for (int i = 0; i < 16; ++i) {
    EXPECT_EQ(response->tables(0).lines(i).credits(shapley).deals(), "0.062500000");
  }
}

TEST(AttributionTest, OneCampaignIsShownByChannel) {
  SmallEngine small(2, AllProjections(), {}, Model());
  std::vector<std::string> events = {Touch("a", 1, "g", "campaign_id: 'x'"),
                                     Touch("a", 2, "m", "campaign_id: 'x'"),
                                     Touch("a", 3, "m", "campaign_id: 'y'")};
  for (std::string& event : Deal("a", 20, "currency_code: 'EUR' units: 90")) {
    events.push_back(event);
  }
  small.Given(events);
  v1::AttributionRequest request;
  request.set_campaign("x");
  const auto response = Ask(small, request);
  ASSERT_TRUE(response.ok()) << response.status();
  EXPECT_EQ(AmountsBy(*response, "linear"),
            (std::map<std::string, std::string>{{"g", "EUR 30.00"},
                                                {"m", "EUR 30.00"},
                                                {"unattributed", "EUR 0.00"},
                                                {"sum", "EUR 60.00"}}));
}

TEST(AttributionTest, WrongQuestionsAreRefusedWithWhatWouldDo) {
  SmallEngine small(2, AllProjections(), {}, Model());
  small.Given(Deal("a", 10, "currency_code: 'EUR' units: 1"));
  small.Given({absl::StrCat(About("opportunity:crm:open"),
                            "opportunity_opened { fields { stage_id: 'new' } }")});
  v1::AttributionRequest request;
  request.set_by("owner");
  EXPECT_THAT(std::string(Ask(small, request).status().message()),
              HasSubstr("by is \"owner\"; it can be channel, campaign, team"));
  request.set_by("team");
  request.set_campaign("x");
  EXPECT_EQ(Ask(small, request).status().code(), absl::StatusCode::kInvalidArgument);
  request.Clear();
  request.set_from_day("2024-05-01");
  request.set_end_day("2024-05-01");
  EXPECT_THAT(std::string(Ask(small, request).status().message()), HasSubstr("not after from_day"));
  *request.mutable_deal() = IdOf("opportunity:crm:a");
  EXPECT_THAT(std::string(Ask(small, request).status().message()),
              HasSubstr("together with a period"));
  request.Clear();
  *request.mutable_deal() = IdOf("opportunity:crm:nobody");
  EXPECT_EQ(Ask(small, request).status().code(), absl::StatusCode::kNotFound);
  *request.mutable_deal() = IdOf("opportunity:crm:open");
  EXPECT_THAT(std::string(Ask(small, request).status().message()),
              HasSubstr("is not won; ask for the credit of its opening"));
  request.set_anchor(v1::AttributionRequest::OPENED);
  EXPECT_TRUE(Ask(small, request).ok());
}

}  // namespace
}  // namespace revops
