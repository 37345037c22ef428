// The simulation's own random numbers: SplitMix64, integers only, the same on every machine.
//
// Source: Steele, Lea, Flood: Fast splittable pseudorandom number generators (OOPSLA 2014).
#pragma once

#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <iterator>

#include "engine/base/int128.h"
#include "engine/base/status.h"

namespace revops::simulation {

class Random final {
 public:
  explicit Random(uint64_t seed) : state_(seed) {}

  // A stream of its own for entity `index` of family `family`: what one entity draws leaves the
  // others as they were.
  Random(uint64_t seed, uint64_t family, uint64_t index)
      : state_(Mix(Mix(seed ^ Mix(family)) + Mix(index))) {}

  uint64_t Next() {
    state_ += 0x9e3779b97f4a7c15;
    return Mix(state_);
  }

  // In [0, bound). REQUIRES: bound > 0.
  int64_t Below(int64_t bound) {
    REVOPS_CHECK(bound > 0);
    return static_cast<int64_t>((static_cast<uint128>(Next()) * static_cast<uint64_t>(bound)) >>
                                64);
  }

  // In [low, high], both included.
  int64_t Between(int64_t low, int64_t high) { return low + Below(high - low + 1); }

  // Most values are near `low`, few near `high`: the product of two uniform draws.
  int64_t Skewed(int64_t low, int64_t high) {
    const int64_t first = Below(1 << 20), second = Below(1 << 20);
    return low + static_cast<int64_t>((static_cast<int128>(high - low + 1) * first * second) >> 40);
  }

  // A delay as people cause it: half at most `median`, most of the rest within three times that, a
  // tenth up to `longest`.
  int64_t Delay(int64_t median, int64_t longest) {
    const int64_t kind = Below(10);
    if (kind < 5) return Between(median / 10, median);
    if (kind < 9) return Between(median, 3 * median);
    return Between(median, longest > median ? longest : median);
  }

  bool Percent(int64_t percent) { return Below(100) < percent; }
  bool Ppm(int64_t ppm) { return Below(1'000'000) < ppm; }

  // An index, each with its weight. REQUIRES: a positive sum.
  size_t Weighted(std::initializer_list<int64_t> weights) {
    int64_t sum = 0;
    for (const int64_t weight : weights) sum += weight;
    int64_t drawn = Below(sum);
    size_t index = 0;
    for (const int64_t weight : weights) {
      if (drawn < weight) return index;
      drawn -= weight;
      ++index;
    }
    return index - 1;
  }

  template <typename Container>
  const auto& Pick(const Container& from) {
    return from[static_cast<size_t>(Below(static_cast<int64_t>(std::size(from))))];
  }

 private:
  static uint64_t Mix(uint64_t value) {
    value = (value ^ (value >> 30)) * 0xbf58476d1ce4e5b9;
    value = (value ^ (value >> 27)) * 0x94d049bb133111eb;
    return value ^ (value >> 31);
  }

  uint64_t state_;
};

}  // namespace revops::simulation
