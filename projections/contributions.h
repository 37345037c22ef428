// What one row adds to cells, as a list. A view that counts by its rows alone counts the difference
// of two lists, so that whatever steps a row took, its cells are what it says now.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "engine/fold/projection.h"

namespace revops {

class Contributions final {
 public:
  // One value per dimension, as for Fold::Count. Lifetime: the measure outlives this.
  void Add(const Measure& measure, int32_t day, std::vector<std::string> dims, int128 delta = 1);

  // Counts this, less what `before` holds.
  void CountSince(const Contributions& before, Fold& fold) const;

 private:
  struct Sum {
    const Measure* measure;
    int128 value;
  };
  std::map<std::tuple<absl::string_view, int32_t, std::vector<std::string>>, Sum> sums_;
};

}  // namespace revops
