// Source of the expected numbers: published examples, each named, all recomputed independently.
#include "engine/query/path_models.h"

#include <map>
#include <random>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace revops {
namespace {

using ::testing::HasSubstr;

struct Path {
  const char* channels;  // "A>B"
  int wins;
  int losses;
};

PathSteps StepsOf(const std::vector<Path>& paths) {
  PathSteps steps;
  for (const Path& path : paths) {
    std::string last = kPathStart;
    for (const auto channel : absl::StrSplit(path.channels, '>')) {
      steps[{last, std::string(channel)}] += path.wins + path.losses;
      last = std::string(channel);
    }
    steps[{last, kPathWin}] += path.wins;
    steps[{last, kPathNone}] += path.losses;
  }
  return steps;
}

void ExpectMarkov(const std::vector<Path>& paths, double win_probability,
                  const std::map<std::string, double>& effects) {
  const auto credits = SolveMarkov(StepsOf(paths));
  ASSERT_TRUE(credits.ok()) << credits.status();
  EXPECT_NEAR(credits->win_probability, win_probability, 1e-9);
  ASSERT_EQ(credits->channels.size(), effects.size());
  double sum = 0;
  for (const auto& credit : credits->channels) {
    EXPECT_NEAR(credit.removal_effect, effects.at(credit.channel), 5e-7) << credit.channel;
    sum += credit.share;
  }
  EXPECT_NEAR(sum, 1, 1e-12);
}

TEST(PathModelsTest, MarkovGivesTheRemovalEffectsOfSerhiiPuzyrov) {
  const std::vector<Path> paths = {{"G", 2, 1}, {"M", 1, 0}, {"G>M", 1, 0}};
  ExpectMarkov(paths, 0.8, {{"G", .75}, {"M", .5}});
  const auto credits = SolveMarkov(StepsOf(paths));
  EXPECT_NEAR(4 * credits->channels[0].share, 2.4, 1e-9);
  EXPECT_NEAR(4 * credits->channels[1].share, 1.6, 1e-9);
}

TEST(PathModelsTest, MarkovGivesTheSharesOfAnalyzeCore) {
  const std::vector<Path> paths = {{"C1>C2>C3", 1, 0}, {"C1", 0, 1}, {"C2>C3", 0, 1}};
  ExpectMarkov(paths, 1.0 / 3, {{"C1", .5}, {"C2", 1}, {"C3", 1}});
  const auto credits = SolveMarkov(StepsOf(paths));
  EXPECT_NEAR(credits->channels[0].share, .2, 1e-9);
  EXPECT_NEAR(credits->channels[1].share, .4, 1e-9);
  EXPECT_NEAR(credits->channels[2].share, .4, 1e-9);
}

TEST(PathModelsTest, MarkovGivesTheCreditsOfTheNinePathsOfMam) {
  const std::vector<Path> paths = {{"A", 1, 0}, {"A>B", 1, 0}, {"A>B>C", 1, 0},
                                   {"B", 1, 0}, {"B>A", 1, 0}, {"B>C>A", 1, 0},
                                   {"C", 1, 0}, {"C>A", 1, 0}, {"C>B>A", 1, 0}};
  ExpectMarkov(paths, 1, {{"A", .666667}, {"B", .533333}, {"C", .491228}});
  const auto credits = SolveMarkov(StepsOf(paths));
  EXPECT_NEAR(27 * credits->channels[0].share, 10.643154, 5e-7);
  EXPECT_NEAR(27 * credits->channels[1].share, 8.514523, 5e-7);
  EXPECT_NEAR(27 * credits->channels[2].share, 7.842324, 5e-7);
}

TEST(PathModelsTest, AChannelThatFollowsItselfChangesNoRemovalEffect) {
  const std::map<std::string, double> effects = {{"A", .75}, {"B", .733333}};
  const auto with = SolveMarkov(StepsOf({{"A>A>B", 1, 1}, {"B>A", 2, 1}, {"B", 0, 3}}));
  const auto without = SolveMarkov(StepsOf({{"A>B", 1, 1}, {"B>A", 2, 1}, {"B", 0, 3}}));
  for (size_t i = 0; i < 2; ++i) {
    const double effect = effects.at(with->channels[i].channel);
    EXPECT_NEAR(with->channels[i].removal_effect, effect, 5e-7);
    EXPECT_NEAR(without->channels[i].removal_effect, effect, 5e-7);
  }
}

TEST(PathModelsTest, MarkovIsExactWherePychattrSimulates) {
  const auto credits =
      SolveMarkov(StepsOf({{"A>B>A>B>B>A", 1, 0}, {"A>B>B>A>A", 1, 0}, {"A>A", 1, 0}}));
  EXPECT_NEAR(3 * credits->channels[0].share, 2, 1e-9);
  EXPECT_NEAR(3 * credits->channels[1].share, 1, 1e-9);
}

TEST(PathModelsTest, PathsThatNeverWinGiveNobodyCredit) {
  const auto credits = SolveMarkov(StepsOf({{"A>B", 0, 3}}));
  ASSERT_TRUE(credits.ok()) << credits.status();
  EXPECT_EQ(credits->win_probability, 0);
  EXPECT_TRUE(credits->channels.empty());
  EXPECT_TRUE(SolveMarkov({})->channels.empty());
}

TEST(PathModelsTest, StepsThatAreNoPathsAreRefusedInWords) {
  const auto negative = SolveMarkov({{{kPathStart, "A"}, -1}});
  EXPECT_EQ(negative.status().code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_THAT(std::string(negative.status().message()), HasSubstr("ask a longer period"));
  const auto endless = SolveMarkov({{{"A", "B"}, 1}, {{"B", "A"}, 1}, {{kPathStart, "A"}, 1}});
  EXPECT_EQ(endless.status().code(), absl::StatusCode::kFailedPrecondition);
}

// By the definition, coalition by coalition: worth[mask] is what those channels earn.
std::vector<double> ByDefinition(int players, const std::vector<double>& worth) {
  std::vector<double> weight(static_cast<size_t>(players));  // s! (n - s - 1)! / n!
  weight[0] = 1.0 / players;
  for (int s = 1; s < players; ++s) weight[s] = weight[s - 1] * s / (players - s);
  std::vector<double> values(static_cast<size_t>(players));
  for (size_t mask = 0; mask < worth.size(); ++mask) {
    for (int player = 0; player < players; ++player) {
      const size_t bit = size_t{1} << player;
      if ((mask & bit) != 0) continue;
      values[player] += weight[__builtin_popcountll(mask)] * (worth[mask | bit] - worth[mask]);
    }
  }
  return values;
}

TEST(PathModelsTest, TheDefinitionGivesTheValuesOfMamAndTomGorb) {
  // Bits: O 1, F 2, D 4.
  const auto mam = ByDefinition(3, {0, 7, 6, 15, 4, 7, 9, 19});
  EXPECT_NEAR(mam[0], 23.0 / 3, 1e-12);
  EXPECT_NEAR(mam[1], 49.0 / 6, 1e-12);
  EXPECT_NEAR(mam[2], 19.0 / 6, 1e-12);
  // Bits: F 1, O 2, L 4.
  const auto gorb = ByDefinition(3, {0, .20, .10, .47, .17, .67, .27, 1});
  EXPECT_NEAR(gorb[0], .455, 1e-12);
  EXPECT_NEAR(gorb[1], .205, 1e-12);
  EXPECT_NEAR(gorb[2], .340, 1e-12);
}

TEST(PathModelsTest, ShapleyOfPathsGivesTheValuesOfMam) {
  // Wins of exactly a set, from the worth of all its subsets: OF 15 - 7 - 6, OD 7 - 7 - 4, …
  const auto credits = SolveShapley(
      {{"O", 7}, {"F", 6}, {"D", 4}, {"F,O", 2}, {"D,O", -4}, {"D,F", -1}, {"D,F,O", 5}});
  EXPECT_NEAR(credits.at("O"), 23.0 / 3, 1e-12);
  EXPECT_NEAR(credits.at("F"), 49.0 / 6, 1e-12);
  EXPECT_NEAR(credits.at("D"), 19.0 / 6, 1e-12);
}

TEST(PathModelsTest, ShapleyOfPathsSharesEachPathAmongItsChannels) {
  const auto credits = SolveShapley({{"a", 2}, {"a,b", 3}, {"a,b,c", 3}, {"", 5}});
  EXPECT_NEAR(credits.at("a"), 2 + 1.5 + 1, 1e-12);
  EXPECT_NEAR(credits.at("b"), 1.5 + 1, 1e-12);
  EXPECT_NEAR(credits.at("c"), 1, 1e-12);
}

TEST(PathModelsTest, ShapleyOfPathsIsTheDefinitions) {
  constexpr int kPlayers = 9;
  std::mt19937 random(11);
  for (int round = 0; round < 20; ++round) {
    std::map<std::string, int64_t> won;
    std::vector<double> worth(size_t{1} << kPlayers);
    for (int path = 0; path < 30; ++path) {
      const size_t set = 1 + random() % (worth.size() - 1);
      const int64_t wins = static_cast<int64_t>(random() % 50);
      std::string name;
      for (int player = 0; player < kPlayers; ++player) {
        if ((set >> player & 1) != 0) absl::StrAppend(&name, name.empty() ? "" : ",", player);
      }
      won[name] += wins;
      for (size_t mask = 0; mask < worth.size(); ++mask) {
        if ((set & mask) == set) worth[mask] += static_cast<double>(wins);
      }
    }
    const auto credits = SolveShapley(won);
    const std::vector<double> expected = ByDefinition(kPlayers, worth);
    for (int player = 0; player < kPlayers; ++player) {
      const auto found = credits.find(absl::StrCat(player));
      EXPECT_NEAR(found == credits.end() ? 0 : found->second, expected[player], 1e-9);
    }
  }
}

}  // namespace
}  // namespace revops
