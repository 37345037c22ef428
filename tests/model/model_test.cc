#include "engine/model/model.h"

#include <string>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "gmock/gmock.h"
#include "google/protobuf/text_format.h"
#include "gtest/gtest.h"

namespace revops {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::StartsWith;

// The smallest model that is complete; each scenario changes or adds one thing.
constexpr char kSmall[] = R"(name: "small"
version: "1"
fold {
  time_zone: "Europe/Berlin"
  pipelines {
    pipeline {
      pipeline_id: "p"
      stage { stage_id: "new" probability_ppm: 100000 }
      stage { stage_id: "won" kind: WON_STAGE }
    }
  }
  qualification { fit_min: 40 engagement_min: 50 }
  scoring {
    half_life_days: 10
    engagement { name: "webinar" kind: "webinar.attended" points: 20 }
  }
  channels { default_channel: "other" }
})";

std::string Small(absl::string_view from, absl::string_view to) {
  EXPECT_THAT(kSmall, HasSubstr(std::string(from)));
  return absl::StrReplaceAll(kSmall, {{from, to}});
}

std::shared_ptr<const RevenueModel> Parsed(absl::string_view text) {
  auto model = RevenueModel::Parse(text, "m.textproto");
  EXPECT_TRUE(model.ok()) << model.status();
  return model.ok() ? *model : nullptr;
}

std::string MistakesOf(absl::string_view text) {
  auto model = RevenueModel::Parse(text, "m.textproto");
  EXPECT_FALSE(model.ok());
  EXPECT_EQ(model.status().code(), absl::StatusCode::kInvalidArgument);
  return std::string(model.status().message());
}

int64_t Micros(const char* text) {
  absl::Time time;
  std::string error;
  EXPECT_TRUE(absl::ParseTime(absl::RFC3339_full, text, &time, &error)) << text;
  return absl::ToUnixMicros(time);
}

v1::Event EventOf(const std::string& text) {
  v1::Event event;
  EXPECT_TRUE(google::protobuf::TextFormat::ParseFromString(text, &event)) << text;
  return event;
}

TEST(ModelTest, TheDefaultIsCompleteAndPrintsItself) {
  const auto model = RevenueModel::Default();
  EXPECT_EQ(model->name(), "default");
  const auto again = Parsed(RevenueModel::DefaultText());
  EXPECT_EQ(again->fold_fingerprint(), model->fold_fingerprint());
  EXPECT_EQ(model->fold_fingerprint().size(), 64u);
}

TEST(ModelTest, OnlyTheFoldPartIsFingerprinted) {
  const auto model = Parsed(kSmall);
  EXPECT_EQ(Parsed(Small("version: \"1\"", "version: \"2\""))->fold_fingerprint(),
            model->fold_fingerprint());
  EXPECT_EQ(Parsed(absl::StrCat("# a comment\n", kSmall,
                                "\nask { kpi { name: 'k' label: 'K' unit: COUNT "
                                "formula: 'touches' } }"))
                ->fold_fingerprint(),
            model->fold_fingerprint());
  EXPECT_NE(Parsed(Small("half_life_days: 10", "half_life_days: 11"))->fold_fingerprint(),
            model->fold_fingerprint());
}

