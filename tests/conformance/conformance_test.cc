// P1 to P3 of DESIGN.md §1: a settled view is a function of the set of events and the model.
//
// Each case is a world (tests/support/world.h) drawn from its seed. A failing case prints the seed;
// REVOPS_SEED=<it> runs that case alone, REVOPS_CASES=<n> sets how many cases each test runs,
// REVOPS_COMPANIES=<n> how many simulated ones there are, REVOPS_EVENTS=<n> how many events a case
// has at most (small ones are easier to understand).
#include <cstdlib>
#include <string>

#include "absl/strings/escaping.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "engine/simulate/simulator.h"
#include "gtest/gtest.h"
#include "projections/registry.h"
#include "tests/support/oracle.h"
#include "tests/support/toy_projections.h"
#include "tests/support/world.h"

namespace revops::test {
namespace {

uint64_t FromEnvironment(const char* name, uint64_t otherwise) {
  const char* text = std::getenv(name);
  uint64_t value = 0;
  return text != nullptr && absl::SimpleAtoi(text, &value) ? value : otherwise;
}

World::Options AnyOptions(Random& random) {
  World::Options options;
  const int partitions[] = {1, 2, 3, 3, 5, 8};
  options.partitions = partitions[Below(random, 6)];
  options.processes = 1 + Below(random, std::min(3, options.partitions));
  options.defer_entries_min = Chance(random, 50) ? 4096 : static_cast<uint64_t>(Below(random, 4));
  options.checkpoint_items = static_cast<uint64_t>(1 + Below(random, 4));
  const int batches[] = {1, 2, 4, 16};
  options.batch_max = batches[Below(random, 4)];
  const int crashes[] = {0, 20, 50};
  options.crash_percent = crashes[Below(random, 3)];
  options.restart_percent = Chance(random, 30) ? 5 : 0;
  options.restore_percent = Chance(random, 30) ? 8 : 0;
  options.check_each_commit = Chance(random, 30);
  return options;
}

// Some records once more, the same or learned at another time; all in another order.
void Disturb(Random& random, std::vector<std::string>& records) {
  const int duplicates[] = {0, 30, 60};
  const int duplicate_percent = duplicates[Below(random, 3)];
  const size_t once = records.size();
  for (size_t i = 0; i < once; ++i) {
    if (!Chance(random, duplicate_percent)) continue;
    std::string again = records[i];
    v1::Event event;
    if (Chance(random, 50) && event.ParseFromString(again) && event.occurred_at() != 0) {
      event.set_recorded_at(event.occurred_at() + Below(random, 3));
      again = event.SerializeAsString();
    }
    records.push_back(std::move(again));
  }
  std::shuffle(records.begin(), records.end(), random);
}

std::string InWords(const std::vector<PublishedRecord>& records) {
  std::string text;
  for (const PublishedRecord& record : records) {
    v1::Event event;
    const bool parses = event.ParseFromString(record.bytes);
    absl::StrAppend(&text, "  ", record.appended_at, ": ",
                    parses ? event.ShortDebugString() : absl::CHexEscape(record.bytes), "\n");
  }
  return text;
}

// Publishes the records to a world, some before it has settled and some after, and compares what it
// comes to with the oracle.
void RunWorld(const World::Options& options, Random& random, std::vector<std::string> records,
              const Registry& registry, const RevenueModel& model) {
  Disturb(random, records);
  World world(options, random, registry, model);
  const int all = static_cast<int>(records.size());
  const int late = Chance(random, 50) ? Below(random, all + 1) : 0;
  int published = 0;
  for (std::string& record : records) {
    if (published++ == all - late) {
      world.Settle(Below(random, 60));
    } else if (Chance(random, 20)) {
      world.Step();
    }
    world.Publish(Below(random, options.partitions), std::move(record));
  }
  world.Settle(Below(random, 200));
  const LogicalView view = world.View();
  const LogicalView should_be = Oracle(world.Published(), registry, model);
  EXPECT_TRUE(world.problems().empty()) << absl::StrJoin(world.problems(), "\n");
  const std::vector<std::string> differences = Differences(view, should_be);
  EXPECT_TRUE(differences.empty()) << absl::StrJoin(differences, "\n");
  EXPECT_EQ(ToHex(world.Digest()), ToHex(DigestOf(should_be)));
  if (testing::Test::HasFailure() && all < 100)
    std::fputs(InWords(world.Published()).c_str(), stderr);
}

std::string InWords(uint64_t seed, const World::Options& options) {
  return absl::StrCat("REVOPS_SEED=", seed, " partitions ", options.partitions, " processes ",
                      options.processes, " batches ", options.batch_max, " defer ",
                      options.defer_entries_min);
}

struct Case {
  Bodies bodies = Bodies::kToy;
  int events_max = 24;
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
  count = FromEnvironment("REVOPS_CASES", count);
  for (uint64_t seed = first_seed; seed < first_seed + count; ++seed) {
    RunCase(seed, what, registry, *model);
    if (testing::Test::HasFailure()) return;
  }
}

TEST(ConformanceTest, ToyViewsAreAFunctionOfTheSetOfEvents) { RunCases(800, 1, {}, ToyRegistry()); }

TEST(ConformanceTest, ToyViewsOfPagedJourneysAreAFunctionOfTheSetOfEvents) {
  RunCases(300, 1'000'001, {Bodies::kToy, 40}, ToyRegistry({.ledger_padding_bytes = 5000}));
}

TEST(ConformanceTest, ToyViewsOfAllKindsOfEventsAreAFunctionOfTheSetOfEvents) {
  RunCases(200, 2'000'001, {Bodies::kAll, 24}, ToyRegistry());
}

TEST(ConformanceTest, ViewsOfASimulatedCompanyAreAFunctionOfTheSetOfEvents) {
  const auto model = RevenueModel::Default();
  const Registry registry = AllProjections();
  const uint64_t count = FromEnvironment("REVOPS_COMPANIES", 6);
  for (uint64_t seed = 1; seed <= count && !HasFailure(); ++seed) {
    RunCompany(seed, registry, *model);
  }
}

TEST(ConformanceTest, BusinessViewsAreAFunctionOfTheSetOfEvents) {
  RunCases(300, 3'000'001, {Bodies::kAll, 40}, AllProjections());
}

}  // namespace
}  // namespace revops::test
