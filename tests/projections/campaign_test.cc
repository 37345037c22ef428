#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "revops/v1/views.pb.h"
#include "tests/support/projection_driver.h"
#include "tests/support/small_model.h"

namespace revops::test {
namespace {

using View = v1::CampaignView;

constexpr int64_t kHour = int64_t{3600} * 1'000'000;
const Id kSpring(v1::CAMPAIGN, "", "spring");

// Who attended is to be contacted within 8 business hours; office hours 9 to 17 on weekdays.
std::shared_ptr<const RevenueModel> Model() {
  return SmallModel(absl::StrCat(kOfficeHours, kDemoQualifies, R"(
        sla { follow_up_kind: "webinar.attended" follow_up_minutes: 480 }
        channels { default_channel: "other" rule { channel: "webinar" kind: "webinar.*" } })"));
}

// 2026-01-01 is a Thursday: hours count from its midnight.
std::string Of(const std::string& person, int hours, const std::string& rest) {
  return absl::StrCat("subject { kind: CONTACT namespace: 'crm' value: '", person,
                      "' } subject { kind: ACCOUNT namespace: 'crm' value: 'acme' } occurred_at: ",
                      kDriverStart + hours * kHour, " ", rest);
}
constexpr char kAttended[] = "campaign_id: 'spring' webinar { action: ATTENDED minutes: 40 }";
constexpr char kCall[] = "actor: 'amy' automation: HUMAN team: SALES call { result: CONNECTED }";
constexpr char kMet[] = "actor: 'amy' team: SALES meeting { action: HELD meeting_id: 'm' }";
constexpr char kDeal[] = "subject { kind: OPPORTUNITY namespace: 'crm' value: 'o' } ";

View Row(const ProjectionDriver& views, int hours) {
  const auto row = views.Get<View>(kSpring, kDriverStart + hours * kHour);
  EXPECT_TRUE(row.ok()) << row.status();
  return row.ok() ? *row : View();
}
int64_t Sum(const ProjectionDriver& views, absl::string_view measure,
            const std::map<std::string, std::string>& dims) {
  return static_cast<int64_t>(views.Sum(measure, dims));
}

TEST(CampaignTest, TheFollowUpFallsWhereTheBatonFell) {
  ProjectionDriver views(Model());
  for (const char* person : {"in_time", "late", "never", "booked"}) {
    views.Given({Of(person, 10, kAttended)});
  }
  // Due after 8 business hours: Friday at 10.
  views.Given({Of("in_time", 33, kCall), Of("booked", 34, kCall), Of("late", 35, kCall),
               Of("booked", 40, kMet),
               Of("booked", 50,
                  absl::StrCat(kDeal,
                               "opportunity_opened "
                               "{ fields { amount { currency_code: 'EUR' units: 7 } } }")),
               Of("booked", 60, absl::StrCat(kDeal, "opportunity_closed { outcome: WON }"))});
  const View row = Row(views, 70);
  ASSERT_EQ(row.responses_size(), 4);
  EXPECT_EQ(row.responses(0).fell_at(), "meeting");
  EXPECT_EQ(row.responses(1).fell_at(), "contact in time");
  EXPECT_EQ(row.responses(2).fell_at(), "contact");
  EXPECT_EQ(row.responses(3).fell_at(), "");
  EXPECT_EQ(row.responses(3).won_at(), kDriverStart + 60 * kHour);
  EXPECT_EQ(row.attended(), 4);
  EXPECT_EQ(row.contacted_in_time(), 2);
  EXPECT_EQ(row.contacted_late(), 1);
  EXPECT_EQ(row.met(), 1);
  // Not yet due, nobody has failed.
  EXPECT_EQ(Row(views, 33).responses(2).fell_at(), "");

  EXPECT_EQ(Sum(views, "campaign_responses", {{"campaign", "spring"}}), 4);
  EXPECT_EQ(Sum(views, "follow_up_due", {{"campaign", "spring"}}), 4);
  const int32_t due = static_cast<int32_t>((kDriverStart + 34 * kHour) / kMicrosPerDay);
  EXPECT_EQ(static_cast<int64_t>(views.SumOn(due, "follow_up_due", {{"campaign", "spring"}})), 4);
  EXPECT_EQ(Sum(views, "follow_up_met", {{"campaign", "spring"}}), 2);
  EXPECT_EQ(Sum(views, "follow_up_missed", {{"campaign", "spring"}}), 2);
  EXPECT_EQ(Sum(views, "campaign_follow_up",
                {{"step", "won"}, {"contact", "in_time"}, {"campaign", "spring"}}),
            1);
  EXPECT_EQ(
      Sum(views, "campaign_influenced_pipeline", {{"currency", "EUR"}, {"campaign", "spring"}}),
      7'000'000);
  EXPECT_EQ(
      Sum(views, "campaign_influenced_bookings", {{"currency", "EUR"}, {"campaign", "spring"}}),
      7'000'000);
}

TEST(CampaignTest, ReachIsPeopleAndAnAnswerCountsOnceAPerson) {
  ProjectionDriver views(Model());
  views.Given({Of("ada", 9, "campaign_id: 'spring' page_view {}"),
               Of("ada", 10, "campaign_id: 'spring' form {}"), Of("ada", 11, kAttended),
               Of("ada", 12, kAttended), Of("bob", 12, "campaign_id: 'spring' page_view {}")});
  EXPECT_EQ(Sum(views, "campaign_touches", {{"campaign", "spring"}}), 5);
  EXPECT_EQ(Sum(views, "campaign_reached", {{"campaign", "spring"}}), 2);
  EXPECT_EQ(Sum(views, "campaign_responses", {{"campaign", "spring"}}), 1);
  EXPECT_EQ(Row(views, 13).responses_count(), 1);
  // What was promised a follow-up replaces the lesser answer.
  EXPECT_EQ(Row(views, 13).responses(0).kind(), "webinar.attended");
}

TEST(CampaignTest, MarketingAndSequencesAreNoFollowUp) {
  ProjectionDriver views(Model());
  views.Given(
      {Of("ada", 10, kAttended),
       Of("ada", 11, "actor: 'm' automation: HUMAN team: MARKETING email { action: SENT }"),
       Of("ada", 12, "actor: 'a' automation: SEQUENCE team: SALES email { action: SENT }")});
  EXPECT_EQ(Row(views, 40).responses(0).fell_at(), "contact");
}

TEST(CampaignTest, AReopenedDealPostsAReversingEntry) {
  ProjectionDriver views(Model());
  const std::string deal(kDeal);
  views.Given({Of("ada", 10, kAttended), Of("ada", 20, deal + "opportunity_opened {}"),
               Of("ada", 30,
                  deal + "opportunity_closed { outcome: WON fields { amount { "
                         "currency_code: 'EUR' units: 5 } } }"),
               Of("ada", 60, deal + "opportunity_reopened {}")});
  const std::map<std::string, std::string> dims = {{"currency", "EUR"}, {"campaign", "spring"}};
  const int32_t day = static_cast<int32_t>(kDriverStart / (24 * kHour));
  EXPECT_EQ(static_cast<int64_t>(views.SumOn(day + 1, "campaign_influenced_bookings", dims)),
            5'000'000);
  EXPECT_EQ(static_cast<int64_t>(views.SumOn(day + 2, "campaign_influenced_bookings", dims)),
            -5'000'000);
  views.Given({Of("ada", 80, deal + "opportunity_closed { outcome: LOST }")});
  EXPECT_EQ(Row(views, 90).responses(0).fell_at(), "booking");
}

TEST(CampaignTest, ADealOfSomebodyElseIsNoMerit) {
  ProjectionDriver views(Model());
  views.Given(
      {Of("ada", 10, kAttended), Of("bob", 20, std::string(kDeal) + "opportunity_opened {}")});
  EXPECT_EQ(Sum(views, "campaign_influenced_deals", {{"campaign", "spring"}}), 0);
}

constexpr char kAtAcme[] = "subject { kind: ACCOUNT namespace: 'crm' value: 'acme' } ";

TEST(CampaignTest, AMeetingHeldIsAContactWhoeverToldItAndTheFirstOfEachCounts) {
  ProjectionDriver views(Model());
  views.Given({Of("ada", 10, kAttended), Of("ada", 20, kMet), Of("ada", 30, kMet)});
  EXPECT_EQ(Row(views, 40).responses(0).contacted_at(), kDriverStart + 20 * kHour);
  EXPECT_EQ(Row(views, 40).responses(0).met_at(), kDriverStart + 20 * kHour);
}

TEST(CampaignTest, AnAnswerThatWasFollowedUpIsNotReplacedAndADayPromisesNoHours) {
  ProjectionDriver views(Model());
  views.Given({Of("ada", 9, "campaign_id: 'spring' form {}"), Of("ada", 10, kCall),
               Of("ada", 11, kAttended),
               Of("bob", 12, std::string("occurred_precision: DAY ") + kAttended)});
  EXPECT_EQ(Row(views, 40).responses(0).kind(), "form");
  EXPECT_EQ(Row(views, 40).responses(1).due_at(), 0);
  EXPECT_EQ(Sum(views, "follow_up_due", {{"campaign", "spring"}}), 0);
}

TEST(CampaignTest, AFollowUpIsStillInTimeAtItsDueInstant) {
  ProjectionDriver views(Model());
  views.Given({Of("ada", 10, kAttended)});
  EXPECT_EQ(Row(views, 34).responses(0).due_at(), kDriverStart + 34 * kHour);
  EXPECT_EQ(Row(views, 34).responses(0).fell_at(), "");
  EXPECT_EQ(Row(views, 35).responses(0).fell_at(), "contact");
  views.Given({Of("ada", 34, kCall)});
  EXPECT_EQ(Row(views, 40).contacted_in_time(), 1);
  EXPECT_EQ(Sum(views, "follow_up_met", {{"campaign", "spring"}}), 1);
}

TEST(CampaignTest, SeeingAnEmailOrMeetingForADemoIsNoAnswerAndListsNobody) {
  ProjectionDriver views(Model());
  views.Given({Of("ada", 10, "campaign_id: 'spring' email { action: OPENED }"),
               Of("ada", 11, "campaign_id: 'spring' demo { action: HELD }")});
  EXPECT_EQ(Sum(views, "campaign_responses", {{"campaign", "spring"}}), 0);
  EXPECT_THAT(views.List("campaign", "responses"), ::testing::IsEmpty());
  views.Given({Of("ada", 12, "campaign_id: 'spring' email { action: REPLIED }")});
  EXPECT_EQ(Sum(views, "campaign_responses", {{"campaign", "spring"}}), 1);
  EXPECT_EQ(views.List("campaign", "responses").size(), 1u);
}

TEST(CampaignTest, ADealThatNamesNobodyIsThatOfAllWhoAnsweredButNotWhenItOnlyChanges) {
  const auto at_acme = [](int hours, const std::string& rest) {
    return absl::StrCat(kAtAcme, "occurred_at: ", kDriverStart + hours * kHour, " ", kDeal, rest);
  };
  ProjectionDriver all(Model());
  all.Given({Of("ada", 10, kAttended), at_acme(20, "opportunity_opened {}")});
  EXPECT_EQ(Sum(all, "campaign_influenced_deals", {{"campaign", "spring"}}), 1);

  ProjectionDriver bobs(Model());
  bobs.Given({Of("ada", 10, kAttended), Of("bob", 20, std::string(kDeal) + "opportunity_opened {}"),
              at_acme(30, "opportunity_changed { fields { name: 'n' } }")});
  EXPECT_EQ(Sum(bobs, "campaign_influenced_deals", {{"campaign", "spring"}}), 0);
}

TEST(CampaignTest, WhoGetsARoleLaterJoinsTheDealWhichCountsOnce) {
  const auto role = [](const char* person) {
    return absl::StrCat(kDeal,
                        "opportunity_changed { fields { contact_roles { contact { kind: CONTACT "
                        "namespace: 'crm' value: '",
                        person, "' } role: 'buyer' } } }");
  };
  ProjectionDriver views(Model());
  views.Given({Of("cyd", 4, kAttended), Of("cyd", 5, std::string(kDeal) + "opportunity_opened {}"),
               Of("ada", 10, kAttended), Of("cyd", 20, role("ada"))});
  const View row = Row(views, 30);
  ASSERT_EQ(row.responses_size(), 2);
  EXPECT_EQ(row.responses(0).opportunity_at(), kDriverStart + 5 * kHour);
  // No earlier than the answer.
  EXPECT_EQ(row.responses(1).opportunity_at(), kDriverStart + 10 * kHour);
  EXPECT_EQ(row.deals_size(), 1);
  EXPECT_EQ(Sum(views, "campaign_influenced_deals", {{"campaign", "spring"}}), 1);
}

TEST(CampaignTest, AnAnswerIsOfTheFirstDealAfterItAndAnotherDealsWinIsNotItsOwn) {
  const std::string second = "subject { kind: OPPORTUNITY namespace: 'crm' value: 'x' } ";
  ProjectionDriver views(Model());
  views.Given({Of("ada", 10, kAttended), Of("bob", 11, kAttended),
               Of("ada", 20, std::string(kDeal) + "opportunity_opened {}"),
               Of("ada", 21, second + "opportunity_opened {}"),
               Of("bob", 22, second + "opportunity_changed { fields { name: 'n' } }"),
               Of("ada", 30, second + "opportunity_closed { outcome: WON }")});
  const View row = Row(views, 40);
  EXPECT_EQ(row.responses(0).deal(), "opportunity:crm:o");
  EXPECT_EQ(row.responses(0).won_at(), 0);
  EXPECT_EQ(row.responses(1).deal(), "opportunity:crm:x");
  EXPECT_EQ(row.responses(1).won_at(), kDriverStart + 30 * kHour);
  EXPECT_EQ(Sum(views, "campaign_influenced_won", {{"campaign", "spring"}}), 1);
  EXPECT_EQ(Sum(views, "campaign_influenced_deals", {{"campaign", "spring"}}), 2);
}

TEST(CampaignTest, AnAmountThatChangesAfterTheWinIsReversedAndBookedOnTheDayOfTheChange) {
  const auto amount = [](int units) {
    return absl::StrCat("fields { amount { currency_code: 'EUR' units: ", units, " } } }");
  };
  const std::string deal(kDeal);
  ProjectionDriver views(Model());
  views.Given({Of("ada", 10, kAttended), Of("ada", 20, deal + "opportunity_opened {}"),
               Of("ada", 30, deal + "opportunity_closed { outcome: WON " + amount(5)),
               Of("ada", 60, deal + "opportunity_changed { " + amount(8))});
  const std::map<std::string, std::string> dims = {{"currency", "EUR"}, {"campaign", "spring"}};
  const int32_t day = static_cast<int32_t>(kDriverStart / (24 * kHour));
  EXPECT_EQ(static_cast<int64_t>(views.SumOn(day + 1, "campaign_influenced_bookings", dims)),
            5'000'000);
  EXPECT_EQ(static_cast<int64_t>(views.SumOn(day + 2, "campaign_influenced_bookings", dims)),
            3'000'000);
  EXPECT_EQ(Sum(views, "campaign_influenced_won", {{"campaign", "spring"}}), 1);
}

}  // namespace
}  // namespace revops::test
