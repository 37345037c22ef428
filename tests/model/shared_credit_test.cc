// The attribution and follow-up sections of a model: each mistake is named with line, field and
// remedy.
#include <algorithm>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "engine/model/model.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace revops {
namespace {

using ::testing::HasSubstr;

// A mistake expected on the line that holds `to`.
struct Scenario {
  std::string from;
  std::string to;
  std::string mistake;
};

constexpr char kAttribution[] = R"(attribution {
    lookback_days: 90
    kind: "webinar.*"
    direct_channel: "direct"
    model { name: "first" version: 1 first_ppm: 1000000 }
    model { name: "half" version: 2 first_ppm: 500000 others_ppm: 500000 }
  }
)";
constexpr char kSla[] = R"(sla {
    follow_up_kind: "webinar.attended"
    follow_up_minutes: 480
  }
)";

// The default model with `section` in place of its own of that name.
std::string ModelWith(const std::string& section) {
  std::string text(RevenueModel::DefaultText());
  const std::string name = section.substr(0, section.find('{') + 1);
  const size_t begin = text.find("\n  " + name) + 3;
  const size_t end = text.find("\n  }\n", begin) + 5;
  return text.replace(begin, end - begin, section);
}

void ExpectMistakes(const std::string& section, const std::vector<Scenario>& scenarios) {
  ASSERT_TRUE(RevenueModel::Parse(ModelWith(section), "m").ok())
      << RevenueModel::Parse(ModelWith(section), "m").status();
  for (const Scenario& scenario : scenarios) {
    std::string changed = section;
    const size_t at = changed.find(scenario.from);
    ASSERT_NE(at, std::string::npos) << scenario.from;
    changed.replace(at, scenario.from.size(), scenario.to);
    const std::string text = ModelWith(changed);
    const size_t place = text.find(changed) + at;
    const auto line =
        1 + std::count(text.begin(), text.begin() + static_cast<int64_t>(place), '\n');
    const auto model = RevenueModel::Parse(text, "m.textproto");
    ASSERT_FALSE(model.ok()) << scenario.mistake;
    const std::string said(model.status().message());
    EXPECT_THAT(said, HasSubstr(scenario.mistake));
    // What is missing is said at the section.
    const auto first =
        1 + std::count(text.begin(), text.begin() + static_cast<int64_t>(text.find(changed)), '\n');
    EXPECT_TRUE(
        absl::StartsWith(said, absl::StrCat("m.textproto:", line, ":")) ||
        (scenario.to.empty() && absl::StartsWith(said, absl::StrCat("m.textproto:", first, ":"))))
        << said << "\nexpected on line " << line;
  }
}

TEST(SharedCreditTest, EachMistakeOfAttributionIsNamedWithLineFieldAndRemedy) {
  ExpectMistakes(
      kAttribution,
      {{"lookback_days: 90", "lookback_days: 0",
        "fold.attribution.lookback_days is 0; give a number of days from 1 to 3650"},
       {"lookback_days: 90", "lookback_days: 4000", "lookback_days is 4000; give a number of days"},
       {"lookback_days: 90", "", "fold.attribution.lookback_days is 0; give a number of days"},
       {"\"webinar.*\"", "\"webinars.*\"", "fold.attribution.kind is \"webinars.*\"; no event has"},
       {"kind: \"webinar.*\"", "without_kind: \"mail\"",
        "fold.attribution.without_kind is \"mail\"; no event has"},
       {"\"direct\"", "\"Direct Traffic\"",
        "fold.attribution.direct_channel is \"Direct Traffic\"; use lower case letters"},
       {"name: \"first\"", "name: \"First touch\"",
        "fold.attribution.model.name is \"First touch\"; use lower case letters"},
       {"name: \"half\"", "name: \"first\"",
        "fold.attribution.model.name is \"first\"; another has it"},
       {"version: 1 ", "", "fold.attribution.model.version is 0; give a version from 1"},
       {"first_ppm: 1000000", "first_ppm: 900000",
        "fold.attribution.model has parts that sum to 900000 millionths; make first_ppm … "
        "others_ppm sum to 1000000"},
       {"first_ppm: 1000000", "first_ppm: 1000001",
        "fold.attribution.model.first_ppm is 1000001; give millionths from 0 to 1000000"},
       {"first_ppm: 1000000", "first_ppm: -1", "first_ppm is -1; give millionths from 0"},
       {"first_ppm: 1000000", "lead_ppm: 500000 won_ppm: 500000",
        "gives nothing when its milestones did not happen; give first_ppm, last_ppm or others_ppm"},
       {"first_ppm: 1000000", "first_ppm: 1000000 half_life_days: 0",
        "fold.attribution.model.half_life_days is 0; give a number of days from 1"},
       {"first_ppm: 1000000", "first_ppm: 1000000 lookback_days: 91",
        "model.lookback_days is 91; give a number of days, no more than the section's,"},
       {"first_ppm: 1000000", "first_ppm: 1000000 weight: 3",
        "weight is no field of AttributionModel; it has name"}});
}

TEST(SharedCreditTest, ModelsSideBySideAreOneToSixteen) {
  std::string none = kAttribution;
  while (absl::StrContains(none, "model {")) {
    const size_t at = none.find("    model {");
    none.erase(at, none.find('\n', at) + 1 - at);
  }
  EXPECT_THAT(std::string(RevenueModel::Parse(ModelWith(none), "m").status().message()),
              HasSubstr("fold.attribution.model is given 0 times; give 1 to 16"));
  std::string many = kAttribution;
  for (int i = 0; i < 15; ++i) {
    many.insert(many.rfind("    model {"),
                absl::StrCat("    model { name: 'm", i, "' version: 1 last_ppm: 1000000 }\n"));
  }
  EXPECT_THAT(std::string(RevenueModel::Parse(ModelWith(many), "m").status().message()),
              HasSubstr("fold.attribution.model is given 17 times; give 1 to 16"));
}

TEST(SharedCreditTest, SkippingDirectNeedsToKnowWhichChannelThatIs) {
  std::string text = kAttribution;
  text.replace(text.find("direct_channel: \"direct\""), 24, "");
  text.replace(text.find("first_ppm: 1000000"), 18, "first_ppm: 1000000 skip_direct: true");
  EXPECT_THAT(std::string(RevenueModel::Parse(ModelWith(text), "m").status().message()),
              HasSubstr("fold.attribution.model.skip_direct is set, but no channel is named; set "
                        "direct_channel"));
}

TEST(SharedCreditTest, EachMistakeOfTheFollowUpPromiseIsNamedWithLineFieldAndRemedy) {
  ExpectMistakes(kSla,
                 {{"follow_up_minutes: 480", "follow_up_minutes: -1",
                   "fold.sla.follow_up_minutes is -1; give"},
                  {"follow_up_minutes: 480", "", "fold.sla.follow_up_minutes is 0; give"},
                  {"\"webinar.attended\"", "\"webinar.came\"",
                   "fold.sla.follow_up_kind is \"webinar.came\"; no event has"},
                  {"follow_up_kind: \"webinar.attended\"", "", "fold.sla.follow_up_kind is"}});
}

}  // namespace
}  // namespace revops
