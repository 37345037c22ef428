#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "revops/v1/views.pb.h"
#include "tests/support/projection_driver.h"
#include "tests/support/small_model.h"

namespace revops::test {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using View = v1::LeadView;

const Id kAda(v1::CONTACT, "crm", "ada");
const Id kBob(v1::CONTACT, "crm", "bob");
const Id kAcme(v1::ACCOUNT, "crm", "acme");

// A person qualifies with fit 40 and 50 points; points halve in 10 days.
std::shared_ptr<const RevenueModel> Model(const std::string& more = "") {
  return SmallModel(absl::StrCat(kOfficeHours, R"(
        qualification { fit_min: 40 engagement_min: 50 waiting_days: 90 }
        scoring {
          half_life_days: 10 fit_base: 20
          fit { name: "boss" points: 30 of: PERSON_ONLY when { field: "title" equals: "boss" } }
          fit { name: "big" points: 25 of: ACCOUNT_ONLY when { field: "employees" at_least: 50 } }
          fit { name: "rival" points: -100 when { field: "segment" equals: "rival" } }
          engagement { name: "webinar" kind: "webinar.attended" points: 30 }
          engagement { name: "demo" kind: "demo.held" points: 50 }
          engagement { name: "read" kind: "page_view" points: 8 }
        }
        sla { speed_to_lead { lead_type: "any" target_minutes: 60 } lapse_days: 7 }
        channels { default_channel: "other" rule { channel: "web" kind: "page_view" } })",
                                 more));
}

std::string Of(const std::string& person, const std::string& rest, int day = -1) {
  return absl::StrCat(
      "subject { kind: CONTACT namespace: 'crm' value: '", person,
      "' } subject { kind: ACCOUNT namespace: 'crm' value: 'acme' } ",
      day < 0 ? "" : absl::StrCat("occurred_at: ", kDriverStart + day * kMicrosPerDay, " "), rest);
}
std::string OfAcme(const std::string& rest) {
  return "subject { kind: ACCOUNT namespace: 'crm' value: 'acme' } " + rest;
}
constexpr char kBoss[] = "traits { title: 'boss' }";
constexpr char kWebinar[] = "webinar { action: ATTENDED }";
constexpr char kDemo[] = "demo { action: HELD }";

View Row(const ProjectionDriver& views, const Id& entity, int64_t at = 0) {
  const auto row = views.Get<View>(entity, at);
  EXPECT_TRUE(row.ok()) << row.status();
  return row.ok() ? *row : View();
}

int64_t AsInt(int128 value) { return static_cast<int64_t>(value); }

TEST(LeadTest, TouchesOfDifferentContactsNeverMix) {
  ProjectionDriver views(Model());
  views.Given({Of("ada", kWebinar), Of("bob", "page_view {}")});
  EXPECT_EQ(Row(views, kAda).engagement(), 30);
  EXPECT_EQ(Row(views, kBob).engagement(), 8);
}

TEST(LeadTest, EngagementHalvesEveryHalfLifeAndKeepsItsReasons) {
  ProjectionDriver views(Model());
  views.Given({Of("ada", "page_view {}", 0), Of("ada", kWebinar, 10), Of("ada", kWebinar, 20)});
  // 8 / 4 + 30 / 2 + 30
  EXPECT_EQ(Row(views, kAda).engagement(), 47);
  EXPECT_EQ(Row(views, kAda, kDriverStart + 30 * kMicrosPerDay).engagement(), 24);
  EXPECT_EQ(Row(views, kAda, kDriverStart + 2000 * kMicrosPerDay).engagement(), 0);
  const View row = Row(views, kAda);
  ASSERT_EQ(row.engagement_reasons_size(), 2);
  EXPECT_EQ(row.engagement_reasons(0).rule(), "webinar");
  EXPECT_EQ(row.engagement_reasons(0).points(), 45);
  EXPECT_EQ(row.engagement_reasons(0).times(), 2);
  EXPECT_EQ(row.engagement_reasons(1).rule(), "read");
  EXPECT_EQ(row.engagement_reasons(1).points(), 2);
}

