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
