#include "engine/query/path_models.h"

#include <algorithm>
#include <cmath>
#include <optional>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "engine/base/status.h"

namespace revops {
namespace {

// A pivot below this is no pivot: the chain has a part that never ends.
constexpr double kPivotMin = 1e-12;

// a x = b, in place. Nothing if `a` is singular.
std::optional<std::vector<double>> Solve(std::vector<std::vector<double>> a,
                                         std::vector<double> b) {
  const size_t n = b.size();
  for (size_t column = 0; column < n; ++column) {
    size_t pivot = column;
    for (size_t row = column + 1; row < n; ++row) {
      if (std::fabs(a[row][column]) > std::fabs(a[pivot][column])) pivot = row;
    }
    if (std::fabs(a[pivot][column]) < kPivotMin) return std::nullopt;
    std::swap(a[pivot], a[column]);
    std::swap(b[pivot], b[column]);
    for (size_t row = column + 1; row < n; ++row) {
      const double factor = a[row][column] / a[column][column];
      if (factor == 0) continue;
      for (size_t k = column; k < n; ++k) a[row][k] -= factor * a[column][k];
      b[row] -= factor * b[column];
    }
  }
  std::vector<double> x(n);
  for (size_t i = n; i-- > 0;) {
    double sum = b[i];
    for (size_t k = i + 1; k < n; ++k) sum -= a[i][k] * x[k];
    x[i] = sum / a[i][i];
  }
  return x;
}

// States 0 (start) and 1.. (channels); the ends are apart.
class Chain final {
 public:
  static absl::StatusOr<Chain> Of(const PathSteps& steps) {
    Chain chain;
    for (const auto& [step, count] : steps) {
      if (count < 0) {
        return absl::FailedPreconditionError(
            absl::StrCat("the step from ", step.first, " to ", step.second, " counts ", count,
                         " in this period: its paths began before it; ask a longer period"));
      }
      if (count > 0) chain.Add(step.first, step.second, static_cast<double>(count));
    }
    return chain;
  }

  const std::map<std::string, size_t>& states() const { return states_; }

  // The chance to win from the start, with what leads to `removed` (0: none) lost.
  absl::StatusOr<double> WinProbability(size_t removed) const {
    const size_t n = states_.size();
    std::vector<std::vector<double>> a(n, std::vector<double>(n));
    std::vector<double> b(n);
    for (size_t from = 0; from < n; ++from) {
      a[from][from] = 1;
      if (out_[from] == 0) continue;  // leads nowhere: lost
      b[from] = wins_[from] / out_[from];
      for (size_t to = 0; to < n; ++to) {
        if (to == removed && removed != 0) continue;
        a[from][to] -= steps_[from][to] / out_[from];
      }
    }
    const auto x = Solve(std::move(a), std::move(b));
    if (!x.has_value()) {
      return absl::FailedPreconditionError(
          "some channels only lead to each other in this period, and no path ends; ask a longer "
          "period");
    }
    return (*x)[0];
  }

 private:
  Chain() { StateOf(kPathStart); }

  size_t StateOf(const std::string& channel) {
    const auto [at, fresh] = states_.try_emplace(channel, states_.size());
    if (fresh) {
      for (auto& row : steps_) row.push_back(0);
      steps_.emplace_back(states_.size());
      out_.push_back(0);
      wins_.push_back(0);
    }
    return at->second;
  }

  void Add(const std::string& from_name, const std::string& to_name, double count) {
    const size_t from = StateOf(from_name);
    if (to_name == kPathWin) {
      wins_[from] += count;
    } else if (to_name != kPathNone) {
      const size_t to = StateOf(to_name);
      if (to == from) return;
      steps_[from][to] += count;
    }
    out_[from] += count;
  }

  std::map<std::string, size_t> states_;
  std::vector<std::vector<double>> steps_;
  std::vector<double> out_;
  std::vector<double> wins_;
};

}  // namespace

absl::StatusOr<MarkovCredits> SolveMarkov(const PathSteps& steps) {
  ASSIGN_OR_RETURN(const Chain chain, Chain::Of(steps));
  if (const size_t channels = chain.states().size() - 1; channels > kMarkovChannelsMax) {
    return absl::FailedPreconditionError(
        absl::StrCat("paths hold ", channels, " channels; removal effects are solved for at most ",
                     kMarkovChannelsMax, ": group the small ones in the channel rules"));
  }
  MarkovCredits credits;
  ASSIGN_OR_RETURN(credits.win_probability, chain.WinProbability(0));
  if (credits.win_probability <= 0) return credits;
  double sum = 0;
  for (const auto& [channel, state] : chain.states()) {
    if (state == 0) continue;
    ASSIGN_OR_RETURN(const double without, chain.WinProbability(state));
    const double effect = 1 - without / credits.win_probability;
    credits.channels.push_back({channel, effect, 0});
    sum += effect;
  }
  if (sum > 0) {
    for (ChannelCredit& credit : credits.channels) credit.share = credit.removal_effect / sum;
  }
  return credits;
}

std::map<std::string, double> SolveShapley(const std::map<std::string, int64_t>& won_sets) {
  // The worth of a coalition is the sum of the wins of the sets within it, so the game is a sum of
  // games in which one set wins only together; in each of them its channels share alike.
  std::map<std::string, double> credits;
  for (const auto& [set, wins] : won_sets) {
    const std::vector<std::string> channels = absl::StrSplit(set, ',', absl::SkipEmpty());
    for (const std::string& channel : channels) {
      credits[channel] += static_cast<double>(wins) / static_cast<double>(channels.size());
    }
  }
  return credits;
}

}  // namespace revops