TEST(LeadTest, FitIsOfThePersonAndTheAccountWithReasons) {
  ProjectionDriver views(Model());
  views.Given({Of("ada", kBoss), Of("bob", "page_view {}")});
  EXPECT_EQ(Row(views, kAda).fit(), 50);
  EXPECT_EQ(Row(views, kBob).fit(), 20);
  // What is learnt of the account reaches all of its people.
  views.Given({OfAcme("traits { employees: 60 }")});
  EXPECT_EQ(Row(views, kAda).fit(), 75);
  EXPECT_EQ(Row(views, kBob).fit(), 45);
  ASSERT_EQ(Row(views, kAda).fit_reasons_size(), 2);
  EXPECT_EQ(Row(views, kAda).fit_reasons(0).name(), "boss");
  EXPECT_EQ(Row(views, kAda).fit_reasons(0).count(), 30);
  // And people who come later.
  views.Given({Of("eve", "page_view {}")});
  EXPECT_EQ(Row(views, Id(v1::CONTACT, "crm", "eve")).fit(), 45);
  views.Given({OfAcme("segment { segment: 'rival' }"), OfAcme("traits { cleared: 'employees' }")});
  EXPECT_EQ(Row(views, kAda).fit(), 0);
  views.Given({OfAcme("segment { segment: 'rival' removed: true }")});
  EXPECT_EQ(Row(views, kAda).fit(), 50);
}

TEST(LeadTest, QualifiesWhenFitAndEngagementBothReachTheModel) {
  ProjectionDriver views(Model());
  views.Given({Of("ada", kBoss), Of("ada", kWebinar)});
  EXPECT_THAT(views.derived(), IsEmpty());
  views.Given({Of("ada", kWebinar)});
  EXPECT_THAT(views.derived(), ElementsAre("LeadQualified"));
  const View row = Row(views, kAda);
  EXPECT_EQ(row.qualified_at(), views.now());
  EXPECT_EQ(row.qualified_by(), "webinar.attended");
  EXPECT_EQ(row.times_qualified(), 1);
  EXPECT_EQ(AsInt(views.Sum("mql_people", {{"basis", "computed"}})), 1);
  // Still qualified: more points change nothing.
  views.Given({Of("ada", kWebinar)});
  EXPECT_EQ(Row(views, kAda).times_qualified(), 1);
}

TEST(LeadTest, ExactlyThePointsNeededAreEnough) {
  ProjectionDriver views(Model());
  views.Given({Of("ada", kBoss), Of("ada", kDemo)});
  EXPECT_EQ(Row(views, kAda).times_qualified(), 1);
}

TEST(LeadTest, ATraitMayMakeSomebodyQualify) {
  ProjectionDriver views(Model());
  views.Given({Of("ada", kDemo), Of("ada", kDemo)});
  EXPECT_EQ(Row(views, kAda).times_qualified(), 0);
  views.Given({OfAcme("traits { employees: 60 }")});
  EXPECT_EQ(Row(views, kAda).times_qualified(), 1);
  EXPECT_EQ(Row(views, kAda).qualified_by(), "traits");
}

TEST(LeadTest, AnAnonymousVisitorEarnsPointsButDoesNotQualify) {
  ProjectionDriver views(Model("qualification { from: '2020-01-01' engagement_min: 1 }"));
  const std::string visitor = "subject { kind: ANONYMOUS namespace: 'web' value: 'v' } ";
  views.Given({visitor + kDemo});
  const View row = Row(views, Id(v1::ANONYMOUS, "web", "v"));
  EXPECT_EQ(row.engagement(), 50);
  EXPECT_EQ(row.times_qualified(), 0);
  EXPECT_THAT(views.List("lead", "best"), IsEmpty());
}

TEST(LeadTest, QualifiesAgainOnlyAfterRecyclingRejectionOrTheWaitingTime) {
  const struct {
    const char* between;
    int day;
    int times;
  } scenarios[] = {
      {"lead { action: ACCEPTED }", 1, 1},
      {"lead { action: RECYCLED reason: 'timing' }", 1, 2},
      {"lead { action: REJECTED reason: 'size' }", 1, 2},
      {"lead { action: DISQUALIFIED }", 1, 1},
      {"page_view {}", 89, 1},
      {"page_view {}", 90, 2},
  };
  for (const auto& scenario : scenarios) {
    ProjectionDriver views(Model());
    views.Given({Of("ada", kBoss, 0), Of("ada", kDemo, 0), Of("ada", scenario.between, 0),
                 Of("ada", kDemo, scenario.day)});
    EXPECT_EQ(Row(views, kAda).times_qualified(), scenario.times)
        << scenario.between << " " << scenario.day;
    EXPECT_EQ(AsInt(views.Sum("mql_people", {{"basis", "computed"}})), 1);
    EXPECT_EQ(AsInt(views.Sum("mql_attempts", {{"basis", "computed"}})), scenario.times);
  }
}

