// P1 to P3 of DESIGN.md §1: a settled view is a function of the set of events and the model.
//
// Each case is a world (tests/support/world.h) drawn from its seed. A failing case prints the seed;
// REVOPS_SEED=<it> runs that case alone, REVOPS_CASES=<n> sets how many cases each test runs,
// REVOPS_COMPANIES=<n> how many simulated ones there are, REVOPS_EVENTS=<n> how many events a case
// has at most (small ones are easier to understand). By default more than three thousand cases,
// about three minutes of one core in a Release build; others may want fewer.
#include <algorithm>
#include <string>

#include "engine/simulate/simulator.h"
#include "gtest/gtest.h"
#include "projections/registry.h"
#include "tests/conformance/run_world.h"
#include "tests/support/toy_projections.h"

namespace revops::test {
namespace {

struct Case {
  Bodies bodies = Bodies::kToy;
  int events_max = 24;
  uint64_t one_in = 1;  // of REVOPS_CASES: where a case costs as much as many
};

void RunCase(uint64_t seed, const Case& what, const Registry& registry, const RevenueModel& model) {
  Random random(seed);
  const World::Options options = AnyOptions(random);
  SCOPED_TRACE(InWords(seed, options));
  const int events_max = static_cast<int>(FromEnvironment("REVOPS_EVENTS", what.events_max));
  RunWorld(options, random, RandomRecords(random, 1 + Below(random, events_max), what.bodies),
           registry, model);
}

// A small company's year, as the simulator tells them.
void RunCompany(uint64_t seed, const Registry& registry, const RevenueModel& model) {
  Random random(seed);
  World::Options options = AnyOptions(random);
  options.batch_max = Chance(random, 50) ? 60 : 600;
  options.check_each_commit = false;
  if (options.defer_entries_min < 4096) options.defer_entries_min += 20;
  options.checkpoint_items *= 8;
  SCOPED_TRACE(InWords(seed, options));
  SimulationOptions company;
  company.seed = seed;
  company.accounts = 4 + Below(random, 12);
  company.days = 300;
  company.stamp_recorded_at = Chance(random, 50);
  std::vector<std::string> records;
  ASSERT_TRUE(Simulate(company, [&](const v1::Event& event) {
                records.push_back(event.SerializeAsString());
                return absl::OkStatus();
              }).ok());
  RunWorld(options, random, std::move(records), registry, model);
}

void RunCases(uint64_t count, uint64_t first_seed, const Case& what, const Registry& registry) {
  const auto model = RevenueModel::Default();
  const uint64_t only = FromEnvironment("REVOPS_SEED", 0);
  if (only != 0) return RunCase(only, what, registry, *model);
  count = std::max<uint64_t>(1, FromEnvironment("REVOPS_CASES", count * what.one_in) / what.one_in);
  for (uint64_t seed = first_seed; seed < first_seed + count; ++seed) {
    RunCase(seed, what, registry, *model);
    if (testing::Test::HasFailure()) return;
  }
}

TEST(ConformanceTest, ToyViewsAreAFunctionOfTheSetOfEvents) {
  RunCases(1500, 1, {}, ToyRegistry());
}

TEST(ConformanceTest, ToyViewsOfPagedJourneysAreAFunctionOfTheSetOfEvents) {
  RunCases(600, 1'000'001, {Bodies::kToy, 40}, ToyRegistry({.ledger_padding_bytes = 5000}));
}

TEST(ConformanceTest, ToyViewsOfLongJourneysAreAFunctionOfTheSetOfEvents) {
  RunCases(15, 4'000'001, {Bodies::kToy, 300, 50}, ToyRegistry({.ledger_padding_bytes = 100}));
}

TEST(ConformanceTest, ToyViewsOfAllKindsOfEventsAreAFunctionOfTheSetOfEvents) {
  RunCases(500, 2'000'001, {Bodies::kAll, 24}, ToyRegistry());
}

TEST(ConformanceTest, ViewsOfASimulatedCompanyAreAFunctionOfTheSetOfEvents) {
  const auto model = RevenueModel::Default();
  const Registry registry = AllProjections();
  const uint64_t count = FromEnvironment("REVOPS_COMPANIES", 8);
  for (uint64_t seed = 1; seed <= count && !HasFailure(); ++seed) {
    RunCompany(seed, registry, *model);
  }
}

TEST(ConformanceTest, BusinessViewsAreAFunctionOfTheSetOfEvents) {
  RunCases(700, 3'000'001, {Bodies::kAll, 40}, AllProjections());
}

}  // namespace
}  // namespace revops::test
