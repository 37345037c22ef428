// One value for each KPI of customers, market, credit and return of the default model, over
// histories small enough to work out by hand.
#include <cstdlib>
#include <map>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/query/kpi_kit.h"

namespace revops::test {
namespace {

using ::testing::ElementsAre;

TEST(KpiRevenueTest, TwoHundredPlusTwentyLessSixLessFourAreRetainedAt105And95Percent) {
  SmallEngine small;
  const auto pays = [](const std::string& account, double day, int monthly) {
    return OfAccount(account, day * 24,
                     "subscription { action: CHANGED subscription_id: 's' " +
                         Money("monthly_amount", monthly) + "}");
  };
  small.Given({pays("a", -60, 100), pays("b", -60, 60), pays("c", -60, 4), pays("d", -60, 36),
               pays("d", 5, 56), pays("b", 6, 54),
               OfAccount("c", 7 * 24, "subscription { action: CANCELLED subscription_id: 's' }"),
               pays("e", 8, 30)});
  ExpectInMarch(small, {{"nrr", "1.05"},
                        {"grr", "0.95"},
                        {"revenue_churn", "0.05"},
                        {"recurring_new", "30"},
                        {"recurring_expansion", "20"},
                        {"recurring_contraction", "-6"},
                        {"recurring_churn", "-4"},
                        {"recurring_return", "0"}});
  for (const char* kpi : {"nrr", "grr", "revenue_churn"}) {
    EXPECT_EQ(Answer(small, {kpi, v1::KpiRequest::MONTH, "2024-03-01", "2024-04-01"}).points(0).n(),
              "4");
  }
  small.Given({pays("c", 65, 5)});
  EXPECT_THAT(Values(small, {"recurring_return"}), ElementsAre("5"));
}

TEST(KpiRevenueTest, HistoricLifetimeValueIsTheMarginOfWhatWasBilledACustomer) {
  SmallEngine small;
  const auto order = [](const std::string& account, double day, int units) {
    return OfAccount(account, day * 24, "order { " + Money("amount", units) + "}");
  };
  small.Given({order("a", 1, 100), order("a", 20, 50), order("b", 2, 80),
               OfAccount("a", 30 * 24, "refund { " + Money("amount", 30) + "}")});
  ExpectValues(small, {{"clv_historic", "80"}});  // (230 - 30) x 0.8 / 2
  EXPECT_EQ(Answer(small, {"clv_historic"}).points(0).n(), "2");
}

TEST(KpiRevenueTest, TenThousandSpentOnFiveHundredNewCustomersAreTwentyEach) {
  SmallEngine small;
  std::vector<std::string> events = {Ours(0, "spend { team: MARKETING motion: NEW category: MEDIA" +
                                                 Days(0, 10) + Money("amount", 10'000) + "}")};
  for (int i = 0; i < 500; ++i) {
    events.push_back(OfAccount(absl::StrCat("a", i), 24, "order { " + Money("amount", 1) + "}"));
  }
  small.Given(events);
  ExpectValues(small, {{"cac", "20"}, {"cac_paid", "20"}});
}

TEST(KpiRevenueTest, MarketShareIsOfTheMarketAndOfTheLargestRival) {
  SmallEngine small;
  small.Given(
      {Ours(0, "market_size { market: 'software' " + Days(0, 92) + Money("amount", 200) +
                   Money("largest_rival", 40) + "}"),
       Deal(0, 24,
            "opportunity_opened { fields { stage_id: 'discovery' " + Money("amount", 50) + "} }"),
       Deal(0, 48, "opportunity_closed { outcome: WON }")});
  const auto asked = [](const char* kpi) {
    return Question{kpi, v1::KpiRequest::TOTAL, "2024-03-01", "2024-06-01"};
  };
  EXPECT_THAT(Values(small, asked("market_share")), ElementsAre("0.25"));
  EXPECT_THAT(Values(small, asked("relative_market_share")), ElementsAre("1.25"));
  EXPECT_EQ(Answer(small, asked("market_share")).points(0).n(), "1");
}

// Paid search on day 0, the lead on day 1, e-mail on day 7, the deal on day 8, a direct visit on
// day 14 and the win of 21,000 on day 15.
std::vector<std::string> OneDealOfThreeTouches() {
  const auto touch = [](int day, const std::string& channel) {
    return Of(0, day * 24, "channel: '" + channel + "' form {}");
  };
  return {touch(0, "paid_search"),
          Of(0, 24, "lead { action: CREATED lead_id: 'l' }"),
          touch(7, "email"),
          Deal(0, 8 * 24,
               "opportunity_opened { fields { stage_id: 'discovery' " + Money("amount", 21'000) +
                   "} }"),
          touch(14, "direct"),
          Deal(0, 15 * 24, "opportunity_closed { outcome: WON }"),
          Ours(0, "spend { team: MARKETING category: MEDIA channel: 'email'" + Days(0, 10) +
                      Money("amount", 10'500) + "}")};
}

TEST(KpiRevenueTest, NineModelsShareBookingsAndPipelineEachToTheFullAmount) {
  SmallEngine small;
  small.Given(OneDealOfThreeTouches());
  struct Shared {
    const char* model;
    std::vector<int> bookings;  // direct, e-mail, paid search
    std::vector<int> pipeline;  // e-mail, paid search: only they came before the deal
  };
  // Time decay: at the win 15, 8 and 1 days old, so 1:2:4; at the opening 8 and 1 days, so 1:2.
  // U: paid search holds the first touch and the lead, 80 %. W: 60 %, e-mail the opening, 30 %;
  // without other touches 2:1. Full path: 45, 22.5 and 22.5 %, the rest in proportion.
  const Shared all[] = {{"first", {0, 0, 21'000}, {0, 21'000}},
                        {"last", {21'000, 0, 0}, {21'000, 0}},
                        {"last_non_direct", {0, 21'000, 0}, {21'000, 0}},
                        {"linear", {7'000, 7'000, 7'000}, {10'500, 10'500}},
                        {"position", {8'400, 4'200, 8'400}, {10'500, 10'500}},
                        {"time_decay", {12'000, 6'000, 3'000}, {14'000, 7'000}},
                        {"u_shape", {2'100, 2'100, 16'800}, {4'200, 16'800}},
                        {"w_shape", {2'100, 6'300, 12'600}, {7'000, 14'000}},
                        {"full_path", {5'250, 5'250, 10'500}, {7'000, 14'000}}};
  for (const Shared& shared : all) {
    const auto values = [&](const char* kpi, const std::vector<const char*>& channels) {
      Question question{absl::StrCat(kpi, shared.model)};
      question.by = "channel";
      std::map<std::string, std::string> slices = Slices(small, question);
      std::vector<int> found;
      for (const char* channel : channels) found.push_back(std::atoi(slices[channel].c_str()));
      return found;
    };
    EXPECT_EQ(values("attributed_bookings_", {"direct", "email", "paid_search"}), shared.bookings)
        << shared.model;
    EXPECT_EQ(values("attributed_pipeline_", {"email", "paid_search"}), shared.pipeline)
        << shared.model;
    EXPECT_THAT(Values(small, {absl::StrCat("attributed_bookings_", shared.model)}),
                ElementsAre("21000"));
  }
}

TEST(KpiRevenueTest, ReturnOnSpendNamesItsModelItsBucketAndWhetherItIsOfTheMargin) {
  SmallEngine small;
  small.Given(OneDealOfThreeTouches());
  ExpectValues(small,
               {{"roas", "2"}, {"roas_by_touch", "2"}, {"romi", "0.6"}, {"romi_revenue", "1"}});
  // 7,000 are credited to the one channel that cost anything.
  for (const auto& [kpi, value] : std::vector<std::pair<std::string, std::string>>{
           {"roas", "0.666666667"}, {"romi", "-0.466666667"}}) {
    Question question{kpi};
    question.by = "channel";
    EXPECT_EQ(Slices(small, question)["email"], value) << kpi;
  }
}

TEST(KpiRevenueTest, EightTouchesGet12500EachAndThree33333OfAHundredThousand) {
  for (const auto& [touches, each] : {std::pair(8, "12500"), std::pair(3, "33333.33")}) {
    SmallEngine small;
    std::vector<std::string> events;
    for (int i = 0; i < touches; ++i) {
      events.push_back(Of(0, i, absl::StrCat("campaign_id: 'c", i, "' form {}")));
    }
    events.push_back(Deal(
        0, 24,
        "opportunity_opened { fields { stage_id: 'discovery' " + Money("amount", 100'000) + "} }"));
    events.push_back(Deal(0, 48, "opportunity_closed { outcome: WON }"));
    small.Given(events);
    Question question{"attributed_bookings_linear"};
    question.by = "campaign";
    EXPECT_EQ(Slices(small, question)[absl::StrCat("c", touches - 1)], each);
    EXPECT_THAT(Values(small, {"attributed_bookings_linear"}), ElementsAre("100000"));
  }
}

}  // namespace
}  // namespace revops::test
