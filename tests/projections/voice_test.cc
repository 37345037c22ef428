#include "absl/strings/str_cat.h"
#include "engine/base/calendar.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "revops/v1/views.pb.h"
#include "tests/support/projection_driver.h"

namespace revops::test {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using View = v1::VoiceView;
using Dims = std::map<std::string, std::string>;

std::string On(const std::string& day, const std::string& rest,
               const std::string& account = "acme") {
  return absl::StrCat("occurred_at: ", int64_t{*ParseDay(day)} * kMicrosPerDay,
                      " subject { kind: ACCOUNT value: '", account, "' } ", rest);
}
std::string Objection(const std::string& topic, const std::string& answer = "") {
  return absl::StrCat("voice { kind: OBJECTION topic: '", topic, "' ",
                      answer.empty() ? "" : "answered_with_content_id: '" + answer + "'", " }");
}
const char* const kMeeting = "meeting { action: HELD meeting_id: 'm' }";

int64_t AsInt(int128 value) { return static_cast<int64_t>(value); }

// Two of three answered with the paper met us afterwards, one of two without an answer did.
TEST(VoiceTest, AnAnswersFollowersStandBesideThoseOfTheUnanswered) {
  ProjectionDriver views;
  for (const char* account : {"a", "b", "c"}) {
    views.Given({On("2024-01-02", Objection("price", "roi paper"), account)});
  }
  views.Given({On("2024-01-02", Objection("price"), "d"), On("2024-01-02", Objection("price"), "e"),
               On("2024-02-01", kMeeting, "a"), On("2024-02-02", kMeeting, "a"),
               On("2024-02-03", kMeeting, "b"), On("2024-02-04", kMeeting, "d"),
               On("2024-06-01", kMeeting, "c")});
  const auto said = [&](const char* answer) {
    return AsInt(
        views.Sum("voices", {{"voice", "objection"}, {"topic", "price"}, {"answer", answer}}));
  };
  const auto followed = [&](const char* answer) {
    return AsInt(views.SumOn(
        *ParseDay("2024-01-02"), "voices_followed",
        {{"followed", "meeting"}, {"voice", "objection"}, {"topic", "price"}, {"answer", answer}}));
  };
  EXPECT_EQ(said("roi paper"), 3);
  EXPECT_EQ(followed("roi paper"), 2);
  EXPECT_EQ(said(""), 2);
  EXPECT_EQ(followed(""), 1);
  EXPECT_EQ(views.Get<View>(Id(v1::ACCOUNT, "", "d"))->unanswered(), 1);
  EXPECT_THAT(views.List("voice", "unanswered"), ElementsAre("d", "e"));
}

TEST(VoiceTest, WhatWasSaidInOneDealIsNotFollowedByAnothersOutcome) {
  const auto deal = [](const char* id, const std::string& rest) {
    return absl::StrCat("subject { kind: OPPORTUNITY value: '", id, "' } ", rest);
  };
  ProjectionDriver views;
  views.Given({On("2024-01-01", deal("d1", "opportunity_opened {}")),
               On("2024-01-01", deal("d2", "opportunity_opened {}")),
               On("2024-01-05", deal("d1", Objection("price", "paper"))),
               On("2024-01-10", deal("d2", "opportunity_closed { outcome: WON }")),
               On("2024-01-20", deal("d1", "opportunity_closed { outcome: LOST }"))});
  const auto followed = [&](const char* what) {
    return AsInt(views.Sum("voices_followed", {{"followed", what}, {"voice", "objection"}}));
  };
  EXPECT_EQ(followed("won"), 0);
  EXPECT_EQ(followed("lost"), 1);
}

TEST(VoiceTest, CompetitorsAndKindsAreCounted) {
  ProjectionDriver views;
  views.Given({On("2024-01-05", "voice { kind: NEED topic: 'reports' competitor: 'rival' }"),
               On("2024-01-06", "voice { kind: PRAISE feature: 'mail' }"),
               On("2024-01-07", "voice { topic: 'price' }")});
  EXPECT_THAT(views.dead_letters(), ElementsAre(HasSubstr("set voice.kind")));
  EXPECT_EQ(AsInt(views.Sum("voices", {{"voice", "need"}, {"competitor", "rival"}})), 1);
  EXPECT_EQ(AsInt(views.Sum("voices", {{"voice", "praise"}, {"feature", "mail"}})), 1);
  EXPECT_EQ(views.Get<View>(Id(v1::ACCOUNT, "", "acme"))->count(), 2);
}

TEST(VoiceTest, AnNpsIsPromotersLessDetractors) {
  ProjectionDriver views;
  for (const int score : {10, 9, 8, 7, 6, 0}) {
    views.Given({On("2024-01-05",
                    absl::StrCat("survey { instrument: NPS scale: 10 score: ", score, " }"))});
  }
  views.Given({On("2024-01-06", "survey { instrument: CSAT scale: 5 score: 4 }"),
               On("2024-01-07", "survey { instrument: HOW_HEARD answer: 'a podcast' }"),
               On("2024-01-08", "survey { instrument: NPS scale: 5 score: 4 }")});
  EXPECT_THAT(views.dead_letters(), ElementsAre(HasSubstr("its scale is 10")));
  const auto grade = [&](const char* name) {
    return AsInt(views.Sum("surveys", {{"instrument", "nps"}, {"grade", name}}));
  };
  EXPECT_EQ(grade("promoter"), 2);
  EXPECT_EQ(grade("passive"), 2);
  EXPECT_EQ(grade("detractor"), 2);
  EXPECT_EQ(AsInt(views.Sum("survey_score", {{"instrument", "csat"}})), 4);
  EXPECT_EQ(AsInt(views.Sum("survey_scale", {{"instrument", "csat"}})), 5);
  EXPECT_EQ(AsInt(views.Sum("surveys", {{"instrument", "how_heard"}, {"answer", "a podcast"}})), 1);
  EXPECT_EQ(views.Get<View>(Id(v1::ACCOUNT, "", "acme"))->nps_score(), 0);
}

int64_t Followed(const ProjectionDriver& views, const char* what) {
  return AsInt(views.Sum("voices_followed", {{"followed", what}, {"voice", "objection"}}));
}

TEST(VoiceTest, WhatWasSaidOutsideADealIsFollowedByDealsAndWhatWasSaidInOneByMeetings) {
  const std::string deal = "subject { kind: OPPORTUNITY value: 'd1' } ";
  ProjectionDriver outside;
  outside.Given({On("2024-01-02", Objection("price")),
                 On("2024-01-03", deal + "opportunity_opened {}"),
                 On("2024-01-05", deal + "opportunity_closed { outcome: WON }")});
  EXPECT_EQ(Followed(outside, "opportunity"), 1);
  EXPECT_EQ(Followed(outside, "won"), 1);
  EXPECT_EQ(Followed(outside, "lost"), 0);

  ProjectionDriver in_deal;
  in_deal.Given({On("2024-01-01", deal + "opportunity_opened {}"),
                 On("2024-01-02", deal + Objection("price")),
                 On("2024-04-01", "demo { action: HELD }")});  // the last day of the window
  EXPECT_EQ(Followed(in_deal, "meeting"), 1);
  EXPECT_EQ(Followed(in_deal, "opportunity"), 0);
}

TEST(VoiceTest, AReopeningIsNoDealThatFollowed) {
  const std::string deal = "subject { kind: OPPORTUNITY value: 'd1' } ";
  ProjectionDriver views;
  views.Given({On("2024-01-01", deal + "opportunity_opened {}"),
               On("2024-01-05", deal + "opportunity_closed { outcome: LOST }"),
               On("2024-01-06", Objection("price")),
               On("2024-01-07", deal + "opportunity_reopened {}")});
  EXPECT_EQ(Followed(views, "opportunity"), 0);
}

TEST(VoiceTest, ConcernsWaitForAnAnswerTooAndOldWordsGiveWayToNewOnes) {
  ProjectionDriver views;
  views.Given(
      {On("2024-01-01", "voice { kind: CONCERN topic: 'safety' competitor: 'rival' }"),
       On("2024-01-02", "voice { kind: CONCERN topic: 'price' answered_how: 'discount' }")});
  const Id acme(v1::ACCOUNT, "", "acme");
  EXPECT_EQ(views.Get<View>(acme)->unanswered(), 1);
  ASSERT_EQ(views.Get<View>(acme)->competitors_size(), 1);
  EXPECT_EQ(AsInt(views.Sum("voices", {{"voice", "concern"}, {"answer", "discount"}})), 1);
  for (int i = 0; i < 60; ++i) views.Given({On("2024-01-03", Objection("price", "paper"))});
  EXPECT_EQ(views.Get<View>(acme)->heard_size(), 60);
  EXPECT_EQ(views.Get<View>(acme)->heard(0).topic(), "price");
  EXPECT_EQ(views.Get<View>(acme)->count(), 62);
}

TEST(VoiceTest, AScoreAboveItsScaleIsRefusedAndTheLastNpsIsKept) {
  ProjectionDriver views;
  views.Given({On("2024-01-05", "survey { instrument: NPS scale: 10 score: 9 }"),
               On("2024-01-06", "survey { instrument: CSAT scale: 5 score: 6 }"),
               On("2024-01-07", "survey { instrument: CSAT scale: 5 score: 5 }")});
  EXPECT_THAT(views.dead_letters(), ElementsAre(HasSubstr("the score is 6 of 5")));
  const View row = *views.Get<View>(Id(v1::ACCOUNT, "", "acme"));
  EXPECT_EQ(row.nps_score(), 9);
  EXPECT_EQ(row.nps_at(), int64_t{*ParseDay("2024-01-05")} * kMicrosPerDay);
}

}  // namespace
}  // namespace revops::test