TEST(LeadTest, ARecycledLeadRestsUntilItsDay) {
  ProjectionDriver views(Model());
  views.Given({Of("ada", kBoss, 0), Of("ada", kDemo, 0),
               Of("ada",
                  absl::StrCat("lead { action: RECYCLED recycled_until: ",
                               kDriverStart + 20 * kMicrosPerDay, " }"),
                  1),
               Of("ada", kDemo, 19)});
  EXPECT_EQ(Row(views, kAda).times_qualified(), 1);
  views.Given({Of("ada", kDemo, 20)});
  EXPECT_EQ(Row(views, kAda).times_qualified(), 2);
}

TEST(LeadTest, AContactOfAnOpenDealOrCustomerIsAnExpansionSignal) {
  const std::string deal = "subject { kind: OPPORTUNITY namespace: 'crm' value: 'd' } ";
  const struct {
    std::vector<std::string> history;
    bool expansion;
  } scenarios[] = {
      {{OfAcme(deal + "opportunity_opened {}")}, true},
      {{OfAcme(deal + "opportunity_opened {}"),
        OfAcme(deal + "opportunity_closed { outcome: LOST }")},
       false},
      {{OfAcme(deal + "opportunity_opened {}"),
        OfAcme(deal + "opportunity_closed { outcome: WON }")},
       true},
      {{OfAcme(deal + "opportunity_closed { outcome: WON }")}, false},  // never opened
      {{OfAcme("order { amount { currency_code: 'EUR' units: 1 } }")}, true},
      {{OfAcme("subscription { action: STARTED subscription_id: 's' }")}, true},
      {{OfAcme("subscription { action: STARTED subscription_id: 's' trial: true }")}, false},
      {{OfAcme("subscription { action: STARTED subscription_id: 's' }"),
        OfAcme("subscription { action: CANCELLED subscription_id: 's' }")},
       false},
      // What was ordered besides does not outlive the subscription.
      {{OfAcme("order { amount { currency_code: 'EUR' units: 1 } }"),
        OfAcme("subscription { action: STARTED subscription_id: 's' }"),
        OfAcme("subscription { action: CANCELLED subscription_id: 's' }")},
       false},
      // A win taken back.
      {{OfAcme(deal + "opportunity_opened {}"),
        OfAcme(deal + "opportunity_closed { outcome: WON }"),
        OfAcme(deal + "opportunity_reopened {}"),
        OfAcme(deal + "opportunity_closed { outcome: LOST }")},
       false},
  };
  for (const auto& scenario : scenarios) {
    ProjectionDriver views(Model());
    views.Given(scenario.history);
    views.Given({Of("ada", kBoss), Of("ada", kDemo)});
    EXPECT_EQ(Row(views, kAda).expansion(), scenario.expansion) << scenario.history.back();
    EXPECT_EQ(AsInt(views.Sum("expansion_signals", {{"basis", "computed"}})),
              scenario.expansion ? 1 : 0);
    EXPECT_EQ(AsInt(views.Sum("mql_people", {{"basis", "computed"}})), scenario.expansion ? 0 : 1);
    EXPECT_THAT(views.derived(), Contains("LeadQualified"));
  }
}

TEST(LeadTest, DeclaredQualificationIsKeptApart) {
  ProjectionDriver views(Model());
  views.Given({Of("ada", "actor: 'amy' lead { action: DECLARED_QUALIFIED handover_id: 'h1' }"),
               Of("ada", "actor: 'amy' lead { action: DECLARED_QUALIFIED handover_id: 'h1' }"),
               Of("ada", "lead { action: RECYCLED handover_id: 'h1' }"),
               Of("ada", "lead { action: DECLARED_QUALIFIED handover_id: 'h2' }")});
  const View row = Row(views, kAda);
  EXPECT_EQ(row.times_qualified(), 0);
  EXPECT_EQ(row.times_declared(), 2);
  EXPECT_EQ(AsInt(views.Sum("mql_people", {{"basis", "declared"}})), 1);
  EXPECT_EQ(AsInt(views.Sum("mql_attempts", {{"basis", "declared"}})), 2);
  EXPECT_EQ(AsInt(views.Sum("mql_people", {{"basis", "computed"}})), 0);
}

