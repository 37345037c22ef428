// P1 to P3 of DESIGN.md §1: a settled view is a function of the set of events and the model.
//
// Each case is a world (tests/support/world.h) drawn from its seed. A failing case prints the seed;
// REVOPS_SEED=<it> runs that case alone, REVOPS_CASES=<n> sets how many cases each test runs,
// REVOPS_EVENTS=<n> how many events a case has at most (small ones are easier to understand).
#include <cstdlib>
#include <string>

#include "absl/strings/escaping.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "gtest/gtest.h"
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

struct Case {
  Bodies bodies = Bodies::kToy;
  int events_max = 24;
};

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

void RunCase(uint64_t seed, const Case& what, const Registry& registry, const RevenueModel& model) {
  Random random(seed);
  const World::Options options = AnyOptions(random);
  SCOPED_TRACE(absl::StrCat("REVOPS_SEED=", seed, " partitions ", options.partitions, " processes ",
                            options.processes, " batches ", options.batch_max, " defer ",
                            options.defer_entries_min));
  std::vector<std::string> records = RandomRecords(
      random,
      1 + Below(random, static_cast<int>(FromEnvironment("REVOPS_EVENTS", what.events_max))),
      what.bodies);
  const int duplicates[] = {0, 30, 60};
  const int duplicate_percent = duplicates[Below(random, 3)];
  for (size_t i = 0; i < records.size(); ++i) {
    if (!Chance(random, duplicate_percent)) continue;
    std::string again = records[i];
    v1::Event event;
    if (Chance(random, 50) && event.ParseFromString(again) && event.occurred_at() != 0) {
      // The same event, learned at another time.
      event.set_recorded_at(event.occurred_at() + Below(random, 3));
      again = event.SerializeAsString();
    }
    records.push_back(std::move(again));
  }
  std::shuffle(records.begin(), records.end(), random);

  World world(options, random, registry, model);
  const int late = Chance(random, 50) ? Below(random, static_cast<int>(records.size()) + 1) : 0;
  int published = 0;
  for (std::string& record : records) {
    // Those that come late meet a view that has settled or nearly so.
    if (published++ == static_cast<int>(records.size()) - late) {
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
  if (testing::Test::HasFailure()) std::fputs(InWords(world.Published()).c_str(), stderr);
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

}  // namespace
}  // namespace revops::test
