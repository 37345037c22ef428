#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "revops/v1/views.pb.h"
#include "tests/support/projection_driver.h"

namespace revops::test {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using View = v1::OpportunityView;
using Dims = std::map<std::string, std::string>;

constexpr int128 kUnit = 1'000'000;
constexpr int32_t kDay0 = static_cast<int32_t>(kDriverStart / kMicrosPerDay);

const Id kDeal(v1::OPPORTUNITY, "crm", "d1");

// An event of the deal, `day` days after the driver's start.
std::string On(int day, const std::string& rest, const std::string& deal = "d1") {
  return absl::StrCat("occurred_at: ", kDriverStart + day * kMicrosPerDay,
                      " subject { kind: OPPORTUNITY namespace: 'crm' value: '", deal,
                      "' } subject { kind: ACCOUNT namespace: 'crm' value: 'acme' } ", rest);
}
std::string Opened(const std::string& fields) {
  return "opportunity_opened { fields { " + fields + " } }";
}
std::string Changed(const std::string& fields) {
  return "opportunity_changed { fields { " + fields + " } }";
}
std::string Euros(int units) { return absl::StrCat("{ currency_code: 'EUR' units: ", units, " }"); }

View Deal(const ProjectionDriver& views, int64_t at = 0) {
  const auto row = views.Get<View>(kDeal, at);
  EXPECT_TRUE(row.ok()) << row.status();
  return row.ok() ? *row : View();
}

int64_t AsInt(int128 value) { return static_cast<int64_t>(value); }

TEST(OpportunityTest, OpenPipelineIsTheSumOfChanges) {
  ProjectionDriver views;
  views.Given({On(0, Opened("owner: 'amy' owner_team: 'emea' stage_id: 'prospecting' amount " +
                            Euros(100))),
               On(3, Changed("stage_id: 'discovery' amount " + Euros(150))),
               On(5, Changed("owner: 'bob'"))});
  EXPECT_THAT(views.dead_letters(), IsEmpty());
  const Dims prospecting = {{"pipeline", "new_business"}, {"stage", "prospecting"}};
  const Dims discovery = {{"pipeline", "new_business"}, {"stage", "discovery"}};
  EXPECT_EQ(AsInt(views.SumOn(kDay0, "open_count", prospecting)), 1);
  EXPECT_EQ(AsInt(views.SumOn(kDay0 + 3, "open_count", prospecting)), -1);
  EXPECT_EQ(AsInt(views.SumOn(kDay0 + 3, "open_count", discovery)), 1);
  EXPECT_EQ(AsInt(views.Sum("open_count")), 1);
  EXPECT_EQ(AsInt(views.Sum("open_amount", {{"currency", "EUR"}}) / kUnit), 150);
  EXPECT_EQ(AsInt(views.Sum("open_amount", {{"currency", "EUR"}, {"owner", "amy"}})), 0);
  EXPECT_EQ(AsInt(views.Sum("open_amount", {{"currency", "EUR"}, {"owner", "bob"}}) / kUnit), 150);
  EXPECT_EQ(AsInt(views.Sum("created_amount", {{"currency", "EUR"}}) / kUnit), 100);
}

TEST(OpportunityTest, AWinIsBookedOnTheDayItClosed) {
  ProjectionDriver views;
  views.Given({On(0, Opened("owner: 'amy' stage_id: 'discovery' region: 'west' amount " +
                            Euros(100) + " products { product_id: 'pro' }")),
               On(20, "opportunity_closed { outcome: WON reason: 'price' }")});
  EXPECT_THAT(views.dead_letters(), IsEmpty());
  EXPECT_EQ(AsInt(views.SumOn(kDay0 + 20, "won_count")), 1);
  EXPECT_EQ(AsInt(views.Sum("won_amount", {{"currency", "EUR"}, {"owner", "amy"}}) / kUnit), 100);
  EXPECT_EQ(AsInt(views.Sum("won_amount", {{"currency", "EUR"}, {"region", "west"}}) / kUnit), 100);
  EXPECT_EQ(AsInt(views.Sum("won_count", {{"product", "pro"}})), 1);
  EXPECT_EQ(AsInt(views.Sum("open_count")), 0);
  EXPECT_EQ(AsInt(views.Sum("open_amount", {{"currency", "EUR"}})), 0);
  EXPECT_EQ(AsInt(views.Sum("won_cycle_seconds")), 20 * 86400);
  const View deal = Deal(views);
  EXPECT_EQ(deal.state(), View::WON);
  EXPECT_EQ(deal.fields().stage_id(), "closed_won");
  EXPECT_EQ(deal.close_reason(), "price");
  EXPECT_EQ(deal.age_days(), 20);
  EXPECT_EQ(deal.probability_ppm(), 1'000'000);
}

TEST(OpportunityTest, SkippedStagesPassWithNoDwellAWinPassesAllALossNoneFurther) {
  const Dims evaluation = {{"pipeline", "new_business"}, {"stage", "evaluation"}};
  const Dims proposal = {{"pipeline", "new_business"}, {"stage", "proposal"}};
  const Dims negotiation = {{"pipeline", "new_business"}, {"stage", "negotiation"}};
  const auto history = [](const char* outcome) {
    return std::vector<std::string>{
        On(0, Opened("stage_id: 'prospecting'")), On(2, Changed("stage_id: 'proposal'")),
        On(9, Changed("stage_id: 'prospecting'")), On(10, Changed("stage_id: 'proposal'")),
        On(12, absl::StrCat("opportunity_closed { outcome: ", outcome, " }"))};
  };
  ProjectionDriver won;
  won.Given(history("WON"));
  EXPECT_EQ(AsInt(won.Sum("stage_passed", evaluation)), 1);
  EXPECT_EQ(AsInt(won.Sum("stage_entries", evaluation)), 0);
  EXPECT_EQ(AsInt(won.Sum("stage_passed", proposal)), 1);
  EXPECT_EQ(AsInt(won.Sum("stage_entries", proposal)), 2);
  EXPECT_EQ(AsInt(won.Sum("stage_passed", negotiation)), 1);
  const View deal = Deal(won);
  for (const auto& stage : deal.stages()) {
    const int days = stage.stage_id() == "proposal" ? 9 : stage.stage_id() == "prospecting" ? 3 : 0;
    EXPECT_EQ(stage.dwell(), days * kMicrosPerDay) << stage.stage_id();
  }
  ProjectionDriver lost;
  lost.Given(history("LOST"));
  EXPECT_EQ(AsInt(lost.Sum("stage_passed", proposal)), 1);
  EXPECT_EQ(AsInt(lost.Sum("stage_passed", negotiation)), 0);
}

TEST(OpportunityTest, AReopenedDealPostsAReversingEntryOnTheDayItReopens) {
  ProjectionDriver views;
  views.Given({On(0, Opened("owner: 'amy' stage_id: 'proposal' amount " + Euros(100))),
               On(10, "opportunity_closed { outcome: WON reason: 'price' }"),
               On(15, "opportunity_reopened {}"), On(30, "opportunity_closed { outcome: LOST }")});
  EXPECT_THAT(views.dead_letters(), IsEmpty());
  EXPECT_EQ(AsInt(views.SumOn(kDay0 + 10, "won_count")), 1);
  EXPECT_EQ(AsInt(views.SumOn(kDay0 + 15, "won_count")), -1);
  EXPECT_EQ(AsInt(views.Sum("won_amount", {{"currency", "EUR"}})), 0);
  EXPECT_EQ(AsInt(views.Sum("won_cycle_deals")), 0);
  EXPECT_EQ(AsInt(views.SumOn(kDay0 + 15, "open_count",
                              {{"pipeline", "new_business"}, {"stage", "proposal"}})),
            1);
  EXPECT_EQ(AsInt(views.SumOn(kDay0 + 30, "lost_count")), 1);
  EXPECT_EQ(AsInt(views.Sum("reopened_count", {{"outcome", "won"}})), 1);
  const View deal = Deal(views);
  EXPECT_EQ(deal.times_reopened(), 1);
  EXPECT_EQ(deal.close_reason(), "");  // that was the win's
  EXPECT_EQ(deal.first_closed_at(), kDriverStart + 10 * kMicrosPerDay);
  EXPECT_EQ(deal.closed_at(), kDriverStart + 30 * kMicrosPerDay);
}

TEST(OpportunityTest, ABackdatedCloseCountsOnItsDayAndShowsOnTheDayItWasTold) {
  ProjectionDriver views;
  views.Given({On(0, Opened("amount " + Euros(100))),
               On(10, absl::StrCat("opportunity_closed { outcome: WON closed_at: ",
                                   kDriverStart + 4 * kMicrosPerDay, " }"))});
  EXPECT_EQ(AsInt(views.SumOn(kDay0 + 4, "won_count")), 1);
  EXPECT_EQ(AsInt(views.SumOn(kDay0 + 10, "backdated_count", {{"outcome", "won"}})), 1);
  EXPECT_EQ(AsInt(views.SumOn(kDay0 + 10, "open_count")), -1);
  EXPECT_TRUE(Deal(views).backdated());
}

TEST(OpportunityTest, AChangedAmountOfAClosedDealIsADatedAdjustment) {
  ProjectionDriver views;
  views.Given({On(0, Opened("amount " + Euros(100))), On(10, "opportunity_closed { outcome: WON }"),
               On(12, Changed("amount " + Euros(80)))});
  const Dims euros = {{"currency", "EUR"}};
  EXPECT_EQ(AsInt(views.SumOn(kDay0 + 10, "won_amount", euros) / kUnit), 100);
  EXPECT_EQ(AsInt(views.SumOn(kDay0 + 12, "won_amount", euros) / kUnit), -20);
  EXPECT_EQ(AsInt(views.Sum("won_count")), 1);
}

TEST(OpportunityTest, RevenueSplitsShareTheAmountExactlyAndOverlayIsInNoTotal) {
  ProjectionDriver views;
  views.Given(
      {On(0, Opened("owner: 'amy' amount { currency_code: 'EUR' units: 100 nanos: 10000000 } "
                    "splits { owner: 'amy' share_ppm: 333333 kind: REVENUE } "
                    "splits { owner: 'bob' share_ppm: 666667 kind: REVENUE } "
                    "splits { owner: 'cat' share_ppm: 1000000 kind: OVERLAY }")),
       On(10, "opportunity_closed { outcome: WON }")});
  EXPECT_THAT(views.dead_letters(), IsEmpty());
  const auto of = [&](const char* owner) {
    return AsInt(views.Sum("won_amount", {{"currency", "EUR"}, {"owner", owner}}));
  };
  EXPECT_EQ(of("amy"), 33'340'000);
  EXPECT_EQ(of("bob"), 66'670'000);
  EXPECT_EQ(of("cat"), 0);
  EXPECT_EQ(AsInt(views.Sum("won_amount", {{"currency", "EUR"}})), 100'010'000);
}

TEST(OpportunityTest, AStageOfTheModelClosesAndReopensWithoutAClosingEvent) {
  ProjectionDriver views;
  views.Given({On(0, Opened("amount " + Euros(100))), On(5, Changed("stage_id: 'closed_won'"))});
  EXPECT_EQ(Deal(views).state(), View::WON);
  EXPECT_EQ(AsInt(views.SumOn(kDay0 + 5, "won_count")), 1);
  // The closing event that follows adds its reason, and counts nothing again.
  views.Given({On(6, "opportunity_closed { outcome: WON reason: 'fit' }")});
  EXPECT_THAT(views.dead_letters(), IsEmpty());
  EXPECT_EQ(AsInt(views.Sum("won_count")), 1);
  EXPECT_EQ(AsInt(views.SumOn(kDay0 + 5, "won_count")), 1);
  EXPECT_EQ(Deal(views).close_reason(), "fit");
  views.Given({On(8, Changed("stage_id: 'negotiation'"))});
  EXPECT_EQ(Deal(views).state(), View::OPEN);
  EXPECT_EQ(AsInt(views.SumOn(kDay0 + 8, "won_count")), -1);
}

TEST(OpportunityTest, AWonDealMovedToALostStageIsReversedOnThatDay) {
  ProjectionDriver views;
  views.Given({On(0, Opened("amount " + Euros(100))), On(5, Changed("stage_id: 'closed_won'")),
               On(9, Changed("stage_id: 'closed_lost'"))});
  EXPECT_EQ(AsInt(views.SumOn(kDay0 + 5, "won_count")), 1);
  EXPECT_EQ(AsInt(views.SumOn(kDay0 + 9, "won_count")), -1);
  EXPECT_EQ(AsInt(views.SumOn(kDay0 + 9, "lost_count")), 1);
  EXPECT_EQ(Deal(views).state(), View::LOST);
}

TEST(OpportunityTest, WhatDoesNotApplyIsADeadLetterAndChangesNothing) {
  const struct {
    const char* event;
    const char* reason;
  } scenarios[] = {
      {"opportunity_opened {}", "opened before"},
      {"opportunity_changed { fields { stage_id: 'nowhere' } }", "stage_id \"nowhere\" is not in"},
      {"opportunity_changed { fields { pipeline_id: 'x' } }",
       "pipeline_id \"x\" is not in the mod"},
      {"opportunity_changed { fields { owner: 'x' amount { units: 5 } } }", "urrency"},
      {"opportunity_changed { fields { owner: 'x' cleared: 'ownr' } }", "cleared names \"ownr\""},
      {"opportunity_changed { fields { splits { owner: 'a' share_ppm: 7 } } }", "sum to 7"},
      {"opportunity_closed {}", "without an outcome"},
      {"opportunity_closed { outcome: WON closed_at: 1 }", "lies before the opening"},
      {"opportunity_closed { outcome: WON fields { stage_id: 'zzz' } }", "stage_id \"zzz\""},
      {"opportunity_reopened {}", "the deal is open"},
  };
  for (const auto& scenario : scenarios) {
    ProjectionDriver views;
    views.Given({On(0, Opened("owner: 'amy' stage_id: 'proposal'"))});
    const View before = Deal(views, 1);
    views.Given({On(1, scenario.event)});
    ASSERT_THAT(views.dead_letters(), ElementsAre(HasSubstr(scenario.reason))) << scenario.event;
    EXPECT_EQ(Deal(views, 1).SerializeAsString(), before.SerializeAsString()) << scenario.event;
    EXPECT_EQ(AsInt(views.Sum("open_count", {{"owner", "amy"}})), 1);
  }
}

TEST(OpportunityTest, ADealThatNeverOpenedHasNoRow) {
  ProjectionDriver views;
  views.Given({On(0, Changed("owner: 'amy'")), On(1, "opportunity_closed { outcome: WON }"),
               On(2, "opportunity_reopened {}")});
  EXPECT_EQ(views.dead_letters().size(), 3u);
  EXPECT_THAT(views.dead_letters()[1], HasSubstr("closed but never opened"));
  EXPECT_EQ(views.Get<View>(kDeal).status().code(), absl::StatusCode::kNotFound);
}

TEST(OpportunityTest, ADeletedDealIsScrubbedOnTheDayOfDeletion) {
  ProjectionDriver views;
  const std::string entity = "{ entity { kind: OPPORTUNITY namespace: 'crm' value: 'd1' } }";
  views.Given({On(0, Opened("amount " + Euros(100))), On(4, "entity_deleted " + entity)});
  EXPECT_EQ(AsInt(views.SumOn(kDay0, "open_count")), 1);
  EXPECT_EQ(AsInt(views.SumOn(kDay0 + 4, "open_count")), -1);
  EXPECT_EQ(AsInt(views.Sum("scrubbed_count", {{"state", "open"}})), 1);
  EXPECT_THAT(views.List("opportunity", "opened"), IsEmpty());
  views.Given({On(6, "entity_restored " + entity)});
  EXPECT_EQ(AsInt(views.Sum("open_count")), 1);
  EXPECT_THAT(views.List("opportunity", "opened"), ElementsAre("d1"));
}

TEST(OpportunityTest, ADeletedDealLeavesItsCohort) {
  ProjectionDriver views;
  const std::string entity = "{ entity { kind: OPPORTUNITY namespace: 'crm' value: 'd1' } }";
  views.Given({On(0, Opened("")), On(2, "opportunity_closed { outcome: WON }")});
  EXPECT_EQ(AsInt(views.Sum("cohort_closed_count", {{"outcome", "won"}})), 1);
  views.Given({On(4, "entity_deleted " + entity)});
  EXPECT_EQ(AsInt(views.Sum("cohort_closed_count", {{"outcome", "won"}})), 0);
}

TEST(OpportunityTest, ADealIsPastDueFromTheDayAfterItsCloseDate) {
  ProjectionDriver views;
  views.Given({On(0, Opened(absl::StrCat("stage_id: 'prospecting' close_date: ",
                                         kDriverStart + 5 * kMicrosPerDay)))});
  EXPECT_EQ(AsInt(views.SumOn(kDay0 + 5, "past_due_count", {{"qualified", "no"}})), 0);
  EXPECT_EQ(AsInt(views.SumOn(kDay0 + 6, "past_due_count", {{"qualified", "no"}})), 1);
}

TEST(OpportunityTest, HistoryKeepsStageAmountCloseDateAndOwner) {
  ProjectionDriver views;
  views.Given(
      {On(0, Opened(absl::StrCat("owner: 'amy' stage_id: 'proposal' close_date: ",
                                 kDriverStart + 30 * kMicrosPerDay, " amount ", Euros(100)))),
       On(5, absl::StrCat("actor: 'amy' ",
                          Changed(absl::StrCat("owner: 'bob' close_date: ",
                                               kDriverStart + 60 * kMicrosPerDay))))});
  const View deal = Deal(views);
  ASSERT_EQ(deal.changes_size(), 7);
  EXPECT_EQ(deal.changes(1).to(), "new_business/proposal");
  EXPECT_EQ(deal.changes(2).to(), "EUR 100.00");
  EXPECT_EQ(deal.changes(5).from(), "2026-01-31");
  EXPECT_EQ(deal.changes(5).to(), "2026-03-02");
  EXPECT_EQ(deal.changes(5).actor(), "amy");
  EXPECT_EQ(deal.changes(6).what(), v1::OpportunityChange::OWNER);
  EXPECT_EQ(deal.times_close_date_moved(), 1);
}

TEST(OpportunityTest, HistoryIsBoundedAndCountsOn) {
  ProjectionDriver views;
  views.Given({On(0, Opened("owner: 'o0'"))});
  for (int i = 1; i <= 200; ++i) {
    views.Given({On(i, Changed(absl::StrCat("owner: 'o", i, "'")))});
  }
  EXPECT_EQ(Deal(views).changes_size(), 60);
  EXPECT_EQ(Deal(views).changes_count(), 203);
  EXPECT_EQ(Deal(views).changes(59).to(), "o200");
}

TEST(OpportunityTest, APatchClearsWhatItNamesAndASnapshotWhatItLeavesOut) {
  ProjectionDriver views;
  views.Given({On(0, Opened("owner: 'amy' name: 'Big' region: 'west' sourced_by: SOURCED_SDR "
                            "stage_id: 'proposal' amount " +
                            Euros(5))),
               On(1, Changed("cleared: 'region' cleared: 'amount'"))});
  EXPECT_FALSE(Deal(views).fields().has_region());
  EXPECT_FALSE(Deal(views).has_amount());
  EXPECT_EQ(Deal(views).fields().name(), "Big");
  views.Given({On(2, Changed("snapshot: true owner: 'bob' sourced_by: SOURCED_AE"))});
  const View deal = Deal(views);
  EXPECT_FALSE(deal.fields().has_name());
  EXPECT_EQ(deal.fields().owner(), "bob");
  EXPECT_EQ(deal.fields().stage_id(), "proposal");
  EXPECT_EQ(deal.fields().sourced_by(), v1::SOURCED_SDR);
}

TEST(OpportunityTest, TheTotalIsRecurringTimesTermAndOnce) {
  ProjectionDriver views;
  views.Given({On(0, Opened("term_months: 12 recurring_amount " + Euros(100) + " one_time_amount " +
                            Euros(50)))});
  EXPECT_EQ(Deal(views).amount().units(), 1250);
}

TEST(OpportunityTest, AgeingIsReadAtTheInstant) {
  ProjectionDriver views;
  views.Given({On(0, Opened(absl::StrCat("stage_id: 'proposal' close_date: ",
                                         kDriverStart + 20 * kMicrosPerDay)))});
  const auto at = [&](int day) { return Deal(views, kDriverStart + day * kMicrosPerDay); };
  EXPECT_FALSE(at(20).past_due());
  EXPECT_TRUE(at(21).past_due());
  EXPECT_FALSE(at(30).stale());
  EXPECT_TRUE(at(31).stale());
  EXPECT_EQ(at(31).days_in_stage(), 31);
  EXPECT_EQ(at(31).stage_name(), "Proposal");
  EXPECT_EQ(at(31).probability_ppm(), 600000);
}

TEST(OpportunityTest, OpenDealsAreListedByCloseDate) {
  ProjectionDriver views;
  const auto closing = [](int day) {
    return Opened(absl::StrCat("close_date: ", kDriverStart + day * kMicrosPerDay));
  };
  views.Given({On(0, closing(30), "late"), On(0, closing(10), "soon"), On(0, Opened(""), "never"),
               On(0, closing(5), "gone"), On(2, "opportunity_closed { outcome: LOST }", "gone")});
  EXPECT_THAT(views.List("opportunity", "close_date"), ElementsAre("soon", "late", "never"));
  EXPECT_THAT(views.List("opportunity", "closed"), ElementsAre("gone"));
}

TEST(OpportunityTest, DealsKnownByTheDayHaveCyclesOfWholeDays) {
  ProjectionDriver views;
  views.Given({On(0, "occurred_precision: DAY " + Opened("stage_id: 'discovery'")),
               On(20, "occurred_precision: DAY opportunity_closed { outcome: WON }")});
  EXPECT_EQ(AsInt(views.Sum("won_cycle_seconds")), 20 * 86400);
  EXPECT_EQ(AsInt(views.SumOn(kDay0 + 20, "won_count")), 1);
}

TEST(OpportunityTest, TestDealsCountNowhere) {
  ProjectionDriver views;
  views.Given({On(0, "environment: TEST " + Opened("amount " + Euros(5)))});
  EXPECT_EQ(views.Get<View>(kDeal).status().code(), absl::StatusCode::kNotFound);
  EXPECT_EQ(AsInt(views.Sum("created_count")), 0);
}

}  // namespace
}  // namespace revops::test
