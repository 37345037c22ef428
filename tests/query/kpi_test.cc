// The worked examples of definitions.md §2, asked of KPIs of the default model.
#include "engine/query/kpi.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/support/small_engine.h"

namespace revops {
namespace {

using test::About;
using test::kSmallNow;
using test::kSmallStart;
using test::SmallEngine;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

constexpr int64_t kDay = 86'400'000'000;

// One event of a deal, so many days after 2024-03-01.
std::string Deal(const std::string& id, int days, const std::string& rest) {
  return absl::StrCat(About("opportunity:crm:" + id), "occurred_at: ", kSmallStart + days * kDay,
                      " ", rest);
}
std::string Opened(const std::string& id, int days, const std::string& stage,
                   const std::string& fields = "") {
  return Deal(
      id, days,
      absl::StrCat("opportunity_opened { fields { stage_id: '", stage, "' ", fields, " } }"));
}
std::string Euros(int64_t units) {
  return absl::StrCat("amount { currency_code: 'EUR' units: ", units, " }");
}
std::string Closed(const std::string& id, int days, const std::string& outcome) {
  return Deal(id, days, absl::StrCat("opportunity_closed { outcome: ", outcome, " }"));
}

v1::KpiRequest Ask(const std::vector<std::string>& names) {
  v1::KpiRequest request;
  for (const std::string& name : names) request.add_names(name);
  return request;
}

v1::KpiResponse Answer(SmallEngine& small, const v1::KpiRequest& request) {
  const auto look = LookAt(small.engine());
  EXPECT_TRUE(look.ok()) << look.status();
  const auto response = AskKpis(small.engine(), *look, kSmallNow, request);
  EXPECT_TRUE(response.ok()) << response.status();
  return response.ok() ? *response : v1::KpiResponse();
}

absl::Status Refusal(SmallEngine& small, const v1::KpiRequest& request) {
  const auto look = LookAt(small.engine());
  return AskKpis(small.engine(), *look, kSmallNow, request).status();
}

// "value" of the only number; "unknown".
std::string Value(SmallEngine& small, const std::string& name) {
  const v1::KpiResponse response = Answer(small, Ask({name}));
  if (response.kpis_size() != 1 || response.kpis(0).points_size() != 1) return "no number";
  const v1::KpiPoint& point = response.kpis(0).points(0);
  return point.has_value() ? point.value() : "unknown";
}

TEST(KpiTest, FourWonTwoLostAndNinetyFourDerailedAreTwoThirdsNarrowAndFourPercentBroad) {
  SmallEngine small;
  std::vector<std::string> events;
  for (int i = 0; i < 100; ++i) {
    const std::string id = absl::StrCat(i);
    events.push_back(Opened(id, 0, "discovery"));
    events.push_back(Closed(id, 1, i < 4 ? "WON" : i < 6 ? "LOST" : "NO_DECISION"));
  }
  small.Given(events);
  EXPECT_EQ(Value(small, "win_rate_narrow"), "0.666666667");
  EXPECT_EQ(Value(small, "win_rate_broad"), "0.04");
  const v1::KpiResponse response = Answer(small, Ask({"win_rate_narrow", "win_rate_broad"}));
  EXPECT_EQ(response.kpis(0).points(0).n(), "6");
  EXPECT_EQ(response.kpis(1).points(0).n(), "100");
  EXPECT_EQ(response.kpis(1).points(0).numerator(), "4");
}

TEST(KpiTest, OfAHundredCreatedThreeWonAndSevenLostThreePercentAreWonAndTenResolved) {
  SmallEngine small;
  std::vector<std::string> events;
  for (int i = 0; i < 100; ++i) {
    const std::string id = absl::StrCat(i);
    events.push_back(Opened(id, 0, "discovery"));
    if (i < 10) events.push_back(Closed(id, 5, i < 3 ? "WON" : "LOST"));
  }
  small.Given(events);
  const v1::KpiResponse response = Answer(small, Ask({"win_rate_cohort", "win_rate_narrow"}));
  EXPECT_EQ(response.kpis(0).points(0).value(), "0.03");
  EXPECT_EQ(response.kpis(0).points(0).resolved(), "0.1");
  EXPECT_EQ(response.kpis(1).points(0).value(), "0.3");
}

TEST(KpiTest, FiftyDealsTimesAQuarterTimes25000OverSixtyDaysAre5208ADay) {
  SmallEngine small;
  std::vector<std::string> events;
  for (int i = 0; i < 50; ++i) {
    events.push_back(Opened(absl::StrCat("open", i), 0, "discovery", Euros(1)));
  }
  events.push_back(Opened("won", 0, "discovery", Euros(25'000)));
  events.push_back(Closed("won", 60, "WON"));
  for (int i = 0; i < 3; ++i) {
    events.push_back(Opened(absl::StrCat("lost", i), 0, "discovery", Euros(7)));
    events.push_back(Closed(absl::StrCat("lost", i), 10, "LOST"));
  }
  // Neither is qualified, and one that is past its close date is no pipeline.
  events.push_back(Opened("early", 0, "prospecting", Euros(5)));
  events.push_back(Opened("stale", 0, "discovery",
                          absl::StrCat("close_date: ", kSmallStart + 3 * kDay, " ", Euros(5))));
  small.Given(events);
  EXPECT_EQ(Value(small, "velocity"), "5208.333333333");
  EXPECT_EQ(Value(small, "sales_cycle"), "5184000");
  EXPECT_EQ(Value(small, "past_due_deals"), "1");
  EXPECT_EQ(Value(small, "past_due_pipeline"), "5");
}

TEST(KpiTest, CoverageIsThePipelineOfThePeriodOverTargetLessWon) {
  SmallEngine small;
  const auto closes = [](int day) {
    return absl::StrCat(" close_date: ", kSmallStart + day * kDay, " ");
  };
  small.Given({
      absl::StrCat(About("company:us:us"), "occurred_at: ", kSmallStart,
                   " target { kpi: 'bookings' from_day: ", kSmallStart + 31 * kDay, " to_day: ",
                   kSmallStart + 122 * kDay, " amount { currency_code: 'EUR' units: 125000 } }"),
      Opened("a", 35, "discovery", Euros(100'000) + closes(100)),
      Opened("b", 35, "proposal", Euros(50'000) + closes(110)),
      Opened("next quarter", 35, "proposal", Euros(900'000) + closes(130)),
      Opened("won", 35, "discovery", Euros(65'000)),
      Closed("won", 60, "WON"),
  });
  v1::KpiRequest request = Ask({"coverage", "forecast_weighted", "bookings", "coverage_of_target"});
  request.set_grain(v1::KpiRequest::QUARTER);
  request.set_from_day("2024-04-01");
  request.set_end_day("2024-07-01");
  const v1::KpiResponse response = Answer(small, request);
  ASSERT_EQ(response.kpis_size(), 4);
  EXPECT_EQ(response.kpis(0).points(0).value(), "2.5");     // 150,000 / (125,000 - 65,000)
  EXPECT_EQ(response.kpis(1).points(0).value(), "115000");  // 65,000 + 20 % + 60 %
  EXPECT_EQ(response.kpis(2).points(0).target(), "125000");
  EXPECT_EQ(response.kpis(3).points(0).value(), "1.2");
  EXPECT_TRUE(response.kpis(2).points(0).partial());
}

TEST(KpiTest, ARatioOfAQuarterIsThatOfItsSumsAndADivisionByZeroIsUnknown) {
  SmallEngine small;
  std::vector<std::string> events;
  // March: 1 of 1 won; April: 1 of 4.
  for (int i = 0; i < 5; ++i) {
    const std::string id = absl::StrCat(i);
    events.push_back(Opened(id, 0, "discovery"));
    events.push_back(Closed(id, i == 0 ? 10 : 40, i < 2 ? "WON" : "LOST"));
  }
  small.Given(events);
  v1::KpiRequest request = Ask({"win_rate_narrow"});
  request.set_grain(v1::KpiRequest::MONTH);
  request.set_from_day("2024-02-01");
  request.set_end_day("2024-05-01");
  request.set_compare(true);
  const v1::KpiResponse months = Answer(small, request);
  ASSERT_EQ(months.kpis(0).points_size(), 3);
  EXPECT_FALSE(months.kpis(0).points(0).has_value());
  EXPECT_EQ(months.kpis(0).points(1).value(), "1");
  EXPECT_FALSE(months.kpis(0).points(1).has_before());
  EXPECT_EQ(months.kpis(0).points(2).value(), "0.25");
  EXPECT_EQ(months.kpis(0).points(2).before(), "1");
  EXPECT_EQ(months.kpis(0).points(2).period(), "2024-04");
  EXPECT_EQ(Value(small, "win_rate_narrow"), "0.4");
}

TEST(KpiTest, OtherSlicesThanTheMeasuresHaveAreRefusedWithTheListOffered) {
  SmallEngine small;
  small.Given({Opened("a", 0, "discovery", "owner: 'ann'"), Closed("a", 1, "WON"),
               Opened("b", 0, "discovery", "owner: 'bob'"), Closed("b", 1, "LOST")});
  v1::KpiRequest request = Ask({"win_rate_narrow"});
  request.add_by("owner");
  const v1::KpiResponse response = Answer(small, request);
  ASSERT_EQ(response.kpis(0).points_size(), 2);
  EXPECT_THAT(response.kpis(0).points(0).slice(), ElementsAre("ann"));
  EXPECT_EQ(response.kpis(0).points(0).value(), "1");
  EXPECT_EQ(response.kpis(0).points(1).value(), "0");
  request.clear_by();
  request.add_only()->set_dimension("owner");
  request.mutable_only(0)->set_value("bob");
  EXPECT_EQ(Answer(small, request).kpis(0).points(0).value(), "0");
  request.add_by("weather");
  EXPECT_THAT(std::string(Refusal(small, request).message()),
              HasSubstr("cannot be sliced by weather; it can be by owner, product"));
  EXPECT_EQ(Refusal(small, Ask({"happiness"})).code(), absl::StatusCode::kNotFound);
}

TEST(KpiTest, AStockIsWhatCameLessWhatWentUpToTheEndOfEachPeriod) {
  SmallEngine small;
  small.Given({Opened("a", 0, "discovery", Euros(100)), Opened("b", 40, "discovery", Euros(30)),
               Closed("a", 70, "LOST")});
  v1::KpiRequest request = Ask({"open_pipeline", "open_deals"});
  request.set_grain(v1::KpiRequest::MONTH);
  request.set_from_day("2024-02-01");
  request.set_end_day("2024-06-01");
  const v1::KpiResponse response = Answer(small, request);
  std::vector<std::string> amounts;
  for (const auto& point : response.kpis(0).points()) amounts.push_back(point.value());
  EXPECT_THAT(amounts, ElementsAre("0", "100", "130", "30"));
  EXPECT_EQ(response.kpis(1).points(2).value(), "2");
}

TEST(KpiTest, AmountsOfSeveralCurrenciesAreConvertedAtTheDaysRateOrNotAddedUp) {
  SmallEngine small;
  const auto dollars = [](int units) {
    return absl::StrCat("amount { currency_code: 'USD' units: ", units, " }");
  };
  small.Given({Opened("a", 0, "discovery", Euros(100)), Closed("a", 1, "WON"),
               Opened("b", 0, "discovery", dollars(100)), Closed("b", 1, "WON"),
               Opened("c", 0, "discovery", dollars(100)), Closed("c", 50, "WON")});
  const v1::KpiResponse apart = Answer(small, Ask({"bookings", "average_deal"}));
  ASSERT_EQ(apart.kpis(0).points_size(), 2);
  EXPECT_EQ(apart.kpis(0).points(0).currency(), "EUR");
  EXPECT_EQ(apart.kpis(0).points(1).value(), "200");
  EXPECT_FALSE(apart.kpis(1).points(0).has_value());
  EXPECT_THAT(apart.kpis(1).remarks(0), HasSubstr("amounts are in EUR, USD"));

  v1::KpiRequest request = Ask({"bookings", "average_deal"});
  request.set_currency("EUR");
  EXPECT_THAT(Answer(small, request).kpis(0).remarks(0), HasSubstr("there is no rate from USD"));
  const auto rate = [](int day, int64_t rate_e9) {
    return absl::StrCat(
        About("company:us:us"), "occurred_at: ", kSmallStart + day * kDay,
        " exchange_rate { from_currency: 'USD' to_currency: 'EUR' rate_e9: ", rate_e9, " }");
  };
  small.Given({rate(0, 900'000'000), rate(30, 800'000'000)});
  const v1::KpiResponse converted = Answer(small, request);
  EXPECT_EQ(converted.kpis(0).points(0).value(), "270");  // 100 + 90 + 80
  EXPECT_EQ(converted.kpis(1).points(0).value(), "90");
}

TEST(KpiTest, PipelineCreatedIsConvertedAtPlanRatesAndBookingsAtMarketRates) {
  SmallEngine small;
  const auto rate = [](int64_t rate_e9, bool plan) {
    return absl::StrCat(About("company:us:us"), "occurred_at: ", kSmallStart,
                        " exchange_rate { from_currency: 'USD' to_currency: 'EUR' rate_e9: ",
                        rate_e9, plan ? " plan: true }" : " }");
  };
  small.Given({rate(900'000'000, false), rate(500'000'000, true),
               Opened("a", 1, "discovery", "amount { currency_code: 'USD' units: 100 }"),
               Closed("a", 2, "WON")});
  v1::KpiRequest request = Ask({"pipeline_created", "bookings"});
  request.set_currency("EUR");
  const v1::KpiResponse response = Answer(small, request);
  EXPECT_EQ(response.kpis(0).points(0).value(), "50");
  EXPECT_EQ(response.kpis(1).points(0).value(), "90");
}

TEST(KpiTest, ARatioHasTheTargetInForceOnThePeriodsLastDay) {
  SmallEngine small;
  const auto target = [](const std::string& rest, int from, int to) {
    return absl::StrCat(About("company:us:us"), "occurred_at: ", kSmallStart,
                        " target { kpi: 'win_rate_narrow' from_day: ", kSmallStart + from * kDay,
                        " to_day: ", kSmallStart + to * kDay, " ", rest, " }");
  };
  small.Given({target("ratio_ppm: 250000", 0, 122), target("ratio_ppm: 300000", 31, 61),
               target("ratio_ppm: 400000 slice { name: 'owner' text: 'ann' }", 0, 122),
               Opened("a", 0, "discovery", "owner: 'ann'"), Closed("a", 1, "WON")});
  v1::KpiRequest request = Ask({"win_rate_narrow"});
  request.set_grain(v1::KpiRequest::MONTH);
  request.set_from_day("2024-02-01");
  request.set_end_day("2024-06-01");
  const v1::KpiResponse months = Answer(small, request);
  std::vector<std::string> targets;
  for (const auto& point : months.kpis(0).points()) targets.push_back(point.target());
  EXPECT_THAT(targets, ElementsAre("", "0.25", "0.3", "0.25"));
  request.add_only()->set_dimension("owner");
  request.mutable_only(0)->set_value("ann");
  EXPECT_EQ(Answer(small, request).kpis(0).points(1).target(), "0.4");
  request.mutable_only(0)->set_value("bob");
  EXPECT_FALSE(Answer(small, request).kpis(0).points(1).has_target());
}

TEST(KpiTest, ADurationHasItsTargetInSeconds) {
  SmallEngine small;
  // Four hours from March on, two from May on; nobody has to add them up over days.
  const auto target = [](int64_t hours, int from) {
    return absl::StrCat(About("company:us:us"), "occurred_at: ", kSmallStart,
                        " target { kpi: 'speed_to_lead_p90' from_day: ", kSmallStart + from * kDay,
                        " to_day: ", kSmallStart + 122 * kDay,
                        " ratio_ppm: ", hours * 3'600'000'000, " }");
  };
  small.Given({target(4, 0), target(2, 61)});
  v1::KpiRequest request = Ask({"speed_to_lead_p90", "sales_cycle"});
  request.set_grain(v1::KpiRequest::MONTH);
  request.set_from_day("2024-02-01");
  request.set_end_day("2024-06-01");
  const v1::KpiResponse months = Answer(small, request);
  std::vector<std::string> targets;
  for (const auto& point : months.kpis(0).points()) targets.push_back(point.target());
  EXPECT_THAT(targets, ElementsAre("", "14400", "14400", "7200"));
  EXPECT_FALSE(months.kpis(1).points(2).has_target());
}

TEST(KpiTest, WithoutANameAllAreDescribedWithWhatTheyCanBeSlicedBy) {
  SmallEngine small;
  v1::KpiRequest request;
  request.set_describe_measures(true);
  const v1::KpiResponse response = Answer(small, request);
  EXPECT_GT(response.kpis_size(), 40);
  EXPECT_GT(response.measures_size(), 30);
  for (const auto& kpi : response.kpis()) {
    EXPECT_NE(kpi.label(), "");
    EXPECT_NE(kpi.formula(), "");
    if (kpi.name() == "average_deal") {
      EXPECT_THAT(kpi.slices(), ElementsAre("owner"));
    }
  }
}

}  // namespace
}  // namespace revops
