#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "revops/v1/views.pb.h"
#include "tests/support/projection_driver.h"

namespace revops::test {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

const Id kAda(v1::CONTACT, "crm", "ada");
const Id kVisitor(v1::ANONYMOUS, "web", "v1");
const Id kAcme(v1::ACCOUNT, "crm", "acme");

std::string OfAda(const std::string& rest) {
  return "subject { kind: CONTACT namespace: 'crm' value: 'ada' } "
         "subject { kind: ACCOUNT namespace: 'crm' value: 'acme' } " +
         rest;
}
std::string OfVisitor(const std::string& rest) {
  return "subject { kind: ANONYMOUS namespace: 'web' value: 'v1' } " + rest;
}

TEST(JourneyTest, PersonAndAccountKeepTheirTouchesByTeamAndChannel) {
  ProjectionDriver views;
  views.Given({OfAda("team: MARKETING webinar { action: ATTENDED }"),
               OfAda("team: SALES actor: 'amy' automation: HUMAN direction: OUTBOUND "
                     "call { result: CONNECTED }"),
               OfAda("page_view {}")});
  for (const Id& entity : {kAda, kAcme}) {
    const auto row = views.Get<v1::JourneyView>(entity);
    ASSERT_TRUE(row.ok()) << row.status();
    EXPECT_EQ(row->touches(), 3);
    EXPECT_EQ(row->outreach(), 1);
    EXPECT_EQ(row->first_kind(), "webinar.attended");
    EXPECT_EQ(row->first_touch_at(), kDriverStart);
    EXPECT_EQ(row->last_kind(), "page_view");
    EXPECT_EQ(row->last_channel(), "direct");
    ASSERT_EQ(row->by_channel_size(), 3);
    EXPECT_EQ(row->by_channel(0).name(), "direct");
    EXPECT_EQ(row->by_channel(1).name(), "outbound");
    EXPECT_EQ(row->by_channel(2).name(), "webinar");
  }
  EXPECT_EQ(views.Get<v1::JourneyView>(kAcme)->people(), 1);
  EXPECT_TRUE(views.Sum("touches") == 3);
  EXPECT_TRUE(views.Sum("touches", {{"channel", "webinar"}}) == 1);
  EXPECT_TRUE(views.Sum("touches", {{"team", "sales"}, {"channel", "outbound"}}) == 1);
  EXPECT_TRUE(views.Sum("outreach", {{"actor", "amy"}}) == 1);
  EXPECT_TRUE(views.Sum("people_first_touched", {{"channel", "webinar"}}) == 1);
}

TEST(JourneyTest, AnAccountsPeopleAreThoseWhoHadAnEvent) {
  ProjectionDriver views;
  views.GivenTenure(kAcme, {.person = kAda, .joined = true});
  views.Given({OfAda("page_view {}"), OfAda("page_view {}")});
  EXPECT_EQ(views.Get<v1::JourneyView>(kAcme)->people(), 1);
}

TEST(JourneyTest, WhatDoesNotCountIsCountedByReason) {
  ProjectionDriver views;
  views.Given({OfVisitor("traffic: TRAFFIC_BOT page_view {}"),
               OfVisitor("environment: TEST page_view {}"),
               OfVisitor("user_agent: 'a crawler' page_view {}")});
  const auto row = views.Get<v1::JourneyView>(kVisitor);
  ASSERT_TRUE(row.ok());
  EXPECT_EQ(row->touches(), 0);
  EXPECT_EQ(row->events(), 3);
  EXPECT_FALSE(row->known());
  ASSERT_EQ(row->excluded_size(), 3);
  EXPECT_EQ(row->excluded(0).name(), "bot");
  EXPECT_EQ(row->excluded(1).name(), "bot_user_agent");
  EXPECT_EQ(row->excluded(2).name(), "test");
  EXPECT_TRUE(views.Sum("touches") == 0);
  EXPECT_TRUE(views.Sum("events_excluded", {{"reason", "bot"}}) == 1);
  EXPECT_THAT(views.List("journey", "last_touch"), IsEmpty());
}

TEST(JourneyTest, AMailSentIsNoTouchAndASequenceIsNoOutreach) {
  ProjectionDriver views;
  views.Given({OfAda("automation: SEQUENCE actor: 'amy' email { action: SENT }"),
               OfAda("automation: SYSTEM email { action: SENT }"),
               OfAda("automation: HUMAN actor: 'amy' email { action: SENT }")});
  const auto row = views.Get<v1::JourneyView>(kAda);
  EXPECT_EQ(row->touches(), 0);
  EXPECT_EQ(row->outreach(), 1);
  EXPECT_EQ(row->events(), 3);
}

TEST(JourneyTest, WhoLeftIsOfThePastAndInNoList) {
  ProjectionDriver views;
  views.Given({OfAda("page_view {}"), OfVisitor("form {}")});
  EXPECT_THAT(views.List("journey", "last_touch"), ElementsAre("v1", "acme", "ada"));
  views.GivenTenure(kAcme, {.person = kAda, .joined = false});
  EXPECT_TRUE(views.Get<v1::JourneyView>(kAda)->former());
  EXPECT_EQ(views.Get<v1::JourneyView>(kAda)->left_at(), views.now());
  EXPECT_THAT(views.List("journey", "last_touch"), ElementsAre("v1", "acme"));
  views.GivenTenure(kAcme, {.person = kAda, .joined = true});
  EXPECT_FALSE(views.Get<v1::JourneyView>(kAda)->former());
}

TEST(JourneyTest, WhoWasDeletedIsOfThePastUntilRestored) {
  ProjectionDriver views;
  const std::string entity = "{ entity { kind: CONTACT namespace: 'crm' value: 'ada' } }";
  views.Given({OfAda("page_view {}"), OfAda("entity_deleted " + entity)});
  EXPECT_TRUE(views.Get<v1::JourneyView>(kAda)->former());
  views.Given({OfAda("entity_restored " + entity)});
  EXPECT_FALSE(views.Get<v1::JourneyView>(kAda)->former());
}

// Minutes after the driver's start, which is a Thursday and a new year.
std::string VisitorAt(int64_t minutes, const std::string& rest) {
  return absl::StrCat("occurred_at: ", kDriverStart + minutes * 60'000'000, " ", OfVisitor(rest));
}
constexpr int64_t kDayOfMinutes = 24 * 60;

TEST(JourneyTest, APauseOfHalfAnHourEndsAVisit) {
  ProjectionDriver views;
  views.Given({VisitorAt(0, "page_view {}"), VisitorAt(29, "page_view {}"),
               VisitorAt(58, "form {}"), VisitorAt(88, "page_view {}")});
  const auto row = views.Get<v1::JourneyView>(kVisitor);
  ASSERT_TRUE(row.ok());
  EXPECT_EQ(row->visits(), 2);
  EXPECT_EQ(row->last_visit_at(), kDriverStart + 88 * 60'000'000LL);
  EXPECT_TRUE(views.Sum("visits", {{"visitor", "new"}}) == 1);
  EXPECT_TRUE(views.Sum("visits", {{"visitor", "returning"}}) == 1);
}

TEST(JourneyTest, ASourceThatTellsItsSessionsIsBelieved) {
  ProjectionDriver views;
  views.Given({VisitorAt(0, "session_id: 'a' page_view {}"),
               VisitorAt(100, "session_id: 'a' page_view {}"),
               VisitorAt(101, "session_id: 'b' page_view {}"),
               VisitorAt(110, "page_view {}"),  // names none: the clock decides
               VisitorAt(111, "session_id: 'b' page_view {}"), VisitorAt(141, "page_view {}")});
  EXPECT_EQ(views.Get<v1::JourneyView>(kVisitor)->visits(), 3);
}

TEST(JourneyTest, AVisitIsOfWhatBroughtItAndCountsOnTheDayItBegins) {
  ProjectionDriver views;
  views.Given(
      {VisitorAt(kDayOfMinutes - 5,
                 "utm { source: 'LinkedIn' medium: 'cpc' } campaign_id: 'spring' page_view {}"),
       VisitorAt(kDayOfMinutes + 5, "page_view {}"),
       VisitorAt(kDayOfMinutes + 60, "referrer: 'https://www.google.com/search' page_view {}")});
  const int32_t first = static_cast<int32_t>(kDriverStart / kMicrosPerDay);
  EXPECT_TRUE(views.SumOn(first, "visits", {{"visitor", "new"}, {"channel", "paid_social"}}) == 1);
  EXPECT_TRUE(views.SumOn(first, "visits", {{"source", "linkedin"}}) == 1);
  EXPECT_TRUE(views.SumOn(first, "visits", {{"campaign", "spring"}}) == 1);
  EXPECT_TRUE(views.SumOn(first + 1, "visits",
                          {{"visitor", "returning"}, {"channel", "organic_search"}}) == 1);
  EXPECT_TRUE(views.SumOn(first + 1, "visits", {{"source", "google.com"}}) == 1);
}

TEST(JourneyTest, AVisitorCountsOnceADayWeekMonthAndYear) {
  ProjectionDriver views;
  views.Given({VisitorAt(0, "page_view {}"), VisitorAt(600, "page_view {}"),
               VisitorAt(2 * kDayOfMinutes, "page_view {}"),     // Saturday of that week
               VisitorAt(32 * kDayOfMinutes, "page_view {}")});  // 2 February
  EXPECT_EQ(views.Get<v1::JourneyView>(kVisitor)->visits(), 4);
  const auto visitors = [&](const std::string& grain, const std::string& which) {
    return static_cast<int64_t>(
        views.Sum(absl::StrCat("visitors_", grain), {{"visitor", which}, {"channel", "direct"}}));
  };
  EXPECT_EQ(visitors("day", "new"), 1);
  EXPECT_EQ(visitors("day", "returning"), 2);
  for (const char* grain : {"week", "month"}) {
    EXPECT_EQ(visitors(grain, "new"), 1) << grain;
    EXPECT_EQ(visitors(grain, "returning"), 1) << grain;
  }
  for (const char* grain : {"quarter", "year", "fiscal_quarter", "fiscal_year"}) {
    EXPECT_EQ(visitors(grain, "new"), 1) << grain;
    EXPECT_EQ(visitors(grain, "returning"), 0) << grain;
  }
}

TEST(JourneyTest, WhatDoesNotCountIsPartOfNoVisit) {
  ProjectionDriver views;
  views.Given({VisitorAt(0, "traffic: TRAFFIC_BOT page_view {}"), VisitorAt(20, "page_view {}"),
               VisitorAt(45, "traffic: TRAFFIC_INTERNAL page_view {}"),
               VisitorAt(60, "page_view {}"), VisitorAt(61, "email { action: CLICKED }")});
  EXPECT_EQ(views.Get<v1::JourneyView>(kVisitor)->visits(), 2);
  EXPECT_EQ(views.Get<v1::JourneyView>(kVisitor)->visit_until(), kDriverStart + 60 * 60'000'000LL);
}

TEST(JourneyTest, DaysSinceTheLastTouchAreThoseOfTheReader) {
  ProjectionDriver views;
  views.Given({OfAda("page_view {}")});
  EXPECT_EQ(views.Get<v1::JourneyView>(kAda)->days_since_last_touch(), 0);
  EXPECT_EQ(
      views.Get<v1::JourneyView>(kAda, views.now() + 3 * kMicrosPerDay)->days_since_last_touch(),
      3);
}

}  // namespace
}  // namespace revops::test
