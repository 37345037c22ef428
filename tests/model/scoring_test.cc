#include "engine/model/scoring.h"

#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "google/protobuf/text_format.h"
#include "gtest/gtest.h"

namespace revops {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

template <typename Message>
Message Parsed(const std::string& text) {
  Message message;
  EXPECT_TRUE(google::protobuf::TextFormat::ParseFromString(text, &message)) << text;
  return message;
}

std::vector<std::string> Engaged(const Scoring& scoring, const std::string& event) {
  std::vector<std::string> names;
  scoring.ForEachEngagement(Parsed<v1::Event>(event),
                            [&](const v1::EngagementRule& rule) { names.push_back(rule.name()); });
  return names;
}

TEST(EngagementTest, EveryRuleThatHoldsEarnsItsPoints) {
  const auto section = Parsed<v1::Scoring>(R"(
    half_life_days: 30
    engagement { name: "any webinar" kind: "webinar.*" points: 1 }
    engagement {
      name: "long webinar" kind: "webinar.attended" points: 2
      when { field: "webinar.minutes" at_least: 30 }
    }
    engagement { name: "scan" custom_kind: "page_view" points: 3 }
    engagement {
      name: "english page" kind: "page_view" points: 4
      unless { field: "page_view.url" matches: ".*/de/.*" }
    }
    engagement {
      name: "tier" kind: "form" points: 5 when { field: "property.tier" equals: "2" }
    })");
  const Scoring scoring(section, 1);
  EXPECT_EQ(scoring.half_life(), 30 * int64_t{86'400'000'000});
  EXPECT_THAT(Engaged(scoring, "webinar { action: ATTENDED minutes: 30 }"),
              ElementsAre("any webinar", "long webinar"));
  EXPECT_THAT(Engaged(scoring, "webinar { action: ATTENDED minutes: 29 }"),
              ElementsAre("any webinar"));
  EXPECT_THAT(Engaged(scoring, "webinar { action: REGISTERED }"), ElementsAre("any webinar"));
  EXPECT_THAT(Engaged(scoring, "page_view { url: '/en/x' }"), ElementsAre("english page"));
  EXPECT_THAT(Engaged(scoring, "page_view { url: '/de/x' }"), IsEmpty());
  EXPECT_THAT(Engaged(scoring, "custom { kind: 'page_view' }"), ElementsAre("scan"));
  EXPECT_THAT(Engaged(scoring, "form {} properties { name: 'tier' number: 2.9 }"),
              ElementsAre("tier"));
  EXPECT_THAT(Engaged(scoring, "form {} properties { name: 'tier' number: 3 }"), IsEmpty());
  EXPECT_THAT(Engaged(scoring, "form {} properties { name: 'tier' number: nan }"), IsEmpty());
}

int FitOf(const Scoring& scoring, const std::string& person, const std::string& account) {
  const auto of_person = Parsed<v1::Traits>(person);
  const auto of_account = Parsed<v1::Traits>(account);
  const google::protobuf::RepeatedPtrField<std::string> none;
  return scoring
      .FitOf({TraitFields({of_person, "", none, none}), TraitFields({of_account, "", none, none})})
      .points;
}

TEST(FitTest, APersonsOwnTraitGoesBeforeTheAccounts) {
  const auto section = Parsed<v1::Scoring>(R"(
    half_life_days: 1 fit_base: 10
    fit { name: "germany" points: 20 when { field: "country" equals: "de" } }
    fit { name: "hq germany" points: 5 of: ACCOUNT_ONLY when { field: "country" equals: "de" } }
    fit { name: "size" points: 30 when { field: "employees" at_least: 50 at_most: 500 } }
    fit {
      name: "student" points: -100 of: PERSON_ONLY
      when { field: "title" matches: ".*student.*" }
    }
    fit { name: "unknown" points: -3 when { field: "country" present: false } })");
  const Scoring scoring(section, 1);
  EXPECT_EQ(FitOf(scoring, "", ""), 7);
  EXPECT_EQ(FitOf(scoring, "country: 'DE'", ""), 30);
  EXPECT_EQ(FitOf(scoring, "", "country: 'de'"), 35);
  EXPECT_EQ(FitOf(scoring, "country: 'fr'", "country: 'de'"), 15);
  EXPECT_EQ(FitOf(scoring, "country: 'fr'", "employees: 50"), 40);
  EXPECT_EQ(FitOf(scoring, "country: 'fr'", "employees: 501"), 10);
  EXPECT_EQ(FitOf(scoring, "country: 'de' title: 'PhD Student, CS'", "employees: 50"), 0);
}

TEST(HostTest, IsTheNameWithoutSchemePortAndWww) {
  EXPECT_EQ(HostOf("https://www.google.com/search?q=a@b"), "google.com");
  EXPECT_EQ(HostOf("https://user@example.com:8080/x"), "example.com");
  EXPECT_EQ(HostOf("example.com"), "example.com");
  EXPECT_EQ(HostOf(""), "");
  EXPECT_EQ(HostOf("https://"), "");
}

}  // namespace
}  // namespace revops
