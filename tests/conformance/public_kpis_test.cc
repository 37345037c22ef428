// KPIs of public data against the figures that others published of it, asked of an engine.
#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <map>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "engine/query/kpi.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/import/public_data.h"
#include "tests/support/small_engine.h"

namespace revops {
namespace {

using test::Import;
using test::SmallEngine;
using ::testing::ElementsAre;
using ::testing::StartsWith;

std::shared_ptr<const RevenueModel> ModelOf(const std::string& folder) {
  const std::string path = test::MappingFolder() + folder + "/model.textproto";
  std::ifstream file(path);
  const auto model =
      RevenueModel::Parse(std::string(std::istreambuf_iterator<char>(file), {}), path);
  EXPECT_TRUE(model.ok()) << model.status();
  return model.ok() ? *model : RevenueModel::Default();
}

void Publish(SmallEngine& small, std::vector<v1::Event> events) {
  for (size_t at = 0; at < events.size(); at += 5000) {
    const auto end = events.begin() + static_cast<int64_t>(std::min(at + 5000, events.size()));
    std::vector<v1::Event> batch(events.begin() + static_cast<int64_t>(at), end);
    const auto result = small.ingest().Publish(std::move(batch));
    ASSERT_TRUE(result.ok()) << result.status();
  }
  small.Fold();
}

// 2024-01-01, long after most data.
constexpr int64_t kLater = int64_t{1704067200} * 1'000'000;

v1::KpiSeries Ask(SmallEngine& small, const std::string& name, v1::KpiRequest::Grain grain,
                  const std::string& by = "", int64_t at = kLater) {
  v1::KpiRequest request;
  request.add_names(name);
  request.set_grain(grain);
  if (!by.empty()) request.add_by(by);
  const auto look = LookAt(small.engine());
  EXPECT_TRUE(look.ok()) << look.status();
  const auto response = AskKpis(small.engine(), *look, at, request);
  EXPECT_TRUE(response.ok()) << response.status();
  return response.ok() ? response->kpis(0) : v1::KpiSeries();
}

std::vector<std::string> First(const v1::KpiSeries& series, int count) {
  std::vector<std::string> values;
  for (int i = 0; i < count && i < series.points_size(); ++i) {
    values.push_back(series.points(i).value());
  }
  return values;
}

TEST(PublicKpisTest, RetentionByQuarterIsThePublishedOne) {
  SKIP_WITHOUT("saas_subscriptions/subscriptions.csv");
  SmallEngine small(2, AllProjections(), {}, ModelOf("saas_subscriptions"));
  small.clock().Advance(int64_t{400} * 86'400 * 1'000'000);  // events of the future are refused
  for (const char* file : {"accounts", "subscriptions", "churn_events", "support_tickets"}) {
    Publish(small, Import(absl::StrCat("saas_subscriptions/", file, ".textproto"),
                          absl::StrCat("saas_subscriptions/", file, ".csv"))
                       .events);
  }
  const std::map<std::string, std::vector<double>> published = {
      {"nrr", {2.088902, 1.482161, 1.502946, 1.522425, 1.438567, 1.381082, 1.446546}},
      {"grr", {1, 1, 0.941239, 0.981207, 0.991293, 0.986708, 0.970449}},
      {"logo_retention", {1, 1, 0.981481, 1, 1, 0.994012, 1}},
      {"recurring", {95885, 265909, 585123, 1106865, 1908101, 2978191, 5282499}},
      {"paying_customers", {31, 54, 89, 125, 167, 205, 257}}};
  for (const auto& [name, values] : published) {
    // 2025-01-01: the data ends with 2024.
    const v1::KpiSeries series =
        Ask(small, name, v1::KpiRequest::QUARTER, "", int64_t{1735689600} * 1'000'000);
    size_t next = 0;
    for (const v1::KpiPoint& point : series.points()) {
      if (point.period() < "2023-Q2" || next == values.size()) continue;
      EXPECT_NEAR(std::strtod(point.value().c_str(), nullptr), values[next++], 5e-7)
          << name << " " << point.period();
    }
    EXPECT_EQ(next, values.size()) << name;
  }
}

TEST(PublicKpisTest, MavenQuartersAreThePublishedOnes) {
  SKIP_WITHOUT("maven_crm/sales_pipeline.csv");
  SmallEngine small(2, AllProjections(), {}, ModelOf("maven_crm"));
  std::vector<v1::Event> events;
  for (const char* file : {"accounts", "sales_teams", "sales_pipeline"}) {
    auto imported = Import(absl::StrCat("maven_crm/", file, ".textproto"),
                           absl::StrCat("maven_crm/", file, ".csv"));
    std::move(imported.events.begin(), imported.events.end(), std::back_inserter(events));
  }
  Publish(small, std::move(events));
  const auto quarter = v1::KpiRequest::QUARTER;
  EXPECT_THAT(First(Ask(small, "bookings", quarter), 4),
              ElementsAre("1134672", "3086111", "2982255", "2802496"));
  EXPECT_THAT(First(Ask(small, "deals_won", quarter), 4),
              ElementsAre("531", "1254", "1257", "1196"));
  const v1::KpiSeries rates = Ask(small, "win_rate_narrow", quarter);
  const double published[] = {82.07, 61.71, 61.41, 60.25};
  for (int i = 0; i < 4; ++i) {
    EXPECT_NEAR(std::stod(rates.points(i).value()) * 100, published[i], 0.005);
  }
  EXPECT_EQ(rates.points(0).n(), "647");
  const auto total = v1::KpiRequest::TOTAL;
  EXPECT_EQ(Ask(small, "win_rate_narrow", total).points(0).value(), "0.631500522");
  EXPECT_EQ(Ask(small, "average_deal", total).points(0).value().substr(0, 11), "2360.909391");
  EXPECT_NEAR(std::stod(Ask(small, "sales_cycle", total).points(0).value()) / 86'400, 51.781973,
              0.0000005);
  const double median = std::stod(Ask(small, "sales_cycle_median", total).points(0).value());
  EXPECT_NEAR(median / 86'400, 57, 0.57);
  const v1::KpiSeries regions = Ask(small, "bookings", total, "region");
  ASSERT_EQ(regions.points_size(), 3);
  EXPECT_THAT(First(regions, 3), ElementsAre("3346293", "3090594", "3568647"));
}

TEST(PublicKpisTest, OlistConvertsTenAndAHalfPercentOfItsLeads) {
  SKIP_WITHOUT("olist_funnel/olist_closed_deals_dataset.csv");
  SmallEngine small(2, AllProjections(), {}, ModelOf("olist_funnel"));
  auto events = Import("olist_funnel/leads.textproto",
                       "olist_funnel/olist_marketing_qualified_leads_dataset.csv")
                    .events;
  auto deals =
      Import("olist_funnel/closed_deals.textproto", "olist_funnel/olist_closed_deals_dataset.csv");
  std::move(deals.events.begin(), deals.events.end(), std::back_inserter(events));
  Publish(small, std::move(events));
  const auto total = v1::KpiRequest::TOTAL;
  EXPECT_EQ(Ask(small, "lead_conversion", total).points(0).value(), "0.10525");
  // December 2017; January to March; April to June; July to September; October and November 2018.
  EXPECT_THAT(First(Ask(small, "deals_won", v1::KpiRequest::QUARTER), 5),
              ElementsAre("3", "333", "386", "93", "27"));
  const v1::KpiSeries by_origin = Ask(small, "lead_conversion", total, "origin");
  for (const auto& point : by_origin.points()) {
    if (point.slice(0) == "organic_search") {
      EXPECT_EQ(point.value(), "0.118031359");
    }
    if (point.slice(0) == "social") {
      EXPECT_EQ(point.value(), "0.055555556");
    }
  }
}

TEST(PublicKpisTest, OlistCohortsByMonthOfFirstContactAreThePublishedOnes) {
  SKIP_WITHOUT("olist_funnel/olist_closed_deals_dataset.csv");
  SmallEngine small(2, AllProjections(), {}, ModelOf("olist_funnel"));
  auto events = Import("olist_funnel/leads.textproto",
                       "olist_funnel/olist_marketing_qualified_leads_dataset.csv")
                    .events;
  auto deals =
      Import("olist_funnel/closed_deals.textproto", "olist_funnel/olist_closed_deals_dataset.csv");
  std::move(deals.events.begin(), deals.events.end(), std::back_inserter(events));
  Publish(small, std::move(events));
  const auto month = v1::KpiRequest::MONTH;
  EXPECT_THAT(First(Ask(small, "leads", month), 12),
              ElementsAre("4", "239", "386", "312", "416", "445", "200", "1141", "1028", "1174",
                          "1352", "1303"));
  // Published: 167 of March 2018. One of them was won two days before its first contact, and no
  // one gets to a step before he has come in.
  const v1::KpiSeries won = Ask(small, "leads_won", month);
  ASSERT_GE(won.points_size(), 11);
  EXPECT_EQ(won.points(0).period(), "2017-07");  // of June's four leads none was won
  EXPECT_THAT(First(won, 11),
              ElementsAre("2", "9", "7", "14", "18", "11", "152", "149", "166", "183", "130"));
}

TEST(PublicKpisTest, RepeatPurchasesOfCdnowAreThePublishedOnes) {
  SKIP_WITHOUT("cdnow/cdnow_transactions.txt.gz");
  SmallEngine small(2, AllProjections(), {}, ModelOf("cdnow"));
  Publish(small, Import("cdnow/transactions.textproto", "cdnow/cdnow_transactions.txt.gz").events);
  const auto total = v1::KpiRequest::TOTAL;
  const std::map<std::string, std::string> published = {
      {"orders", "62740"},         {"ordered", "2256223.69"},     {"purchase_days", "60895"},
      {"new_customers", "21213"},  {"repeat_customers", "10377"}, {"repeat_purchases", "39682"},
      {"repeat_rate", "0.489181"},
  };
  for (const auto& [name, value] : published) {
    EXPECT_THAT(Ask(small, name, total).points(0).value(), StartsWith(value)) << name;
  }
  // Up to 1997-09-30.
  const v1::KpiSeries repeats = Ask(small, "repeat_purchases", v1::KpiRequest::QUARTER);
  EXPECT_EQ(std::stoi(repeats.points(0).value()) + std::stoi(repeats.points(1).value()) +
                std::stoi(repeats.points(2).value()),
            21'880);
}

TEST(PublicKpisTest, AdSpendIsThePublishedOneToFourPlaces) {
  SKIP_WITHOUT("ad_spend/online_advertising_apr_may.csv");
  SmallEngine small(2, AllProjections(), {}, ModelOf("ad_spend"));
  Publish(small,
          Import("ad_spend/online_advertising.textproto", "ad_spend/online_advertising_apr_may.csv")
              .events);
  const auto total = v1::KpiRequest::TOTAL;
  EXPECT_EQ(Ask(small, "spend", total).points(0).value(), "247831.6458");
  EXPECT_THAT(First(Ask(small, "spend", total, "campaign"), 3),
              ElementsAre("205244.0872", "34890.4153", "7697.1433"));
  EXPECT_EQ(Ask(small, "impressions", total).points(0).value(), "194920988");
  EXPECT_EQ(Ask(small, "clicks", total).points(0).value(), "2201019");
}

TEST(PublicKpisTest, CreditOfTheTouchpointsByChannelIsThePublishedOne) {
  SKIP_WITHOUT("touchpoints/touchpoints_sample.csv.gz");
  SmallEngine small(2, AllProjections(), {}, ModelOf("touchpoints"));
  Publish(
      small,
      Import("touchpoints/touchpoints.textproto", "touchpoints/touchpoints_sample.csv.gz").events);
  const auto total = v1::KpiRequest::TOTAL;
  EXPECT_EQ(Ask(small, "conversions", total).points(0).value(), "881");
  EXPECT_EQ(Ask(small, "conversion_value", total).points(0).value(), "5495.5");
  EXPECT_THAT(First(Ask(small, "value_first", total, "channel"), 5),
              ElementsAre("1646", "718", "680.5", "609.5", "1841.5"));
  EXPECT_THAT(First(Ask(small, "value_last", total, "channel"), 5),
              ElementsAre("1788", "612.5", "836", "965.5", "1293.5"));
}

}  // namespace
}  // namespace revops
