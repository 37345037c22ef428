// KPIs of stages, pipeline and forecast of the default model, with the worked examples of
// definitions.md §2.
#include <cmath>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/query/kpi_kit.h"

namespace revops::test {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

std::string Opened(int deal, int day, const std::string& stage, const std::string& fields = "") {
  return Deal(deal, day * 24.0,
              "opportunity_opened { fields { stage_id: '" + stage + "' " + fields + "} }");
}
std::string Changed(int deal, int day, const std::string& fields) {
  return Deal(deal, day * 24.0, "opportunity_changed { fields { " + fields + "} }");
}
std::string Closed(int deal, int day, const std::string& outcome) {
  return Deal(deal, day * 24.0, "opportunity_closed { outcome: " + outcome + " }");
}
std::string Closes(int day) {
  return absl::StrCat("close_date: ", kSmallStart + day * 24 * kHour, " ");
}
std::string Refusal(SmallEngine& small, const Question& question) {
  const auto response = Ask(small, question);
  EXPECT_EQ(response.status().code(), absl::StatusCode::kInvalidArgument);
  return std::string(response.status().message());
}

struct Velocity {
  int open;
  int amount;
  int lost;  // for one that is won
  int cycle_days;
  const char* a_day;
};

TEST(KpiPipelineTest, VelocityIsOpenTimesWinRateTimesAmountOverCycle) {
  for (const Velocity& velocity : {Velocity{100, 10'000, 3, 45, "5555.555555556"},
                                   Velocity{50, 10'000, 4, 30, "3333.333333333"}}) {
    SmallEngine small;
    std::vector<std::string> events = {
        Opened(1000, 0, "discovery", Money("amount", velocity.amount)),
        Closed(1000, velocity.cycle_days, "WON")};
    for (int i = 0; i < velocity.open; ++i) events.push_back(Opened(i, 0, "discovery"));
    for (int i = 0; i < velocity.lost; ++i) {
      events.push_back(Opened(2000 + i, 0, "discovery"));
      events.push_back(Closed(2000 + i, 5, "LOST"));
    }
    small.Given(events);
    EXPECT_THAT(Values(small, {"velocity"}), ElementsAre(velocity.a_day));
  }
}

// Of 1,000 deals created in a quarter, 15, 31, 70, 33, 20 and 11 are won after 0 to 5 quarters.
// On quarters that create 325, 225, 250, 225, 200 and 175 that plan brings 42.7 wins.
TEST(KpiPipelineTest, TheCloseRateCurveOfACohortPlans42Point7Wins) {
  const int won[] = {15, 31, 70, 33, 20, 11};
  const double created[] = {325, 225, 250, 225, 200, 175};
  SmallEngine small;
  std::vector<std::string> events;
  constexpr int kCohortDay = -517;  // 2022-10-01
  for (int i = 0; i < 1000; ++i) events.push_back(Opened(i, kCohortDay, "discovery"));
  int next = 0;
  for (int quarter = 0; quarter < 6; ++quarter) {
    for (int i = 0; i < won[quarter]; ++i, ++next) {
      events.push_back(Closed(next, kCohortDay + quarter * 92 + 10, "WON"));
    }
  }
  small.Given(events);
  Question curve{"close_rate_curve", v1::KpiRequest::TOTAL, "2022-10-01", "2023-01-01"};
  curve.by = "quarters";
  const auto rates = Slices(small, curve);
  ASSERT_EQ(rates.size(), 6);
  double wins = 0;
  for (int quarter = 0; quarter < 6; ++quarter) {
    double rate = 0;
    ASSERT_TRUE(absl::SimpleAtod(rates.at(absl::StrCat(quarter)), &rate));
    wins += rate * created[quarter];
  }
  EXPECT_LT(std::abs(wins - 42.7), 1e-6) << wins;
}

// June 1st. To close in the second quarter: 100,000 in proposal (60 %), committed, in June; 40,000
// in proposal, committed, that were to close in May; 7, 5, 3 and 2 of other categories; 60,000 won.
std::vector<std::string> SecondQuarter() {
  const auto deal = [](const std::string& category, int units, int day) {
    return Money("amount", units) + Closes(day) + "forecast_category: FORECAST_" + category + " ";
  };
  return {Ours(0, "target { kpi: 'bookings'" + Days(31, 122) + Money("amount", 125'000) + "}"),
          Opened(0, 35, "discovery", Money("amount", 60'000)), Closed(0, 60, "WON"),
          Opened(1, 35, "proposal", deal("COMMIT", 100'000, 110)),
          Opened(2, 35, "proposal", deal("COMMIT", 40'000, 70))};
}
Question Quarter(const std::string& kpi) {
  return {kpi, v1::KpiRequest::QUARTER, "2024-04-01", "2024-07-01"};
}

TEST(KpiPipelineTest, ForecastOf120000CoversATargetOf125000By96PercentWithoutWhatIsPastDue) {
  SmallEngine small;
  small.Given(SecondQuarter());
  EXPECT_THAT(Values(small, Quarter("forecast_coverage")), ElementsAre("0.96"));
  EXPECT_EQ(Answer(small, Quarter("forecast_coverage")).points(0).n(), "2");
  EXPECT_THAT(Values(small, Quarter("forecast_weighted")), ElementsAre("120000"));
  EXPECT_THAT(Values(small, Quarter("forecast_commit")), ElementsAre("160000"));
  EXPECT_THAT(Values(small, Quarter("past_due_pipeline")), ElementsAre("40000"));
  // 60,000 of 100,000, and 100,000, over 65,000 that are left; over 125,000.
  EXPECT_THAT(Values(small, Quarter("coverage_weighted")), ElementsAre("0.923076923"));
  EXPECT_THAT(Values(small, Quarter("coverage")), ElementsAre("1.538461538"));
  EXPECT_THAT(Values(small, Quarter("coverage_of_target")), ElementsAre("0.8"));
  for (const char* kpi : {"coverage", "coverage_weighted", "coverage_of_target"}) {
    EXPECT_EQ(Answer(small, Quarter(kpi)).points(0).n(), "1") << kpi;
  }
  EXPECT_EQ(Answer(small, Quarter("target_attainment")).points(0).n(), "1");
  // Given a new date, it is in the forecast again; won, it is in the bookings.
  small.Given({Changed(2, 80, Closes(115))});
  EXPECT_THAT(Values(small, Quarter("forecast_weighted")), ElementsAre("144000"));
  small.Given({Closed(2, 85, "WON")});
  EXPECT_THAT(Values(small, Quarter("forecast_weighted")), ElementsAre("160000"));
  EXPECT_THAT(Values(small, Quarter("forecast_commit")), ElementsAre("200000"));
}

TEST(KpiPipelineTest, TheForecastHasAColumnForEachCategory) {
  SmallEngine small;
  small.Given(SecondQuarter());
  int deal = 10;
  for (const auto& [category, units] : std::vector<std::pair<std::string, int>>{
           {"MOST_LIKELY", 7}, {"BEST_CASE", 5}, {"PIPELINE", 3}, {"OMITTED", 2}}) {
    small.Given({Opened(
        deal++, 35, "discovery",
        Money("amount", units) + Closes(110) + "forecast_category: FORECAST_" + category + " ")});
  }
  for (const auto& [kpi, value] :
       std::vector<std::pair<std::string, std::string>>{{"forecast_column_commit", "100000"},
                                                        {"forecast_column_most_likely", "7"},
                                                        {"forecast_column_best_case", "5"},
                                                        {"forecast_column_pipeline", "3"},
                                                        {"forecast_column_omitted", "2"},
                                                        {"forecast_best_case", "160012"},
                                                        {"forecast_pipeline", "160015"},
                                                        {"forecast_open", "100017"}}) {
    EXPECT_THAT(Values(small, Quarter(kpi)), ElementsAre(value)) << kpi;
  }
  Question open = Quarter("forecast_open");
  open.by = "forecast";
  EXPECT_THAT(Slices(small, open),
              ElementsAre(std::pair("best_case", "5"), std::pair("commit", "100000"),
                          std::pair("most_likely", "7"), std::pair("omitted", "2"),
                          std::pair("pipeline", "3")));
}

TEST(KpiPipelineTest, WhatIsKnownByTheMonthIsRefusedByDayAndWeek) {
  SmallEngine small;
  small.Given(SecondQuarter());
  for (const auto grain : {v1::KpiRequest::DAY, v1::KpiRequest::WEEK}) {
    for (const char* kpi : {"coverage", "coverage_weighted", "coverage_of_target",
                            "forecast_weighted", "forecast_commit", "forecast_open"}) {
      EXPECT_THAT(Refusal(small, {kpi, grain, "2024-04-01", "2024-07-01"}),
                  HasSubstr("is known by close_month only, and the grain is "))
          << kpi;
    }
  }
  EXPECT_THAT(
      Values(small, {"forecast_weighted", v1::KpiRequest::MONTH, "2024-04-01", "2024-07-01"}),
      ElementsAre("60000", "0", "60000"));
}

// Four deals came to discovery, three of them to the stages behind; the third skipped two.
TEST(KpiPipelineTest, AStagesConversionIsOfOpenStagesAndNeverOfAllTogether) {
  SmallEngine small;
  for (int i = 0; i < 4; ++i) small.Given({Opened(i, 0, "discovery")});
  small.Given({Changed(0, 1, "stage_id: 'evaluation' "), Changed(0, 40, "stage_id: 'proposal' "),
               Changed(0, 41, "stage_id: 'negotiation' "), Closed(0, 42, "WON"),
               Changed(1, 1, "stage_id: 'evaluation' "), Closed(1, 5, "LOST"),
               Changed(2, 2, "stage_id: 'negotiation' ")});
  EXPECT_THAT(Refusal(small, {"stage_to_won"}), HasSubstr("ask by from, or for one value of it"));
  EXPECT_THAT(Refusal(small, {"time_in_stage"}), HasSubstr("ask by stage"));
  Question to_won{"stage_to_won"};
  to_won.by = "from";
  EXPECT_THAT(Slices(small, to_won),
              ElementsAre(std::pair("discovery", "0.25"), std::pair("evaluation", "0.333333333"),
                          std::pair("negotiation", "0.5"), std::pair("proposal", "0.5"),
                          std::pair("prospecting", "0.25")));
  ExpectValues(small, {{"discovery_to_evaluation", "0.75"},
                       {"evaluation_to_proposal", "0.666666667"},
                       {"proposal_to_negotiation", "1"},
                       {"negotiation_to_won", "0.5"}});
  EXPECT_EQ(Answer(small, {"discovery_to_evaluation"}).points(0).n(), "4");
  ExpectInMarch(small, {{"discovery_to_evaluation_period", "0.75"},
                        {"evaluation_to_proposal_period", "0.333333333"},
                        {"proposal_to_negotiation_period", "1"},
                        {"negotiation_to_won_period", "0"}});
}

TEST(KpiPipelineTest, TimeInStageTellsWhoLeftAndWhoIsStillThereApart) {
  SmallEngine small;
  // To the 11th: one left discovery after 4 days, two are there for 9 and for 5; one is won.
  small.Given({Opened(0, 0, "discovery"), Changed(0, 4, "stage_id: 'evaluation' "),
               Opened(1, 1, "discovery"), Opened(2, 5, "discovery"), Opened(3, 0, "proposal"),
               Closed(3, 2, "WON")});
  const auto in = [&](const std::string& kpi) {
    Question question{kpi, v1::KpiRequest::TOTAL, "2024-03-01", "2024-03-11"};
    question.by = "stage";
    return Slices(small, question);
  };
  EXPECT_EQ(in("time_in_stage")["discovery"], absl::StrCat(4 * 86'400));
  EXPECT_EQ(in("time_in_stage_open")["discovery"], absl::StrCat(7 * 86'400));
  EXPECT_EQ(in("time_in_stage_open")["evaluation"], absl::StrCat(6 * 86'400));
  EXPECT_EQ(in("time_in_stage_open").count("proposal"), 0u);
  EXPECT_EQ(in("time_in_stage_all")["discovery"], absl::StrCat(6 * 86'400));
  // A day later everybody has been there a day longer; asked now, to this instant.
  Question later{"time_in_stage_open", v1::KpiRequest::TOTAL, "2024-03-01", "2024-03-12"};
  later.by = "stage";
  EXPECT_EQ(Slices(small, later)["discovery"], absl::StrCat(8 * 86'400));
  EXPECT_EQ(Answer(small, later).points(0).n(), "2");
  later.end_day = "2030-01-01";
  const int64_t now_s = (kSmallNow - kSmallStart) / 1'000'000;
  EXPECT_EQ(Slices(small, later)["discovery"], absl::StrCat(now_s - 3 * 86'400));
}

TEST(KpiPipelineTest, OwnersWhoAttainedTheirQuotaAreCountedNotRanked) {
  SmallEngine small;
  const auto quota = [](const std::string& owner, int64_t units) {
    return Ours(0, "target { kpi: 'bookings' owners: '" + owner + "'" + Days(0, 31) +
                       Money("amount", units) + "}");
  };
  const auto won = [&](int deal, const std::string& owner, int64_t units) {
    return std::vector<std::string>{
        Opened(deal, 0, "discovery", "owner: '" + owner + "' " + Money("amount", units)),
        Closed(deal, 10, "WON")};
  };
  std::vector<std::string> events = {quota("ann", 60), quota("bob", 50), quota("cid", 10)};
  for (const auto& deal :
       {won(0, "ann", 30), won(1, "bob", 50), won(2, "cid", 20), won(3, "dan", 5)}) {
    events.insert(events.end(), deal.begin(), deal.end());
  }
  small.Given(events);
  ExpectInMarch(small, {{"quota_attained_share", "0.666666667"}});
  const v1::KpiSeries share =
      Answer(small, {"quota_attained_share", v1::KpiRequest::MONTH, "2024-03-01", "2024-05-01"});
  EXPECT_EQ(share.points(0).n(), "3");
  EXPECT_EQ(share.points(0).numerator(), "2");
  EXPECT_FALSE(share.points(1).has_value());  // nobody has a quota in April
}

TEST(KpiPipelineTest, RatesStateWhatTheyRestOn) {
  SmallEngine small;
  small.Given({Opened(0, 0, "discovery", Money("amount", 30)), Closed(0, 1, "WON"),
               Opened(1, 0, "discovery", Money("amount", 10)), Closed(1, 1, "LOST"),
               Ours(0, "target { kpi: 'bookings' owners: 'ann'" + Days(0, 31) +
                           Money("amount", 60) + "}")});
  EXPECT_THAT(Values(small, {"win_rate_amount"}), ElementsAre("0.75"));
  EXPECT_EQ(Answer(small, {"win_rate_amount"}).points(0).n(), "2");
  EXPECT_THAT(Values(small, {"quota_attainment"}), ElementsAre("0.5"));
  EXPECT_EQ(Answer(small, {"quota_attainment"}).points(0).n(), "1");
}

TEST(KpiPipelineTest, TheMedianDealIsThatOfTheMiddleInTheCurrencyOfTheAnswer) {
  SmallEngine small;
  int deal = 0;
  const auto won = [&](const std::string& currency, int units) {
    small.Given(
        {Opened(deal, 0, "discovery",
                absl::StrCat("amount { currency_code: '", currency, "' units: ", units, " } ")),
         Closed(deal, 10, "WON")});
    ++deal;
  };
  won("EUR", 1);
  won("EUR", 1000);
  won("EUR", 90'000);
  // 100,000 cents lie in the bucket [99328, 100352).
  EXPECT_THAT(Values(small, {"median_deal"}), ElementsAre("998.39"));
  EXPECT_EQ(Answer(small, {"median_deal"}).points(0).n(), "3");
  won("USD", 1);
  won("USD", 1);
  // Each currency on its own, until there is a rate: then 1, 0.5, 0.5, 1,000 and 90,000.
  EXPECT_THAT(Values(small, {"median_deal"}), ElementsAre("998.39", "1"));
  small.Given({Ours(0,
                    "exchange_rate { from_currency: 'USD' to_currency: 'EUR' rate_e9: 500000000 "
                    "}")});
  Question euros{"median_deal"};
  euros.currency = "EUR";
  EXPECT_THAT(Values(small, euros), ElementsAre("1"));
}

}  // namespace
}  // namespace revops::test
