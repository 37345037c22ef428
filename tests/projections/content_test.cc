#include "absl/strings/str_cat.h"
#include "engine/base/calendar.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "revops/v1/views.pb.h"
#include "tests/support/projection_driver.h"

namespace revops::test {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using View = v1::ContentView;
using Dims = std::map<std::string, std::string>;

std::string On(const std::string& day, const std::string& rest,
               const std::string& account = "acme") {
  return absl::StrCat("occurred_at: ", int64_t{*ParseDay(day)} * kMicrosPerDay,
                      " subject { kind: ACCOUNT value: '", account, "' } subject { kind: CONTACT ",
                      "value: 'ada of ", account, "' } ", rest);
}
std::string Used(const char* team, const char* content, const char* step = "") {
  return absl::StrCat("team: ", team, " content_used { content_id: '", content, "' step: '", step,
                      "' type: CASE_STUDY }");
}
std::string Deal(const std::string& rest) {
  return "subject { kind: OPPORTUNITY value: 'd1' } " + rest;
}
const char* const kMeeting = "meeting { action: HELD meeting_id: 'm' }";

int64_t AsInt(int128 value) { return static_cast<int64_t>(value); }

TEST(ContentTest, APieceIsCountedByTeamStepAndPersonaOfWhomItReached) {
  ProjectionDriver views;
  views.Given({On("2024-01-01", "persona { persona: 'finance' }"),
               On("2024-01-02", Used("MARKETING", "roi", "consideration")),
               On("2024-01-03", Used("SALES", "roi", "decision")),
               On("2024-01-04", "team: MARKETING content_id: 'post' page_view {}")});
  EXPECT_THAT(views.dead_letters(), IsEmpty());
  EXPECT_EQ(AsInt(views.Sum("content_uses")), 3);
  EXPECT_EQ(AsInt(views.Sum("content_uses", {{"content", "roi"}, {"team", "sales"}})), 1);
  EXPECT_EQ(AsInt(views.Sum("content_uses", {{"content", "roi"}, {"persona", "finance"}})), 2);
  EXPECT_EQ(AsInt(views.Sum("content_uses", {{"team", "marketing"}, {"step", "consideration"}})),
            1);
  EXPECT_EQ(AsInt(views.Sum("content_reached", {{"content", "roi"}})), 1);
  const View row = *views.Get<View>(Id(v1::ACCOUNT, "", "acme"));
  ASSERT_EQ(row.pieces_size(), 2);
  EXPECT_EQ(row.pieces(1).content_id(), "roi");
  EXPECT_EQ(row.pieces(1).uses(), 2);
}

TEST(ContentTest, WhatFollowsWithinTheModelsDaysIsCountedOnTheDayThePieceFirstReached) {
  ProjectionDriver views;
  views.Given({On("2024-01-02", Used("MARKETING", "roi"), "soon"),
               On("2024-01-02", Used("MARKETING", "roi"), "late"),
               On("2024-03-01", kMeeting, "soon"), On("2024-03-02", kMeeting, "soon"),
               On("2024-05-01", kMeeting, "late")});
  const Dims meeting = {{"followed", "meeting"}, {"content", "roi"}};
  EXPECT_EQ(AsInt(views.Sum("content_reached", {{"content", "roi"}})), 2);
  EXPECT_EQ(AsInt(views.SumOn(*ParseDay("2024-01-02"), "content_followed", meeting)), 1);
  EXPECT_EQ(AsInt(views.Sum("content_followed", meeting)), 1);
}

TEST(ContentTest, ADealCountsUnderEachPieceThatHadReachedItsAccount) {
  ProjectionDriver views;
  views.Given({On("2024-01-01", Deal("opportunity_opened {}")),
               On("2024-01-02", Used("MARKETING", "roi")), On("2024-01-03", Used("SALES", "demo")),
               On("2024-01-20", Deal("opportunity_closed { outcome: WON }")),
               On("2024-01-25", Used("SALES", "later"))});
  EXPECT_EQ(AsInt(views.Sum("content_deals", {{"outcome", "won"}, {"content", "roi"}})), 1);
  EXPECT_EQ(AsInt(views.Sum("content_deals", {{"outcome", "won"}, {"content", "demo"}})), 1);
  EXPECT_EQ(AsInt(views.Sum("content_deals", {{"outcome", "won"}, {"content", "later"}})), 0);
  EXPECT_THAT(views.Get<View>(Id(v1::ACCOUNT, "", "acme"))->pieces(0).followed(),
              ElementsAre("won"));
  views.Given({On("2024-02-01", Deal("opportunity_reopened {}"))});
  EXPECT_EQ(AsInt(views.SumOn(*ParseDay("2024-02-01"), "content_deals",
                              {{"outcome", "won"}, {"content", "roi"}})),
            -1);
  EXPECT_EQ(AsInt(views.Sum("content_deals", {{"outcome", "won"}, {"content", "later"}})), 0);
}

TEST(ContentTest, ADealWithoutAnyPieceIsTheComparisonGroup) {
  ProjectionDriver views;
  views.Given({On("2024-01-01", Deal("opportunity_opened {}")),
               On("2024-01-20", Deal("opportunity_closed { outcome: LOST }"))});
  EXPECT_EQ(AsInt(views.Sum("content_deals", {{"outcome", "lost"}, {"content", ""}})), 1);
}

int64_t Followed(const ProjectionDriver& views, const char* what) {
  return AsInt(views.Sum("content_followed", {{"followed", what}, {"content", "roi"}}));
}

TEST(ContentTest, TheLastDayOfTheWindowCountsADemoTooAndUnderTheTeamThatReachedFirst) {
  ProjectionDriver views;
  views.Given({On("2024-01-02", Used("MARKETING", "roi")), On("2024-01-05", Used("SALES", "roi")),
               On("2024-04-01", "demo { action: HELD }")});  // 90 days on
  EXPECT_EQ(Followed(views, "meeting"), 1);
  EXPECT_EQ(AsInt(views.Sum("content_followed", {{"followed", "meeting"}, {"team", "marketing"}})),
            1);
  EXPECT_EQ(AsInt(views.Sum("content_followed", {{"followed", "meeting"}, {"team", "sales"}})), 0);
  EXPECT_EQ(AsInt(views.Sum("content_reached", {{"content", "roi"}, {"team", "sales"}})), 0);
}

TEST(ContentTest, AReopeningIsNoNewDealAndAnotherOutcomeReplacesTheFirst) {
  ProjectionDriver views;
  const auto deals = [&](const char* outcome, const char* content) {
    return AsInt(views.Sum("content_deals", {{"outcome", outcome}, {"content", content}}));
  };
  const std::string other = "subject { kind: OPPORTUNITY value: 'd2' } ";
  views.Given({On("2024-01-01", Deal("opportunity_opened {}")),
               On("2024-01-01", other + "opportunity_opened {}"),
               On("2024-01-02", Used("MARKETING", "roi")),
               On("2024-01-20", Deal("opportunity_closed { outcome: WON }")),
               On("2024-01-21", other + "opportunity_closed { outcome: LOST }"),
               On("2024-02-01", other + "opportunity_reopened {}")});
  EXPECT_EQ(deals("won", "roi"), 1);
  EXPECT_EQ(deals("won", ""), 0);
  EXPECT_EQ(deals("lost", "roi"), 0);
  EXPECT_EQ(Followed(views, "opportunity"), 0);
  views.Given({On("2024-02-02", Deal("opportunity_reopened {}")),
               On("2024-02-10", Deal("opportunity_closed { outcome: LOST }"))});
  EXPECT_EQ(deals("won", "roi"), 0);
  EXPECT_EQ(deals("lost", "roi"), 1);
  // Deleted it is neither.
  views.Given(
      {On("2024-02-20", Deal("entity_deleted { entity { kind: OPPORTUNITY value: 'd1' } }"))});
  EXPECT_EQ(deals("lost", "roi"), 0);
  EXPECT_EQ(deals("", "roi"), 0);
}

TEST(ContentTest, ALostDealIsNoWinThatFollowed) {
  ProjectionDriver views;
  views.Given({On("2024-01-02", Used("MARKETING", "roi")),
               On("2024-01-03", Deal("opportunity_opened {}")),
               On("2024-01-20", Deal("opportunity_closed { outcome: LOST }"))});
  EXPECT_EQ(Followed(views, "opportunity"), 1);
  EXPECT_EQ(Followed(views, "won"), 0);
}

TEST(ContentTest, WhatWasSentAndNotSeenIsNoUseAndThePiecesTypeStays) {
  ProjectionDriver views;
  views.Given({On("2024-01-01", "persona { persona: 'finance' }"),
               On("2024-01-02", "content_id: 'roi' email { action: SENT }")});
  EXPECT_EQ(AsInt(views.Sum("content_uses")), 0);
  EXPECT_THAT(views.List("content", "last_use"), IsEmpty());
  views.Given(
      {On("2024-01-03", Used("SALES", "roi")), On("2024-01-04", "content_id: 'roi' page_view {}")});
  const View row = *views.Get<View>(Id(v1::ACCOUNT, "", "acme"));
  EXPECT_EQ(row.pieces(0).type(), v1::CASE_STUDY);
  EXPECT_EQ(row.pieces(0).uses(), 2);
  EXPECT_THAT(views.List("content", "last_use"), ElementsAre("acme"));
}

}  // namespace
}  // namespace revops::test
