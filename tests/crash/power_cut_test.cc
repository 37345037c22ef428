// The whole engine, log and view stores, on one disk that loses what was not synced: whatever is
// cut off, every acknowledged event is there exactly once, and the views are those of a fold from
// nothing. Full disks and failing syncs before a cut are lived through.
//
// REVOPS_CYCLES: number of cuts, at least (default 16). REVOPS_SEED: the first machine's seed.

#include <atomic>
#include <iostream>
#include <memory>
#include <random>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "engine/base/clock.h"
#include "engine/ingest/ingest.h"
#include "engine/runtime/engine.h"
#include "engine/simulate/simulator.h"
#include "gtest/gtest.h"
#include "projections/registry.h"
#include "tests/support/folders.h"
#include "tests/support/logs.h"
#include "tests/support/power_cut_fs.h"
#include "tests/support/published.h"

namespace revops::test {
namespace {

constexpr int kPartitions = 3;
constexpr int kCutsPerMachine = 8;
constexpr int kMachinesAtOnce = 4;
constexpr int64_t kNow = int64_t{1'893'456'000} * 1'000'000;  // 2030, after all that is simulated

std::vector<v1::Event> SmallCompany(uint64_t seed) {
  SimulationOptions options;
  options.seed = seed;
  options.accounts = 12;
  options.days = 300;
  options.noise.late_ppm = 100'000;
  options.noise.duplicate_ppm = 50'000;
  std::vector<v1::Event> events;
  const absl::Status simulated = Simulate(options, [&](const v1::Event& event) {
    events.push_back(event);
    return absl::OkStatus();
  });
  EXPECT_TRUE(simulated.ok()) << simulated;
  return events;
}

// What runs on a machine while it has power.
struct Running {
  std::unique_ptr<EmbeddedLog> log;
  std::unique_ptr<Engine> engine;
};

class Machine final {
 public:
  explicit Machine(uint64_t seed)
      : seed_(seed),
        events_(SmallCompany(seed)),
        disk_(std::make_shared<PowerCutFs>(folder_.path(), seed)),
        env_(EnvOn(disk_)) {}

  void RunCycles() {
    for (int cycle = 0; cycle < kCutsPerMachine && !::testing::Test::HasFailure(); ++cycle) {
      SCOPED_TRACE(absl::StrCat("REVOPS_CYCLES=1 REVOPS_SEED=", seed_, ", cycle ", cycle));
      std::mt19937_64 random(seed_ * kCutsPerMachine + cycle);
      CutWhileInUse(random);
      disk_->PowerOn(random() % 2 == 0 ? PowerCutFs::Luck::kNone : PowerCutFs::Luck::kSome);
    }
    if (!::testing::Test::HasFailure()) CheckInPeace();
  }

  uint64_t acknowledged() const { return published_.acknowledged(); }
  // Stores that had to begin from nothing.
  int torn() const { return torn_; }

 private:
  absl::Status Open(Running& running) {
    EmbeddedLogOptions options = MachineTopics(kPartitions);
    options.env = env_;
    options.write_buffer_bytes = 256 << 10;  // so that flushes and merges are cut, too
    auto log = EmbeddedLog::Open(folder_.path() + "/log", std::move(options));
    if (!log.ok()) return log.status();
    running.log = std::move(*log);
    EngineOptions engine_options;
    engine_options.folder = folder_.path();
    engine_options.memory_bytes = 8 << 20;  // likewise
    engine_options.batch_records_max = 64;
    engine_options.env = env_.get();
    engine_options.journeys.defer_entries_min = 64;  // so that some are folded later
    auto engine = Engine::Open(engine_options, *running.log, registry_, RevenueModel::Default());
    if (!engine.ok()) return engine.status();
    running.engine = std::move(*engine);
    for (int p = 0; p < kPartitions; ++p) {
      torn_ += running.engine->partition(p)->store().was_emptied();
    }
    return absl::OkStatus();
  }

  // Some cuts come while the machine starts, the others while it ingests and folds, at times after
  // a full disk or failing syncs.
  void CutWhileInUse(std::mt19937_64& random) {
    disk_->CutAfter(1 + random() % (random() % 4 == 0 ? 100 : 600));
    Running running;
    const absl::Status opened = Open(running);
    if (!opened.ok()) {
      EXPECT_EQ(opened.code(), absl::StatusCode::kUnavailable) << opened;
      return;
    }
    if (!disk_->is_off()) ExpectStoresAddUp(*running.engine);
    if (random() % 3 == 0) {
      const auto fault =
          random() % 2 == 0 ? PowerCutFs::Fault::kFull : PowerCutFs::Fault::kBrokenSync;
      disk_->FailAfter(random() % 300, fault, 1 + random() % 5);
    }
    running.engine->Start();
    PublishUntilCut(running, random);
    running.engine->Stop();
    for (int p = 0; p < kPartitions; ++p) {
      const absl::Status status = running.engine->partition_status(p);
      EXPECT_TRUE(status.ok() || status.code() == absl::StatusCode::kUnavailable) << status;
    }
  }

  // As publishers do: what was not acknowledged is sent again, and at times what was.
  void PublishUntilCut(Running& running, std::mt19937_64& random) {
    Ingest ingest(*running.log, running.engine->links(), clock_);
    while (!disk_->is_off()) {
      const size_t count = 1 + random() % 40;
      const bool again = sent_ > 0 && random() % 8 == 0;
      const size_t from = again ? random() % sent_ : sent_;
      if (from >= events_.size()) return disk_->Cut();
      const size_t to = std::min(from + count, events_.size());
      const std::vector<v1::Event> batch(events_.begin() + from, events_.begin() + to);
      published_.Attempt(batch);
      const auto result = ingest.Publish(batch);
      if (!result.ok()) {
        EXPECT_EQ(result.status().code(), absl::StatusCode::kUnavailable) << result.status();
        continue;
      }
      for (const auto& refusal : result->refusals) {
        EXPECT_FALSE(refusal.has_value()) << refusal->reason;
      }
      published_.Acknowledge(batch);
      if (!again) sent_ = to;
      token_ = result->position;
    }
  }

  // With the power on: the machine catches up, and all must be right.
  void CheckInPeace() {
    SCOPED_TRACE(absl::StrCat("REVOPS_CYCLES=1 REVOPS_SEED=", seed_, ", after the last cut"));
    Running running;
    const absl::Status opened = Open(running);
    ASSERT_TRUE(opened.ok()) << opened;
    const absl::Status folded = running.engine->FoldAll();
    ASSERT_TRUE(folded.ok()) << folded;
    ASSERT_TRUE(*running.engine->Settled());
    if (token_.log != 0) {
      const absl::Status covered = running.engine->WaitCovered(token_, absl::ZeroDuration());
      EXPECT_TRUE(covered.ok()) << covered;
    }
    published_.ExpectExactlyOnce(*running.engine);
    ExpectStoresAddUp(*running.engine);
    ExpectSameAsFoldedFromNothing(*running.engine);
  }

  const uint64_t seed_;
  const std::vector<v1::Event> events_;
  const TemporaryFolder folder_;
  const std::shared_ptr<PowerCutFs> disk_;
  const std::shared_ptr<rocksdb::Env> env_;
  const Registry registry_ = AllProjections();
  const ManualClock clock_{kNow};
  Published published_;
  int torn_ = 0;
  size_t sent_ = 0;  // of events_, acknowledged
  Position token_;   // of the last acknowledgement
};

TEST(EnginePowerCutTest, EveryAcknowledgedEventIsThereExactlyOnceAfterEveryCut) {
  const uint64_t cycles = FromEnvironment("REVOPS_CYCLES", 16);
  const uint64_t first_seed = FromEnvironment("REVOPS_SEED", std::random_device()());
  const uint64_t machines = (cycles + kCutsPerMachine - 1) / kCutsPerMachine;
  std::atomic<uint64_t> next_machine{0};
  std::atomic<uint64_t> acknowledged{0};
  std::atomic<int> torn{0};
  std::vector<std::thread> rooms;  // a machine waits for its threads most of the time
  for (int room = 0; room < kMachinesAtOnce; ++room) {
    rooms.emplace_back([&] {
      for (uint64_t i = next_machine++; i < machines && !HasFailure(); i = next_machine++) {
        Machine machine(first_seed + i);
        machine.RunCycles();
        acknowledged += machine.acknowledged();
        torn += machine.torn();
      }
    });
  }
  for (std::thread& room : rooms) room.join();
  std::cout << machines * kCutsPerMachine << " cuts, " << acknowledged << " events acknowledged, "
            << torn << " torn stores made anew, REVOPS_SEED=" << first_seed << std::endl;
}

}  // namespace
}  // namespace revops::test
