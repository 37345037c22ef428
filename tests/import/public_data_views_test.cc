// The same public data, folded: what the views say, against the figures published.
#include "absl/time/civil_time.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/import/folded_data.h"
#include "tests/import/public_data.h"
#include "tests/support/projection_driver.h"

namespace revops {
namespace {

using test::Dims;
using test::Figures;
using test::Fold;
using test::Import;
using test::ModelOf;
using test::ProjectionDriver;
using ::testing::IsEmpty;

constexpr int64_t kUnit = 1'000'000;  // micros

TEST(PublicDataViewsTest, MavenBookingsByMonthProductRegionTeamAndOwnerAreThePublishedOnes) {
  SKIP_WITHOUT("maven_crm/sales_pipeline.csv");
  ProjectionDriver views(ModelOf("maven_crm"));
  std::vector<v1::Event> events;
  for (const char* file : {"accounts", "sales_teams", "sales_pipeline"}) {
    const auto imported = Import(absl::StrCat("maven_crm/", file, ".textproto"),
                                 absl::StrCat("maven_crm/", file, ".csv"));
    events.insert(events.end(), imported.events.begin(), imported.events.end());
  }
  Fold(std::move(events), views);
  EXPECT_THAT(views.dead_letters(), IsEmpty());
  const Figures figures(views);

  EXPECT_EQ(figures.Sum("won_count"), 4238);
  EXPECT_EQ(figures.Sum("lost_count"), 2473);
  EXPECT_EQ(figures.Sum("won_amount", {{"currency", "USD"}}), 10'005'534 * kUnit);

  const int64_t months[] = {1'134'672, 721'932,   1'025'713, 1'338'466, 696'932,
                            1'050'059, 1'235'264, 731'980,   938'943,   1'131'573};
  for (int i = 0; i < 10; ++i) {
    const absl::CivilMonth month(2017, 3 + i);
    EXPECT_EQ(figures.Month(month, "won_amount", {{"currency", "USD"}}), months[i] * kUnit)
        << month;
  }

  struct Slice {
    const char* dimension;
    const char* value;
    int64_t won, lost, amount;
  };
  const Slice slices[] = {
      {"product", "GTX Pro", 729, 418, 3'510'578},
      {"product", "GTX Plus Pro", 479, 266, 2'629'651},
      {"product", "MG Advanced", 654, 430, 2'216'387},
      {"product", "GTX Plus Basic", 653, 398, 705'275},
      {"product", "GTX Basic", 915, 521, 499'263},
      {"product", "GTK 500", 15, 10, 400'612},
      {"product", "MG Special", 793, 430, 43'768},
      {"region", "West", 1438, 811, 3'568'647},
      {"region", "Central", 1629, 975, 3'346'293},
      {"region", "East", 1171, 687, 3'090'594},
      {"team", "Melvin Marxen", 882, 536, 2'251'930},
      {"team", "Summer Sewald", 828, 459, 1'964'750},
      {"team", "Rocco Neubert", 691, 422, 1'960'545},
      {"team", "Celia Rouche", 610, 352, 1'603'897},
      {"team", "Cara Losch", 480, 265, 1'130'049},
      {"team", "Dustin Brinkmann", 747, 439, 1'094'363},
      {"owner", "Darcel Schlecht", 349, 204, 1'153'214},
  };
  for (const Slice& slice : slices) {
    const Dims dims = {{slice.dimension, slice.value}};
    Dims with_currency = dims;
    with_currency["currency"] = "USD";
    EXPECT_EQ(figures.Sum("won_count", dims), slice.won) << slice.value;
    EXPECT_EQ(figures.Sum("lost_count", dims), slice.lost) << slice.value;
    EXPECT_EQ(figures.Sum("won_amount", with_currency), slice.amount * kUnit) << slice.value;
  }

  // Open pipeline, by stage, at list price.
  const auto open = [&](const char* stage) {
    return figures.Sum("open_amount",
                       {{"currency", "USD"}, {"pipeline", "maven_crm"}, {"stage", stage}});
  };
  EXPECT_EQ(open("Engaging"), 3'892'229 * kUnit);
  EXPECT_EQ(open("Prospecting"), 1'073'986 * kUnit);

  // Mean cycle of won deals: 51.781973 days.
  EXPECT_EQ(figures.Sum("won_cycle_deals"), 4238);
  EXPECT_EQ(figures.Sum("won_cycle_seconds"), int64_t{219'452} * 86'400);
}

TEST(PublicDataViewsTest, OlistLeadsAndWinsByOriginAreThePublishedOnes) {
  SKIP_WITHOUT("olist_funnel/olist_closed_deals_dataset.csv");
  ProjectionDriver views(ModelOf("olist_funnel"));
  std::vector<v1::Event> events = Import("olist_funnel/leads.textproto",
                                         "olist_funnel/olist_marketing_qualified_leads_dataset.csv")
                                      .events;
  const auto deals =
      Import("olist_funnel/closed_deals.textproto", "olist_funnel/olist_closed_deals_dataset.csv");
  events.insert(events.end(), deals.events.begin(), deals.events.end());
  Fold(std::move(events), views);
  EXPECT_THAT(views.dead_letters(), IsEmpty());
  const Figures figures(views);

  struct Origin {
    const char* origin;
    int64_t leads, won;
  };
  const Origin origins[] = {
      {"organic_search", 2296, 271},
      {"paid_search", 1586, 195},
      {"social", 1350, 75},
      {"unknown", 1099, 179},
      {"direct_traffic", 499, 56},
      {"email", 493, 15},
      {"referral", 284, 24},
      {"other", 150, 4},
      {"display", 118, 6},
      {"other_publicities", 65, 3},
      {"", 60, 14},
  };
  for (const Origin& o : origins) {
    EXPECT_EQ(figures.Sum("lead_actions", {{"action", "created"}, {"origin", o.origin}}), o.leads)
        << o.origin;
    EXPECT_EQ(figures.Sum("lead_actions", {{"action", "converted"}, {"origin", o.origin}}), o.won)
        << o.origin;
  }
  EXPECT_EQ(figures.Sum("won_count"), 842);
  const int64_t months[] = {3, 73, 113, 147, 207, 122, 57, 37, 33, 23, 21, 6};
  for (int i = 0; i < 12; ++i) {
    const absl::CivilMonth month = absl::CivilMonth(2017, 12) + i;
    EXPECT_EQ(figures.Month(month, "won_count"), months[i]) << month;
  }
}

}  // namespace
}  // namespace revops
