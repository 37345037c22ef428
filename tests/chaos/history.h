// What is published while faults happen.
#pragma once

#include <map>
#include <random>
#include <utility>
#include <vector>

#include "engine/simulate/simulator.h"
#include "gtest/gtest.h"

namespace revops::test {

// A simulated company's events; some come late: long after what happened after them.
inline std::vector<v1::Event> History(uint64_t seed, int accounts) {
  SimulationOptions options;
  options.seed = seed;
  options.accounts = accounts;
  std::mt19937_64 random(seed);
  // place -> event; a late one takes a place among those of the second half
  std::multimap<size_t, v1::Event> placed;
  std::vector<v1::Event> late;
  const absl::Status simulated = Simulate(options, [&](const v1::Event& event) {
    if (random() % 8 == 0) {
      late.push_back(event);
    } else {
      placed.emplace_hint(placed.end(), placed.size(), event);
    }
    return absl::OkStatus();
  });
  EXPECT_TRUE(simulated.ok()) << simulated;
  const size_t half = placed.size() / 2;
  for (v1::Event& event : late) placed.emplace(half + random() % half, std::move(event));
  std::vector<v1::Event> history;
  for (auto& [place, event] : placed) history.push_back(std::move(event));
  return history;
}

}  // namespace revops::test