TEST(ModelTest, EachMistakeIsNamedWithLineFieldAndRemedy) {
  const struct {
    const char* from;
    const char* to;
    const char* mistake;
  } scenarios[] = {
      {"half_life_days: 10", "half_life_days: 0",
       "m.textproto:14:5: fold.scoring.half_life_days is 0; give a number of days from 1 to 3650"},
      {"half_life_days: 10", "",
       "m.textproto:13:3: fold.scoring.half_life_days is 0; give a number of days"},
      {"half_life_days: 10", "half_life: 10",
       "m.textproto:14:14: half_life is no field of Scoring; it has from, half_life_days"},
      {"half_life_days: 10", "half_life_days: ten", "m.textproto:14:21: Expected integer"},
      {"\"Europe/Berlin\"", "\"Europe/Atlantis\"",
       "m.textproto:4:3: fold.time_zone is wrong: time zone \"Europe/Atlantis\" is not in this"},
      {"\"webinar.attended\"", "\"webinar.atended\"",
       "m.textproto:15:34: fold.scoring.engagement.kind is \"webinar.atended\"; no event has"},
      {"\"webinar.attended\"", "\"pageview\"", "fold.scoring.engagement.kind is \"pageview\""},
      {"kind: \"webinar.attended\"", "", "kind or custom_kind must be given"},
      {"points: 20", "points: -5",
       "fold.scoring.engagement.points is -5; give points (negative ones belong to a fit rule)"},
      {"points: 20", "points: 20 when { field: 'utm.source' matches: 'a(' }",
       "when.matches is \"a(\"; RE2 refuses it: missing )"},
      {"points: 20", "points: 20 when { field: 'utm.source' equals: 'a' equals: '\\xff' }",
       "m.textproto:15:109: fold.scoring.engagement.when.equals is not plain UTF-8 text"},
      {"points: 20", "points: 20 when { field: 'utm.source' }", "when has 0 tests; give one of"},
      {"points: 20", "points: 20 when { field: 'utm.origin' present: true }",
       "when.field is \"utm.origin\"; events have no such field; use one of"},
      {"points: 20", "points: 20 when { field: 'utm' present: true }",
       "when.field is \"utm\"; it has parts; name one"},
      {"points: 20", "points: 20 when { field: 'subject' present: true }", "when.field is"},
      {"points: 20", "points: 20 when { field: 'webinar.minutes' at_least: 9 at_most: 8 }",
       "when.at_most is 8; at_least is greater"},
      {"half_life_days: 10", "half_life_days: 10 fit { name: 'f' points: 5 }",
       "fold.scoring.fit.when is missing"},
      {"half_life_days: 10",
       "half_life_days: 10 fit { name: 'f' points: 5 when { field: 'size' at_least: 1 } }",
       "when.field is \"size\"; traits have no such field; use one of"},
      {"engagement_min: 50", "", "fold.qualification.engagement_min is 0; give points from 1"},
      {"fit_min: 40", "fit_min: 101", "fit_min is 101; give a fit from 0 to 100"},
      {"qualification { fit_min: 40 engagement_min: 50 }", "",
       "m.textproto:3:1: fold.qualification is missing; copy the section"},
      {"default_channel: \"other\"", "default_channel: \"Other Things\"",
       "default_channel is \"Other Things\"; use lower case letters"},
      {"default_channel: \"other\"", "default_channel: \"other\" rule { channel: 'all' }",
       "fold.channels.rule holds for every event"},
      {"stage_id: \"won\"", "stage_id: \"new\"",
       "m.textproto:9:15: fold.pipelines.pipeline.stage.stage_id is \"new\"; another has it"},
      {"probability_ppm: 100000", "", "probability_ppm is missing; give millionths"},
      {"probability_ppm: 100000", "probability_ppm: 2000000", "is 2000000; give millionths"},
      {"kind: WON_STAGE", "kind: WON_STAGE probability_ppm: 7", "a closed stage has 1000000"},
      {"probability_ppm: 100000", "kind: LOST_STAGE", "stage has no open stage"},
      {"name: \"small\"", "", "m.textproto:1:1: name is missing; give it"},
      {"qualification {", "qualification { from: \"2026-01-01\"",
       "fold.qualification.from is \"2026-01-01\"; the first version is in force for all history"},
      {"channels {", "traffic { exclude_environment: PRODUCTION } channels {",
       "exclude_environment must be SANDBOX or TEST"},
      {"channels {",
       "business_calendar { name: 'b' time_zone: 'UTC' hours { day: MONDAY open: '9' close: "
       "'17:00' } } channels {",
       "hours.open \"9\" is no time of day; write it as \"09:00\""},
      {"channels {",
       "business_calendar { name: 'b' time_zone: 'UTC' hours { day: MONDAY open: '09:00' close: "
       "'12:00' } hours { day: MONDAY open: '11:00' close: '17:00' } } channels {",
       "hours.day has hours already that overlap these"},
      {"channels {",
       "business_calendar { name: 'b' time_zone: 'UTC' hours { day: MONDAY open: '09:00' close: "
       "'12:00' } holiday: '2026-02-30' } channels {",
       "holiday \"2026-02-30\" is not a day"},
      {"channels {", "sla { speed_to_lead { lead_type: 'x' } } channels {",
       "target_minutes is 0; give business minutes from 1"},
      {"channels {",
       "sla { speed_to_lead { lead_type: 'x' target_minutes: 1 } "
       "speed_to_lead { lead_type: 'y' target_minutes: 1 } } channels {",
       "holds for every lead, so those after it never apply"},
  };
  for (const auto& scenario : scenarios) {
    EXPECT_THAT(MistakesOf(Small(scenario.from, scenario.to)), HasSubstr(scenario.mistake))
        << scenario.from << " -> " << scenario.to;
  }
}

