#include "projections/contributions.h"

namespace revops {

void Contributions::Add(const Measure& measure, int32_t day, std::vector<std::string> dims,
                        int128 delta) {
  auto& sum =
      sums_.try_emplace({measure.name, day, std::move(dims)}, Sum{&measure, 0}).first->second;
  sum.value += delta;
}

void Contributions::CountSince(const Contributions& before, Fold& fold) const {
  auto differences = sums_;
  for (const auto& [key, sum] : before.sums_) {
    differences.try_emplace(key, Sum{sum.measure, 0}).first->second.value -= sum.value;
  }
  for (const auto& [key, sum] : differences) {
    if (sum.value == 0) continue;
    const auto& [name, day, values] = key;
    const std::vector<absl::string_view> dims(values.begin(), values.end());
    fold.Count(*sum.measure, day, dims, sum.value);
  }
}

}  // namespace revops