TEST(LeadTest, LeadActionsCountByOriginOwnerAndReason) {
  ProjectionDriver views(Model());
  views.Given({Of("ada", "lead { action: CREATED origin: 'paid_search' lead_id: 'L1' }"),
               Of("ada", "lead { action: ASSIGNED owner: 'amy' owner_team: 'emea' }"),
               Of("ada", "lead { action: REJECTED reason: 'no budget' }"),
               Of("ada", "lead { action: RATED rating: 70 }")});
  EXPECT_EQ(AsInt(views.Sum("lead_actions", {{"action", "created"}, {"origin", "paid_search"}})),
            1);
  EXPECT_EQ(AsInt(views.Sum("lead_actions", {{"action", "rejected"}, {"reason", "no budget"}})), 1);
  EXPECT_EQ(AsInt(views.Sum("lead_actions", {{"action", "rejected"}, {"owner_team", "emea"}})), 1);
  const View row = Row(views, kAda);
  EXPECT_EQ(row.status(), "rated");
  EXPECT_EQ(row.rating(), 70);
  EXPECT_EQ(row.lead_id(), "L1");
  EXPECT_EQ(row.last_reason(), "no budget");
}

TEST(LeadTest, WhatDoesNotApplyIsADeadLetterAndChangesNothing) {
  const struct {
    std::string event;
    const char* reason;
  } scenarios[] = {
      {OfAcme("lead { action: CREATED }"), "names no person"},
      {Of("ada", "lead {}"), "without an action"},
      {Of("ada", "traits { title: 'x' cleared: 'nothing' }"), "cleared names \"nothing\""},
  };
  for (const auto& scenario : scenarios) {
    ProjectionDriver views(Model());
    views.Given({Of("ada", kBoss)});
    const std::string before = Row(views, kAda, 1).SerializeAsString();
    views.Given({scenario.event});
    ASSERT_THAT(views.dead_letters(), ElementsAre(HasSubstr(scenario.reason)));
    EXPECT_EQ(Row(views, kAda, 1).SerializeAsString(), before);
  }
}

TEST(LeadTest, ListsHideFormerPeopleAndOrderByScoreAndEngagement) {
  ProjectionDriver views(Model());
  views.Given({Of("low", kDemo), Of("bob", kBoss), Of("bob", "page_view {}"), Of("ada", kBoss),
               Of("ada", kWebinar)});
  // 50 + 30, 20 + 50, 50 + 8
  EXPECT_EQ(Row(views, kAda).score(), 80);
  EXPECT_THAT(views.List("lead", "best"), ElementsAre("ada", "low", "bob"));
  EXPECT_THAT(views.List("lead", "engagement"), ElementsAre("low", "ada", "bob"));
  // Ten days later: 50 + 15, 50 + 4, 20 + 25.
  views.Given({Of("zoe", "call {}", 10)});
  EXPECT_THAT(views.List("lead", "best"), ElementsAre("ada", "bob", "low", "zoe"));
  views.GivenTenure(kAcme, {.person = kAda, .joined = false});
  EXPECT_THAT(views.List("lead", "best"), ElementsAre("bob", "low", "zoe"));
  EXPECT_TRUE(Row(views, kAda).former());
}

TEST(LeadTest, EmailAndPhoneAreNotKept) {
  ProjectionDriver views(Model());
  views.Given({Of("ada", "traits { name: 'Ada' email: 'a@b.example' phone: '1' }")});
  EXPECT_EQ(Row(views, kAda).traits().name(), "Ada");
  EXPECT_FALSE(Row(views, kAda).traits().has_email());
  EXPECT_FALSE(Row(views, kAda).traits().has_phone());
}

TEST(LeadTest, WhatDoesNotCountEarnsNothing) {
  ProjectionDriver views(Model("traffic { exclude_traffic: TRAFFIC_BOT }"));
  views.Given({Of("ada", std::string("traffic: TRAFFIC_BOT ") + kDemo),
               Of("ada", std::string("environment: TEST ") + kDemo)});
  EXPECT_EQ(views.Get<View>(kAda).status().code(), absl::StatusCode::kNotFound);
}

TEST(LeadTest, AMailOpenEarnsNothingByDefault) {
  ProjectionDriver views;
  views.Given({Of("ada", "email { action: OPENED }")});
  EXPECT_FALSE(Row(views, kAda).has_engagement());
}

}  // namespace
}  // namespace revops::test
