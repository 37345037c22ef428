// A section of the model in its versions, each in force from an instant until the next one's.
#pragma once

#include <algorithm>
#include <cstdint>
#include <limits>
#include <utility>
#include <vector>

#include "engine/base/status.h"

namespace revops {

template <typename T>
class Versioned final {
 public:
  // REQUIRES: instants ascend; the first is the beginning of time.
  void Add(int64_t from, T value) { versions_.emplace_back(from, std::move(value)); }

  bool empty() const { return versions_.empty(); }

  // The one in force at `instant`. REQUIRES: !empty().
  const T& At(int64_t instant) const {
    REVOPS_CHECK(!versions_.empty());
    auto after = std::upper_bound(
        versions_.begin(), versions_.end(), instant,
        [](int64_t at, const std::pair<int64_t, T>& version) { return at < version.first; });
    return after == versions_.begin() ? after->second : std::prev(after)->second;
  }

 private:
  std::vector<std::pair<int64_t, T>> versions_;  // from -> value, ascending
};

inline constexpr int64_t kBeginningOfTime = std::numeric_limits<int64_t>::min();

}  // namespace revops