TEST(ModelTest, SeveralMistakesAreReportedTogetherInOrder) {
  std::string text = Small("half_life_days: 10", "half_life_days: 0");
  text = absl::StrReplaceAll(text, {{"fit_min: 40", "fit_min: -1"}});
  const std::vector<std::string> lines = absl::StrSplit(MistakesOf(text), '\n');
  EXPECT_THAT(lines, ElementsAre(StartsWith("m.textproto:12:19: fold.qualification.fit_min is -1"),
                                 StartsWith("m.textproto:14:5: fold.scoring.half_life_days is 0")));
}

TEST(ModelTest, VersionsMustBeInOrderOfTime) {
  const char* later = "qualification { from: '2026-05-01' fit_min: 1 engagement_min: 1 }";
  const char* earlier = "qualification { from: '2026-02-01' fit_min: 1 engagement_min: 1 }";
  EXPECT_THAT(MistakesOf(Small("channels {", absl::StrCat(later, earlier, "channels {"))),
              HasSubstr("from is \"2026-02-01\"; it is not after the version before it"));
  EXPECT_THAT(MistakesOf(Small("channels {", absl::StrCat(later, later, "channels {"))),
              HasSubstr("it is not after the version before it"));
  EXPECT_THAT(MistakesOf(Small("channels {", "qualification { engagement_min: 1 } channels {")),
              HasSubstr("qualification.from is missing; each version but the first"));
  EXPECT_THAT(
      MistakesOf(Small("channels {", "qualification { from: 'May' engagement_min: 1 } channels {")),
      HasSubstr("\"May\" is no instant; write a day"));
}

TEST(ModelTest, TheDefinitionInForceAtTheInstantAnswers) {
  const auto model =
      Parsed(Small("channels {",
                   "qualification { from: '2026-05-01' engagement_min: 60 }"
                   "qualification { from: '2026-06-01T12:00:00Z' engagement_min: 70 } channels {"));
  const auto engagement = [&](const char* at) {
    return model->QualificationAt(Micros(at)).engagement_min();
  };
  EXPECT_EQ(engagement("1970-01-01T00:00:00Z"), 50);
  // A day begins in the reporting zone: Berlin's 1 May begins at 22:00 UTC.
  EXPECT_EQ(engagement("2026-04-30T21:59:59Z"), 50);
  EXPECT_EQ(engagement("2026-04-30T22:00:00Z"), 60);
  EXPECT_EQ(engagement("2026-06-01T11:59:59Z"), 60);
  EXPECT_EQ(engagement("2026-06-01T12:00:00Z"), 70);
}

TEST(ModelTest, DaysAreThoseOfTheReportingZone) {
  const auto model = Parsed(kSmall);
  EXPECT_EQ(model->DayOf(Micros("1970-01-01T12:00:00Z")), 0);
  EXPECT_EQ(model->DayOf(Micros("1970-01-01T22:59:59Z")), 0);
  EXPECT_EQ(model->DayOf(Micros("1970-01-01T23:00:00Z")), 1);
  EXPECT_EQ(model->DayOf(Micros("1969-12-31T22:00:00Z")), -1);
}

