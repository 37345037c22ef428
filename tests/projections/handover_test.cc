#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "revops/v1/views.pb.h"
#include "tests/support/projection_driver.h"
#include "tests/support/small_model.h"

namespace revops::test {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using View = v1::HandOverView;

constexpr int64_t kHour = int64_t{3600} * 1'000'000;
const Id kAcme(v1::ACCOUNT, "crm", "acme");
const Id kAda(v1::CONTACT, "crm", "ada");

Id Attempt(const std::string& person, int number) {
  return Id(v1::OTHER, "hand_over", absl::StrCat("contact:crm:", person, "/", number));
}

// Office hours 9 to 17 on weekdays; the first human touch within 60 business minutes, of a demo
// request within 30; lapses after 7 days.
std::shared_ptr<const RevenueModel> Model(const std::string& basis = "COMPUTED") {
  return SmallModel(absl::StrCat(kOfficeHours, R"(
        business_calendar {
          name: "new_york" time_zone: "America/New_York"
          hours {
            day: [ MONDAY, TUESDAY, WEDNESDAY, THURSDAY, FRIDAY ] open: "09:00" close: "17:00"
          }
        }
        qualification { fit_min: 0 engagement_min: 50 waiting_days: 90 basis: )",
                                 basis, R"( }
        scoring {
          half_life_days: 10
          engagement { name: "demo" kind: "demo.requested" points: 60 }
          engagement { name: "read" kind: "page_view" points: 60 }
        }
        sla {
          speed_to_lead { lead_type: "demo" kind: "demo.requested" target_minutes: 30 }
          speed_to_lead { lead_type: "any" target_minutes: 60 }
          lapse_days: 7
        }
        channels { default_channel: "other" rule { channel: "web" kind: "page_view" } })"));
}

// 2026-01-01 is a Thursday: hours count from its midnight.
std::string Of(const std::string& person, double hours, const std::string& rest) {
  return absl::StrCat("subject { kind: CONTACT namespace: 'crm' value: '", person,
                      "' } subject { kind: ACCOUNT namespace: 'crm' value: 'acme' } occurred_at: ",
                      kDriverStart + static_cast<int64_t>(hours * kHour), " ", rest);
}
std::string Lead(const std::string& action, const std::string& rest = "handover_id: 'h'") {
  return absl::StrCat("lead { action: ", action, " ", rest, " }");
}
constexpr char kCall[] = "actor: 'amy' automation: HUMAN team: SALES call { result: NO_ANSWER }";

View Row(const ProjectionDriver& views, const Id& entity, double hours = 0) {
  const auto row =
      views.Get<View>(entity, hours == 0 ? 0 : kDriverStart + static_cast<int64_t>(hours * kHour));
  EXPECT_TRUE(row.ok()) << row.status();
  return row.ok() ? *row : View();
}

int64_t Sum(const ProjectionDriver& views, absl::string_view measure,
            const std::map<std::string, std::string>& dims = {}) {
  return static_cast<int64_t>(views.Sum(measure, dims));
}

int32_t Day(double hours) {
  return static_cast<int32_t>((kDriverStart + static_cast<int64_t>(hours * kHour)) / (24 * kHour));
}

TEST(HandOverTest, SpeedToLeadHasASystemPartAndAHumanPartInBusinessHours) {
  ProjectionDriver views(Model());
  views.Given({Of("ada", 16, Lead("DECLARED_QUALIFIED")),
               Of("ada", 16.5, Lead("ASSIGNED", "handover_id: 'h' owner: 'amy' owner_team: 'e'")),
               Of("ada", 33.25, kCall)});
  const View row = Row(views, Attempt("ada", 1));
  EXPECT_EQ(row.system_delay_s(), 30 * 60);
  EXPECT_EQ(row.human_delay_s(), 45 * 60);  // half an hour on Thursday, a quarter on Friday
  EXPECT_EQ(row.speed_to_lead_s(), 75 * 60);
  EXPECT_TRUE(row.answered());
  EXPECT_FALSE(row.overdue());
  EXPECT_EQ(Sum(views, "lead_delay_seconds", {{"part", "speed_to_lead"}}), 75 * 60);
  // On the day of the hand-over, though it was touched on the next.
  EXPECT_EQ(
      static_cast<int64_t>(views.SumOn(Day(16), "lead_delay_seconds", {{"part", "speed_to_lead"}})),
      75 * 60);
  EXPECT_EQ(Sum(views, "lead_delay_count", {{"part", "human"}, {"owner", "amy"}}), 1);
  // 4500 lies in the bucket that begins at 4480: 64 buckets from 4096 to 8192.
  EXPECT_EQ(Sum(views, "lead_delay_bucket", {{"part", "speed_to_lead"}, {"bucket", "4480"}}), 1);
}

TEST(HandOverTest, ReassignmentRestartsTheHumanClockOnly) {
  ProjectionDriver views(Model());
  views.Given({Of("ada", 9, Lead("DECLARED_QUALIFIED")),
               Of("ada", 9.5, Lead("ASSIGNED", "handover_id: 'h' owner: 'amy'"))});
  EXPECT_EQ(Row(views, Attempt("ada", 1)).due_at(), kDriverStart + 10 * kHour + kHour / 2);
  views.Given({Of("ada", 10, Lead("REASSIGNED", "handover_id: 'h' owner: 'bob'")),
               Of("ada", 10.75, kCall)});
  const View row = Row(views, Attempt("ada", 1));
  EXPECT_EQ(row.due_at(), kDriverStart + 11 * kHour);
  EXPECT_EQ(row.owner(), "bob");
  EXPECT_EQ(row.human_delay_s(), 45 * 60);
  EXPECT_EQ(row.system_delay_s(), 30 * 60);
  EXPECT_EQ(row.speed_to_lead_s(), 105 * 60);
  EXPECT_EQ(Sum(views, "sla_due"), 1);
  EXPECT_EQ(Sum(views, "sla_met", {{"owner", "bob"}}), 1);
  EXPECT_EQ(Sum(views, "sla_missed"), 0);
}

TEST(HandOverTest, AClockThatRanOutBeforeTheReassignmentStaysMissed) {
  ProjectionDriver views(Model());
  views.Given({Of("ada", 9, Lead("ASSIGNED", "handover_id: 'h' owner: 'amy'")),
               Of("ada", 12, Lead("REASSIGNED", "handover_id: 'h' owner: 'bob'")),
               Of("ada", 12.5, kCall)});
  EXPECT_EQ(Sum(views, "sla_due"), 2);
  EXPECT_EQ(Sum(views, "sla_missed", {{"owner", "amy"}}), 1);
  EXPECT_EQ(Sum(views, "sla_met", {{"owner", "bob"}}), 1);
}

TEST(HandOverTest, EveryClockThatRanOutStaysMissedHoweverManyThereWere) {
  ProjectionDriver views(Model());
  // Each Thursday at 9 it goes to another owner, who lets it lie.
  for (int week = 0; week < 12; ++week) {
    const std::string owner = absl::StrCat("handover_id: 'h' owner: 'o", week, "'");
    views.Given({Of("ada", week * 168 + 9, Lead(week == 0 ? "ASSIGNED" : "REASSIGNED", owner))});
  }
  EXPECT_EQ(Sum(views, "sla_missed"), 12);
  EXPECT_EQ(Sum(views, "sla_missed", {{"owner", "o0"}}), 1);
  EXPECT_EQ(Sum(views, "dropped_batons"), 1);  // with the last one
  EXPECT_EQ(Row(views, Attempt("ada", 1)).missed(0).owner(), "o3");
}

TEST(HandOverTest, ServiceLevelsCountOnTheDueDayAndAreTakenBackWhenAnswered) {
  ProjectionDriver views(Model());
  // Due on Friday at 9:30.
  views.Given({Of("ada", 16.5, Lead("ASSIGNED", "handover_id: 'h' owner: 'amy'"))});
  EXPECT_EQ(static_cast<int64_t>(views.SumOn(Day(33), "sla_due")), 1);
  EXPECT_EQ(static_cast<int64_t>(views.SumOn(Day(33), "sla_missed")), 1);
  EXPECT_EQ(static_cast<int64_t>(views.SumOn(Day(16), "sla_due")), 0);
  views.Given({Of("ada", 33.5, kCall)});
  EXPECT_EQ(static_cast<int64_t>(views.SumOn(Day(33), "sla_met")), 1);
  EXPECT_EQ(Sum(views, "sla_missed"), 0);
}

TEST(HandOverTest, ADroppedBatonLiesWithItsOwnerSinceItWasDueUntilSomebodyPicksItUp) {
  ProjectionDriver views(Model());
  // Due on Friday at 9:30.
  views.Given({Of("ada", 16.5, Lead("ASSIGNED", "handover_id: 'h' owner: 'amy'"))});
  EXPECT_EQ(static_cast<int64_t>(views.SumOn(Day(33), "dropped_batons")), 1);
  EXPECT_EQ(Sum(views, "dropped_batons", {{"owner", "amy"}}), 1);
  views.Given({Of("ada", 40, Lead("REASSIGNED", "handover_id: 'h' owner: 'bob'"))});
  EXPECT_EQ(Sum(views, "dropped_batons", {{"owner", "amy"}}), 0);
  EXPECT_EQ(Sum(views, "dropped_batons", {{"owner", "bob"}}), 1);
  // Late as it is, the call picks it up; what was missed stays missed.
  views.Given({Of("ada", 60, kCall)});
  EXPECT_EQ(Sum(views, "dropped_batons"), 0);
  EXPECT_EQ(Sum(views, "sla_missed", {{"owner", "amy"}}), 1);
}

TEST(HandOverTest, WhatLayDroppedOnADayStaysSoWhenSomebodyPicksItUpLater) {
  for (const std::string& picks_up :
       {std::string(kCall), Lead("REJECTED", "handover_id: 'h' reason: 'wrong size'")}) {
    ProjectionDriver views(Model());
    // Due on Friday at 9:30; picked up three days later.
    views.Given({Of("ada", 16.5, Lead("ASSIGNED", "handover_id: 'h' owner: 'amy'")),
                 Of("ada", 100, picks_up)});
    EXPECT_EQ(static_cast<int64_t>(views.SumOn(Day(33), "dropped_batons")), 1) << picks_up;
    EXPECT_EQ(static_cast<int64_t>(views.SumOn(Day(100), "dropped_batons")), -1) << picks_up;
    EXPECT_EQ(Sum(views, "dropped_batons"), 0) << picks_up;
  }
  ProjectionDriver in_time(Model());
  in_time.Given(
      {Of("ada", 16.5, Lead("ASSIGNED", "handover_id: 'h' owner: 'amy'")), Of("ada", 33, kCall)});
  EXPECT_EQ(static_cast<int64_t>(in_time.SumOn(Day(33), "dropped_batons")), 0);
}

TEST(HandOverTest, WhatLayDroppedOnADayStaysSoWhenItIsGivenToSomebodyElseLater) {
  ProjectionDriver views(Model());
  const auto on = [&](double hours, const std::map<std::string, std::string>& dims = {}) {
    return static_cast<int64_t>(views.SumOn(Day(hours), "dropped_batons", dims));
  };
  // Due on Friday at 9:30.
  views.Given({Of("ada", 16.5, Lead("ASSIGNED", "handover_id: 'h' owner: 'amy'"))});
  EXPECT_EQ(on(33), 1);
  // Monday at 10:00; due at 11:00.
  views.Given({Of("ada", 106, Lead("REASSIGNED", "handover_id: 'h' owner: 'bob'"))});
  EXPECT_EQ(on(33), 1);
  EXPECT_EQ(on(33, {{"owner", "amy"}}), 1);
  EXPECT_EQ(on(106, {{"owner", "amy"}}), -1);
  EXPECT_EQ(on(106, {{"owner", "bob"}}), 1);
  EXPECT_EQ(on(106), 0);
  EXPECT_EQ(Row(views, Attempt("ada", 1)).missed(0).ended_at(), kDriverStart + 106 * kHour);
  // Tuesday at 9:00 to a third one, who calls within the hour.
  views.Given({Of("ada", 129, Lead("REASSIGNED", "handover_id: 'h' owner: 'cyd'")),
               Of("ada", 129.5, kCall)});
  EXPECT_EQ(on(33), 1);
  EXPECT_EQ(on(106), 0);
  EXPECT_EQ(on(106, {{"owner", "bob"}}), 1);
  EXPECT_EQ(on(129), -1);
  EXPECT_EQ(on(129, {{"owner", "bob"}}), -1);
  EXPECT_EQ(Sum(views, "dropped_batons"), 0);
}

TEST(HandOverTest, ABatonThatWasGivenBackLiesNoLongerThanThatThoughItIsReassignedLater) {
  ProjectionDriver views(Model());
  views.Given({Of("ada", 16.5, Lead("ASSIGNED", "handover_id: 'h' owner: 'amy'")),
               Of("ada", 60, Lead("REJECTED", "handover_id: 'h' reason: 'wrong size'")),
               Of("ada", 106, Lead("REASSIGNED", "handover_id: 'h' owner: 'bob'"))});
  EXPECT_EQ(static_cast<int64_t>(views.SumOn(Day(33), "dropped_batons")), 1);
  EXPECT_EQ(static_cast<int64_t>(views.SumOn(Day(60), "dropped_batons")), -1);
  EXPECT_EQ(static_cast<int64_t>(views.SumOn(Day(106), "dropped_batons")), 0);
}

TEST(HandOverTest, ABatonIsNobodysWhileItsPersonIsGoneWhichTakesItOffNoPastDay) {
  ProjectionDriver views(Model());
  const auto on = [&](double hours) {
    return static_cast<int64_t>(views.SumOn(Day(hours), "dropped_batons"));
  };
  const std::string ada = "{ entity { kind: CONTACT namespace: 'crm' value: 'ada' } }";
  views.Given({Of("ada", 16.5, Lead("ASSIGNED", "handover_id: 'h' owner: 'amy'")),
               Of("ada", 60, "entity_deleted " + ada)});
  EXPECT_EQ(on(33), 1);
  EXPECT_EQ(on(60), -1);
  views.Given({Of("ada", 100, "entity_restored " + ada), Of("ada", 130, kCall)});
  EXPECT_EQ(on(33), 1);
  EXPECT_EQ(on(60), -1);
  EXPECT_EQ(on(100), 1);
  EXPECT_EQ(on(130), -1);
  EXPECT_EQ(Sum(views, "dropped_batons"), 0);
  // Away when it falls due.
  ProjectionDriver away(Model());
  away.Given({Of("ada", 16.5, Lead("ASSIGNED", "handover_id: 'h' owner: 'amy'")),
              Of("ada", 20, "entity_deleted " + ada)});
  EXPECT_EQ(static_cast<int64_t>(away.SumOn(Day(33), "dropped_batons")), 0);
  away.Given({Of("ada", 60, "entity_restored " + ada)});
  EXPECT_EQ(static_cast<int64_t>(away.SumOn(Day(33), "dropped_batons")), 0);
  EXPECT_EQ(static_cast<int64_t>(away.SumOn(Day(60), "dropped_batons")), 1);
}

TEST(HandOverTest, OnlyAHumanSalesTouchInTimeOrAReasonedReturnKeepsThePromise) {
  const struct {
    std::string answer;
    double at;
    int met;
    int missed;
  } scenarios[] = {
      {kCall, 10, 1, 0},
      {kCall, 10.01, 0, 1},
      {"actor: 'amy' automation: SEQUENCE team: SALES email { action: SENT }", 9.5, 0, 1},
      {"actor: 'meg' automation: HUMAN team: MARKETING email { action: SENT }", 9.5, 0, 1},
      {Lead("REJECTED", "handover_id: 'h' reason: 'wrong size'"), 9.5, 1, 0},
      {Lead("REJECTED", "handover_id: 'h' reason: 'wrong size'"), 11, 0, 1},
      {Lead("REJECTED"), 9.5, 0, 1},
      {Lead("ACCEPTED"), 9.5, 0, 1},
      {Lead("CONVERTED"), 9.5, 0, 0},
  };
  for (const auto& scenario : scenarios) {
    SCOPED_TRACE(scenario.answer);
    ProjectionDriver views(Model());
    views.Given({Of("ada", 9, Lead("ASSIGNED", "handover_id: 'h' owner: 'amy'")),
                 Of("ada", scenario.at, scenario.answer)});
    EXPECT_EQ(Sum(views, "sla_met"), scenario.met);
    EXPECT_EQ(Sum(views, "sla_missed"), scenario.missed);
    EXPECT_EQ(Sum(views, "sla_due"), scenario.met + scenario.missed);
  }
}

TEST(HandOverTest, TheClockRunsInTheOwnersCalendar) {
  ProjectionDriver views(Model());
  views.Given({Of("ada", 9, Lead("ASSIGNED", "handover_id: 'h' owner: 'al' calendar: 'new_york'")),
               Of("ada", 10, Lead("REJECTED", "handover_id: 'x' calendar: 'moon'"))});
  // 9:00 in New York is 14:00 UTC.
  EXPECT_EQ(Row(views, Attempt("ada", 1)).due_at(), kDriverStart + 15 * kHour);
  EXPECT_THAT(views.dead_letters(), ElementsAre(HasSubstr("hand_over: calendar \"moon\"")));
}

TEST(HandOverTest, ComputedQualificationHandsOverByTheKindThatMadeIt) {
  ProjectionDriver views(Model());
  views.Given({Of("ada", 9, "campaign_id: 'c1' page_view {}"),
               Of("bob", 9.5, "demo { action: REQUESTED }")});
  const View ada = Row(views, Attempt("ada", 1));
  EXPECT_EQ(ada.basis(), "computed");
  EXPECT_EQ(ada.lead_type(), "any");
  EXPECT_EQ(ada.channel(), "web");
  EXPECT_EQ(ada.campaign(), "c1");
  EXPECT_EQ(Row(views, Attempt("bob", 1)).lead_type(), "demo");
  EXPECT_EQ(Sum(views, "handed_over", {{"channel", "web"}}), 1);
  EXPECT_EQ(Sum(views, "mql_people", {{"basis", "computed"}, {"campaign", "c1"}}), 1);
  // What nobody was given falls due as well: a baton on the floor has no owner.
  EXPECT_EQ(Sum(views, "sla_missed", {{"owner", ""}}), 2);
  // Sales gives it a name later.
  views.Given({Of("ada", 9.75, Lead("ASSIGNED", "handover_id: 'h7' owner: 'amy'"))});
  EXPECT_EQ(Row(views, Attempt("ada", 1)).handover_id(), "h7");
  EXPECT_EQ(Row(views, Attempt("ada", 1)).system_delay_s(), 45 * 60);
  EXPECT_EQ(Row(views, kAda).of_person().attempts(), 1);
}

TEST(HandOverTest, WhereDeclarationIsTheBasisScoresHandNobodyOver) {
  ProjectionDriver views(Model("DECLARED"));
  views.Given({Of("ada", 9, "page_view {}")});
  EXPECT_EQ(Sum(views, "mql_attempts", {{"basis", "computed"}}), 1);
  EXPECT_EQ(Sum(views, "handed_over"), 0);
  views.Given(
      {Of("ada", 10, Lead("DECLARED_QUALIFIED")), Of("ada", 11, Lead("DECLARED_QUALIFIED"))});
  EXPECT_EQ(Sum(views, "mql_attempts", {{"basis", "declared"}}), 1);
  EXPECT_EQ(Sum(views, "handed_over"), 1);
}

TEST(HandOverTest, EachHandOverIsAnAttemptOfItsOwn) {
  ProjectionDriver views(Model());
  views.Given({Of("ada", 9, Lead("ASSIGNED", "handover_id: 'h1' owner: 'amy' owner_team: 'emea'")),
               Of("ada", 10, Lead("REJECTED", "handover_id: 'h1' reason: 'no budget'")),
               Of("ada", 33, Lead("ASSIGNED", "handover_id: 'h2' owner: 'bob' owner_team: 'apac'")),
               Of("ada", 34, Lead("ACCEPTED", "")),  // names none: the current one
               Of("ada", 35, Lead("SALES_QUALIFIED", "handover_id: 'h2'"))});
  EXPECT_EQ(Row(views, Attempt("ada", 1)).reason(), "no budget");
  EXPECT_EQ(Row(views, Attempt("ada", 2)).accepted_at(), kDriverStart + 34 * kHour);
  EXPECT_EQ(Sum(views, "handed_over"), 2);
  EXPECT_EQ(Sum(views, "rejected", {{"reason", "no budget"}}), 1);
  EXPECT_EQ(Sum(views, "rejected", {{"team", "emea"}}), 1);
  EXPECT_EQ(Sum(views, "sal", {{"team", "apac"}}), 1);
  EXPECT_EQ(Sum(views, "sql", {{"owner", "bob"}}), 1);
  EXPECT_EQ(Sum(views, "lead_reached", {{"from", "handed_over"}, {"to", "sal"}}), 1);
  EXPECT_THAT(views.List("hand_over", "handed_over"),
              ElementsAre("contact:crm:ada/2", "contact:crm:ada/1"));
}

TEST(HandOverTest, AHandOverThatNobodyAnswersLapsesOnItsDay) {
  ProjectionDriver views(Model());
  views.Given({Of("ada", 9, Lead("ASSIGNED", "handover_id: 'h' owner: 'amy'"))});
  EXPECT_EQ(Row(views, Attempt("ada", 1), 24 * 7 + 9).waiting_on(), "first touch");
  EXPECT_EQ(Row(views, Attempt("ada", 1), 24 * 7 + 9.1).waiting_on(), "lapsed");
  EXPECT_EQ(static_cast<int64_t>(views.SumOn(Day(24 * 7 + 9), "lapsed")), 1);
  views.Given({Of("ada", 50, Lead("ACCEPTED"))});
  EXPECT_EQ(Sum(views, "lapsed"), 0);
  EXPECT_EQ(Row(views, Attempt("ada", 1), 24 * 30).waiting_on(), "first touch");
}

TEST(HandOverTest, DroppedBatonsAreListedByDueTimeUntilTouchedOrGivenBack) {
  ProjectionDriver views(Model());
  views.Given({Of("ada", 9, Lead("ASSIGNED", "handover_id: 'a' owner: 'amy'")),
               Of("bob", 9.5, Lead("ASSIGNED", "handover_id: 'b' owner: 'amy'")),
               Of("cy", 9.75, Lead("ASSIGNED", "handover_id: 'c' owner: 'amy'")),
               Of("dan", 9.8, Lead("ASSIGNED", "handover_id: 'd' owner: 'amy'"))});
  EXPECT_THAT(views.List("hand_over", "first_touch_due"),
              ElementsAre("contact:crm:ada/1", "contact:crm:bob/1", "contact:crm:cy/1",
                          "contact:crm:dan/1"));
  views.Given({Of("bob", 10, kCall), Of("cy", 10, Lead("REJECTED", "handover_id: 'c'"))});
  views.GivenTenure(kAcme, {.person = Id(v1::CONTACT, "crm", "dan"), .joined = false});
  EXPECT_THAT(views.List("hand_over", "first_touch_due"), ElementsAre("contact:crm:ada/1"));
}

TEST(HandOverTest, ADealAndItsWinAreStepsOfTheAttemptAndReopeningTakesTheWinBack) {
  const std::string deal = "subject { kind: OPPORTUNITY namespace: 'crm' value: 'o' } ";
  ProjectionDriver views(Model());
  views.Given({Of("ada", 9, Lead("ASSIGNED", "handover_id: 'h' owner: 'amy' owner_team: 't'")),
               Of("ada", 24 * 5 + 9, deal + "opportunity_opened {}"),
               Of("ada", 24 * 40, deal + "opportunity_closed { outcome: WON }")});
  // The skipped steps count as passed when the deal opened.
  EXPECT_EQ(Sum(views, "sal"), 1);
  EXPECT_EQ(
      Sum(views, "lead_reached", {{"from", "handed_over"}, {"to", "opportunity"}, {"lag", "4-7"}}),
      1);
  EXPECT_EQ(static_cast<int64_t>(views.SumOn(
                Day(9), "lead_reached", {{"from", "handed_over"}, {"to", "won"}, {"team", "t"}})),
            1);
  EXPECT_EQ(Row(views, Attempt("ada", 1)).opportunity_id(), "opportunity:crm:o");
  views.Given({Of("ada", 24 * 41, deal + "opportunity_reopened {}")});
  EXPECT_EQ(Sum(views, "lead_reached", {{"from", "handed_over"}, {"to", "won"}}), 0);
  EXPECT_EQ(Sum(views, "lead_reached", {{"from", "handed_over"}, {"to", "opportunity"}}), 1);
}

TEST(HandOverTest, ALeadConvertedIntoADealThatWasWonBeforeIsWon) {
  const std::string deal = "subject { kind: OPPORTUNITY namespace: 'crm' value: 'o' } ";
  ProjectionDriver views(Model());
  views.Given({Of("bob", 8, deal + "opportunity_opened {}"),
               Of("bob", 9, deal + "opportunity_closed { outcome: WON }"),
               Of("ada", 10,
                  Lead("CONVERTED",
                       "handover_id: 'h' converted_opportunity { kind: OPPORTUNITY "
                       "namespace: 'crm' value: 'o' }"))});
  EXPECT_EQ(Row(views, Attempt("ada", 1)).won_at(), kDriverStart + 9 * kHour);
  EXPECT_EQ(Sum(views, "lead_won"), 1);
}

TEST(HandOverTest, WhatIsKnownByTheDayHasNoHours) {
  ProjectionDriver views(Model());
  views.Given({Of("ada", 9, "occurred_precision: DAY " + Lead("ASSIGNED")), Of("ada", 10, kCall)});
  EXPECT_EQ(Sum(views, "lead_delay_count", {{"part", "speed_to_lead"}}), 0);
  EXPECT_EQ(Sum(views, "sla_due"), 0);
  EXPECT_EQ(Sum(views, "lead_touched"), 1);
}

}  // namespace
}  // namespace revops::test
