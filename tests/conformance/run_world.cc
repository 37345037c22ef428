#include "tests/conformance/run_world.h"

#include <algorithm>
#include <cstdio>
#include <cstdlib>

#include "absl/strings/escaping.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "gtest/gtest.h"
#include "tests/support/oracle.h"

namespace revops::test {
namespace {

constexpr int kManyRecords = 2000;  // above it, steps between two records become rare

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

}  // namespace

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

std::string InWords(uint64_t seed, const World::Options& options) {
  return absl::StrCat("REVOPS_SEED=", seed, " partitions ", options.partitions, " processes ",
                      options.processes, " batches ", options.batch_max, " defer ",
                      options.defer_entries_min);
}

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
    } else if (all < kManyRecords ? Chance(random, 20) : Below(random, all) < kManyRecords / 10) {
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

}  // namespace revops::test
