// Timed multi-touch paths, imported by their mapping and folded: credit per channel under four
// models and the exact Markov removal effects, against the published figures.
#include <map>

#include "absl/strings/match.h"
#include "engine/fold/cells.h"
#include "engine/query/path_models.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/import/folded_data.h"
#include "tests/import/public_data.h"
#include "tests/support/projection_driver.h"

namespace revops {
namespace {

using test::Import;
using test::ProjectionDriver;
using ::testing::IsEmpty;

struct Expected {
  const char* channel;
  double first, last, linear, position, markov, removal_effect;
};
constexpr Expected kChannels[] = {
    {"facebook", 263, 284, 253.578508, 267.461429, 215.607180, 0.736602},
    {"instagram", 115, 96, 106.861340, 105.846724, 137.727179, 0.470532},
    {"online_display", 110, 138, 111.409607, 118.980281, 146.755109, 0.501375},
    {"online_video", 96, 154, 142.483669, 130.902749, 171.024931, 0.584291},
    {"paid_search", 297, 209, 266.666876, 257.808817, 209.885601, 0.717054},
};

double Deals(const ProjectionDriver& views, const char* model, const char* channel) {
  return static_cast<double>(
             views.Sum("attributed_won_e12", {{"model", model}, {"channel", channel}})) /
         1e12;
}

PathSteps StepsOf(const ProjectionDriver& views) {
  PathSteps steps;
  for (const auto& [key, value] : views.cells().sums()) {
    const auto cell = ParseCellKey(key);
    if (!cell.ok() || cell->measure != "path_steps") continue;
    steps[{std::string(cell->dims[0]), std::string(cell->dims[1])}] += static_cast<int64_t>(value);
  }
  return steps;
}

TEST(TouchpointsTest, CreditPerChannelAndRemovalEffectsAreThePublishedOnes) {
  SKIP_WITHOUT("touchpoints/touchpoints_sample.csv.gz");
  const auto imported =
      Import("touchpoints/touchpoints.textproto", "touchpoints/touchpoints_sample.csv.gz");
  EXPECT_EQ(imported.events.size(), 31'034u + 2 * 881);
  ProjectionDriver views(test::ModelOf("touchpoints"));
  test::Fold(imported.events, views);
  EXPECT_THAT(views.dead_letters(), IsEmpty());

  for (const Expected& expected : kChannels) {
    SCOPED_TRACE(expected.channel);
    EXPECT_NEAR(Deals(views, "first", expected.channel), expected.first, 5e-7);
    EXPECT_NEAR(Deals(views, "last", expected.channel), expected.last, 5e-7);
    EXPECT_NEAR(Deals(views, "linear", expected.channel), expected.linear, 5e-7);
    EXPECT_NEAR(Deals(views, "position", expected.channel), expected.position, 5e-7);
  }
  // Credited money is what was earned: 5,495.50.
  for (const char* model : {"first", "last", "linear", "position"}) {
    EXPECT_EQ(static_cast<int64_t>(
                  views.Sum("attributed_amount", {{"currency", "USD"}, {"model", model}})),
              5'495'500'000);
  }

  const auto markov = SolveMarkov(StepsOf(views));
  ASSERT_TRUE(markov.ok()) << markov.status();
  EXPECT_NEAR(markov->win_probability, 0.187566532, 5e-10);
  ASSERT_EQ(markov->channels.size(), std::size(kChannels));
  for (size_t i = 0; i < std::size(kChannels); ++i) {
    const ChannelCredit& credit = markov->channels[i];
    EXPECT_EQ(credit.channel, kChannels[i].channel);
    EXPECT_NEAR(credit.removal_effect, kChannels[i].removal_effect, 5e-7) << credit.channel;
    EXPECT_NEAR(881 * credit.share, kChannels[i].markov, 5e-7) << credit.channel;
  }
}

TEST(TouchpointsTest, WithoutEarlierWinsInTheWayCreditReachesBackToTheFirstTouch) {
  SKIP_WITHOUT("touchpoints/touchpoints_sample.csv.gz");
  auto imported =
      Import("touchpoints/touchpoints.textproto", "touchpoints/touchpoints_sample.csv.gz");
  for (v1::Event& event : imported.events) {
    if (event.has_opportunity_opened()) {
      event.mutable_opportunity_opened()->mutable_fields()->set_motion(v1::NEW);
    }
  }
  ProjectionDriver views(test::ModelOf("touchpoints"));
  test::Fold(imported.events, views);
  const Expected channels[] = {{"facebook", 266, 284, 251.793059, 267.984718, 0, 0},
                               {"instagram", 117, 96, 105.752185, 105.933706, 0, 0},
                               {"online_display", 101, 138, 109.175344, 115.397917, 0, 0},
                               {"online_video", 95, 154, 141.717335, 130.295397, 0, 0},
                               {"paid_search", 302, 209, 272.562076, 261.388263, 0, 0}};
  for (const Expected& expected : channels) {
    SCOPED_TRACE(expected.channel);
    EXPECT_NEAR(Deals(views, "first", expected.channel), expected.first, 5e-7);
    EXPECT_NEAR(Deals(views, "last", expected.channel), expected.last, 5e-7);
    EXPECT_NEAR(Deals(views, "linear", expected.channel), expected.linear, 5e-7);
    EXPECT_NEAR(Deals(views, "position", expected.channel), expected.position, 5e-7);
  }
}

}  // namespace
}  // namespace revops