TEST(ModelTest, AStageIsKnownByItsIdAndPipeline) {
  const auto model = RevenueModel::Default();
  const auto stage = model->StageOf("new_business", "discovery", 0);
  ASSERT_TRUE(stage.has_value());
  EXPECT_EQ(stage->stage->name(), "Discovery");
  EXPECT_EQ(stage->order, 1);
  EXPECT_TRUE(stage->stage->qualified());
  EXPECT_TRUE(model->StageOf("", "discovery", 0).has_value());
  EXPECT_FALSE(model->StageOf("expansion", "discovery", 0).has_value());
  EXPECT_FALSE(model->StageOf("new_business", "Discovery", 0).has_value());
  EXPECT_FALSE(model->StageOf("nowhere", "discovery", 0).has_value());
}

TEST(ModelTest, HugeOrDeeplyNestedTextIsRefused) {
  EXPECT_THAT(MistakesOf(std::string((1 << 20) + 1, '#')), HasSubstr("at most 1048576"));
  std::string deep;
  for (int i = 0; i < 100000; ++i) deep += "fold {";
  MistakesOf(deep);
  MistakesOf("");
  MistakesOf(std::string("\0\xff", 2));
}

TEST(ChannelTest, TheFirstRuleThatHoldsGivesTheChannel) {
  const auto model = RevenueModel::Default();
  const struct {
    const char* event;
    const char* channel;
  } scenarios[] = {
      {"channel: 'Paid_Search' page_view {}", "paid_search"},
      {"utm { source: 'google' medium: 'cpc' } page_view {}", "paid_search"},
      {"utm { source: 'LinkedIn' medium: 'CPC' } page_view {}", "paid_social"},
      {"utm { source: 'google' medium: 'organic' } page_view {}", "organic_search"},
      {"click_id: 'gclid-1' page_view {}", "paid_search"},
      {"referrer: 'https://www.google.de/search?q=x' page_view {}", "organic_search"},
      {"referrer: 'https://notgoogle.example/' page_view {}", "referral"},
      {"referrer: 'https://l.facebook.com/' page_view {}", "organic_social"},
      {"page_view {}", "direct"},
      {"email { action: CLICKED }", "email"},
      {"team: SALES direction: OUTBOUND email { action: SENT }", "outbound"},
      {"team: SALES meeting { action: HELD }", "sales"},
      {"webinar { action: ATTENDED }", "webinar"},
      {"trade_show { action: ATTENDED }", "event"},
      {"opportunity_opened {}", "other"},
  };
  for (const auto& scenario : scenarios) {
    EXPECT_EQ(model->ChannelOf(EventOf(scenario.event), 0), scenario.channel) << scenario.event;
  }
}

TEST(TrafficTest, WhatDoesNotCountSaysWhy) {
  const auto model = RevenueModel::Default();
  const struct {
    const char* event;
    const char* why;
  } scenarios[] = {
      {"page_view {}", ""},
      {"traffic: TRAFFIC_HUMAN page_view {}", ""},
      {"traffic: TRAFFIC_BOT page_view {}", "bot"},
      {"traffic: TRAFFIC_INTERNAL page_view {}", "internal"},
      {"traffic: TRAFFIC_MAIL_PREFETCH email { action: OPENED }", "mail_prefetch"},
      {"environment: SANDBOX page_view {}", "sandbox"},
      {"environment: TEST page_view {}", "test"},
      {"user_agent: 'Mozilla/5.0 (compatible; Googlebot/2.1)' page_view {}", "bot_user_agent"},
      {"user_agent: 'Mozilla/5.0 (X11; Linux x86_64)' page_view {}", ""},
  };
  for (const auto& scenario : scenarios) {
    EXPECT_EQ(model->WhyExcluded(EventOf(scenario.event), 0), scenario.why) << scenario.event;
    EXPECT_EQ(model->Counts(EventOf(scenario.event), 0), scenario.why[0] == '\0');
  }
}

TEST(TrafficTest, TestEventsCountNowhereWhateverTheModelSays) {
  EXPECT_EQ(Parsed(kSmall)->WhyExcluded(EventOf("environment: TEST page_view {}"), 0), "test");
  EXPECT_EQ(Parsed(kSmall)->WhyExcluded(EventOf("environment: SANDBOX page_view {}"), 0), "");
}

}  // namespace
}  // namespace revops
