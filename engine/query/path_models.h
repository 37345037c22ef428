// Data-driven attribution, solved exactly when asked: Markov removal effects and Shapley values
// from the path cells that views count (measures path_steps and path_sets).
//
// Floating point is fine here: these are answers, nothing of it is stored. The solution is exact,
// not a simulation: the same cells give the same answer every time.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"

namespace revops {

// The ends of paths among the channels of path_steps.
inline constexpr char kPathStart[] = "(start)";
inline constexpr char kPathWin[] = "(win)";
inline constexpr char kPathNone[] = "(none)";

// (from, to) -> how often. A channel that follows itself changes nothing.
using PathSteps = std::map<std::pair<std::string, std::string>, int64_t>;

struct ChannelCredit {
  std::string channel;
  double removal_effect = 0;  // Markov: 1 - P(win without the channel) / P(win)
  double share = 0;           // of all wins; all channels' shares sum to 1
};

struct MarkovCredits {
  double win_probability = 0;           // of a path, from its start
  std::vector<ChannelCredit> channels;  // by name; empty if no path wins
};

// Removal effects of an absorbing chain of order 1: a removed channel's visitors are lost.
// Source: definitions of the field (Anderl et al., 2016); solved as (I - Q) x = b.
// Errors: kFailedPrecondition for more than kMarkovChannelsMax channels, or for steps that do not
// add up to paths: a negative count, or channels that no end follows; ask a longer period.
inline constexpr size_t kMarkovChannelsMax = 100;
absl::StatusOr<MarkovCredits> SolveMarkov(const PathSteps& steps);

// Shapley values. Channels of a winning path (sorted), joined by "," -> how many paths won. A
// coalition earns the wins of the paths that it alone could have made; a path without a channel is
// nobody's. Exact for any number of channels. Returns channel -> wins.
std::map<std::string, double> SolveShapley(const std::map<std::string, int64_t>& won_sets);

}  // namespace revops
