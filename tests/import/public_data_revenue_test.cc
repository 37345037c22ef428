// Public data of subscriptions, purchases and spend, folded, against the figures published with it.
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
const Dims kDollars = {{"currency", "USD"}};

void Append(const test::PublicImport& from, std::vector<v1::Event>& events) {
  events.insert(events.end(), from.events.begin(), from.events.end());
}

struct Quarter {
  absl::CivilDay end;  // first day of the next
  int64_t mrr, accounts;
  double nrr, grr, logos;
};

TEST(PublicDataRevenueTest, SaasRetentionByQuarterIsThePublishedOne) {
  SKIP_WITHOUT("saas_subscriptions/subscriptions.csv");
  ProjectionDriver views(ModelOf("saas_subscriptions"));
  std::vector<v1::Event> events;
  for (const char* file : {"accounts", "subscriptions", "churn_events", "support_tickets"}) {
    Append(Import(absl::StrCat("saas_subscriptions/", file, ".textproto"),
                  absl::StrCat("saas_subscriptions/", file, ".csv")),
           events);
  }
  Fold(std::move(events), views);
  EXPECT_THAT(views.dead_letters(), IsEmpty());
  const Figures figures(views);
  const Quarter quarters[] = {
      {absl::CivilDay(2023, 4, 1), 18'706, 8, 0, 0, 0},
      {absl::CivilDay(2023, 7, 1), 95'885, 31, 2.088902, 1, 1},
      {absl::CivilDay(2023, 10, 1), 265'909, 54, 1.482161, 1, 1},
      {absl::CivilDay(2024, 1, 1), 585'123, 89, 1.502946, 0.941239, 0.981481},
      {absl::CivilDay(2024, 4, 1), 1'106'865, 125, 1.522425, 0.981207, 1},
      {absl::CivilDay(2024, 7, 1), 1'908'101, 167, 1.438567, 0.991293, 1},
      {absl::CivilDay(2024, 10, 1), 2'978'191, 205, 1.381082, 0.986708, 0.994012},
      {absl::CivilDay(2025, 1, 1), 5'282'499, 257, 1.446546, 0.970449, 1},
  };
  absl::CivilDay start(2023, 1, 1);
  for (const Quarter& quarter : quarters) {
    EXPECT_EQ(figures.Before(quarter.end, "mrr", kDollars), quarter.mrr * kUnit) << quarter.end;
    EXPECT_EQ(figures.Before(quarter.end, "paying_customers"), quarter.accounts) << quarter.end;
    const auto opening = static_cast<double>(figures.Before(start, "mrr", kDollars));
    const auto paying = static_cast<double>(figures.Before(start, "paying_customers"));
    if (opening > 0) {
      for (const char* grain : {"quarter", "fiscal_quarter"}) {
        const auto in = [&](const char* measure, const Dims& dims) {
          return static_cast<double>(
              figures.Between(start, quarter.end, absl::StrCat(measure, "_", grain), dims));
        };
        EXPECT_NEAR((opening + in("mrr_kept_change", kDollars)) / opening, quarter.nrr, 5e-7);
        EXPECT_NEAR((opening - in("mrr_kept_lost", kDollars)) / opening, quarter.grr, 5e-7);
        EXPECT_NEAR((paying - in("customers_kept_lost", {})) / paying, quarter.logos, 5e-7);
      }
    }
    start = quarter.end;
  }
  // The changes by kind are all there is.
  EXPECT_EQ(figures.Sum("mrr_change", kDollars), figures.Sum("mrr", kDollars));
  EXPECT_EQ(figures.Sum("tickets", {{"action", "opened"}}), 1018);
}

TEST(PublicDataRevenueTest, CdnowRepeatPurchasesAreThePublishedOnes) {
  SKIP_WITHOUT("cdnow/cdnow_transactions.txt.gz");
  ProjectionDriver views(ModelOf("cdnow"));
  auto imported = Import("cdnow/transactions.textproto", "cdnow/cdnow_transactions.txt.gz");
  EXPECT_EQ(imported.report.rows_imported, 62'740);
  Fold(std::move(imported.events), views);
  EXPECT_THAT(views.dead_letters(), IsEmpty());
  const Figures figures(views);
  EXPECT_EQ(figures.Sum("orders"), 62'740);
  EXPECT_EQ(figures.Sum("ordered_amount", kDollars), int64_t{2'256'223'690'000});
  EXPECT_EQ(figures.Sum("purchase_days"), 60'895);
  EXPECT_EQ(figures.Sum("first_purchases"), 21'213);
  EXPECT_EQ(figures.Sum("new_customers"), 21'213);
  EXPECT_EQ(figures.Sum("repeat_customers"), 10'377);
  // Calibration to the end of 1997-09-30.
  const absl::CivilDay end(1997, 10, 1);
  EXPECT_EQ(figures.Before(end, "purchase_days") - figures.Before(end, "first_purchases"), 21'880);
  EXPECT_EQ(figures.Before(end, "first_purchases") - figures.Before(end, "repeat_customers"),
            12'708);
  EXPECT_EQ(figures.Sum("purchase_days") - figures.Before(end, "purchase_days"), 17'802);
  // All came in the first quarter of 1997; what their cohorts spent is all there is.
  int64_t cohorts = 0;
  for (const char* month : {"1997-01", "1997-02", "1997-03"}) {
    cohorts += figures.Sum("ordered_amount", {{"currency", "USD"}, {"cohort", month}});
  }
  EXPECT_EQ(cohorts, figures.Sum("ordered_amount", kDollars));
}

TEST(PublicDataRevenueTest, SpendOfTheSocialCampaignsIsThePublishedOne) {
  SKIP_WITHOUT("ad_spend/KAG_conversion_data.csv");
  ProjectionDriver views(ModelOf("ad_spend"));
  Fold(Import("ad_spend/kag_conversion.textproto", "ad_spend/KAG_conversion_data.csv").events,
       views);
  EXPECT_THAT(views.dead_letters(), IsEmpty());
  const Figures figures(views);
  // To four places; the source's amounts have nine.
  EXPECT_EQ((figures.Sum("spend_amount", kDollars) + 50) / 100, 587'052'300);
  EXPECT_EQ(figures.Sum("paid_impressions"), 213'434'828);
  EXPECT_EQ(figures.Sum("paid_clicks"), 38'165);
  const auto campaign = [&](const char* id) {
    return (figures.Sum("spend_amount", {{"currency", "USD"}, {"campaign", id}}) + 5'000) / 10'000;
  };
  EXPECT_EQ(campaign("916"), 14'971);
  EXPECT_EQ(campaign("936"), 289'337);
  EXPECT_EQ(campaign("1178"), 5'566'215);
}

TEST(PublicDataRevenueTest, SpendOfTheOnlineCampaignIsThePublishedOneToFourPlaces) {
  SKIP_WITHOUT("ad_spend/online_advertising_apr_may.csv");
  ProjectionDriver views(ModelOf("ad_spend"));
  Fold(Import("ad_spend/online_advertising.textproto", "ad_spend/online_advertising_apr_may.csv")
           .events,
       views);
  EXPECT_THAT(views.dead_letters(), IsEmpty());
  const Figures figures(views);
  EXPECT_EQ(figures.Sum("spend_amount", kDollars), int64_t{247'831'645'800});
  EXPECT_EQ(figures.Sum("paid_impressions"), 194'920'988);
  EXPECT_EQ(figures.Sum("paid_clicks"), 2'201'019);
  const auto campaign = [&](const char* id) {
    return figures.Sum("spend_amount", {{"currency", "USD"}, {"campaign", id}});
  };
  EXPECT_EQ(campaign("camp 1"), int64_t{205'244'087'200});
  EXPECT_EQ(campaign("camp 2"), int64_t{34'890'415'300});
  EXPECT_EQ(campaign("camp 3"), int64_t{7'697'143'300});
  EXPECT_EQ(figures.Month(absl::CivilMonth(2020, 4), "spend_amount", kDollars) +
                figures.Month(absl::CivilMonth(2020, 5), "spend_amount", kDollars),
            int64_t{247'831'645'800});
}

TEST(PublicDataRevenueTest, SpendOfTheAttributionPlaybookIsThePublishedOneBySource) {
  SKIP_WITHOUT("attribution_playbook/ad_spend.csv");
  ProjectionDriver views;
  Fold(
      Import("attribution_playbook/ad_spend.textproto", "attribution_playbook/ad_spend.csv").events,
      views);
  const Figures figures(views);
  const auto source = [&](const char* channel) {
    return figures.Sum("spend_amount", {{"currency", "USD"}, {"channel", channel}}) / kUnit;
  };
  EXPECT_EQ(source("adwords"), 47);
  EXPECT_EQ(source("facebook_ads"), 312);
  EXPECT_EQ(figures.Sum("spend_amount", kDollars), 359 * kUnit);
  // What an acquisition cost is this over the credit of the attribution view: 47 / 1.369048 and
  // 312 / 5.392857; return is its linear revenue over this.
}

}  // namespace
}  // namespace revops
