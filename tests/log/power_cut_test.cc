// The embedded log on a disk that loses what was not synced: what was acknowledged, and what was
// once read, is there after every cut, at its offset, whole.
//
// REVOPS_CYCLES: number of cuts, at least (default 32). REVOPS_SEED: the first machine's seed.

#include <array>
#include <atomic>
#include <cstdlib>
#include <iostream>
#include <map>
#include <memory>
#include <mutex>
#include <random>
#include <set>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"
#include "engine/log/embedded_log.h"
#include "tests/support/folders.h"
#include "tests/support/logs.h"
#include "tests/support/power_cut_fs.h"

namespace revops::test {
namespace {
constexpr int kPartitions = 3;
constexpr int kAppenders = 3;
constexpr int kCutsPerMachine = 8;
constexpr int kMachinesAtOnce = 8;

uint64_t FromEnvironment(const char* name, uint64_t otherwise) {
  const char* text = std::getenv(name);
  return text == nullptr ? otherwise : std::strtoull(text, nullptr, 10);
}

TopicPartition At(int partition) { return {"touchpoints", partition}; }

EmbeddedLogOptions OptionsOn(std::shared_ptr<PowerCutFs> disk) {
  EmbeddedLogOptions options = MachineTopics(kPartitions);
  options.env = EnvOn(std::move(disk));
  options.write_buffer_bytes = 64 << 10;  // so that flushes and merges are cut, too
  return options;
}

// What a partition must hold, in the words of who appended to it and who read it.
struct Expected {
  std::map<Offset, std::string> values;  // acknowledged or read: there for ever
  std::set<std::string> attempted;       // may be there
};

// A machine with one disk, and a few cuts of its power.
class Machine final {
 public:
  explicit Machine(uint64_t seed)
      : seed_(seed), disk_(std::make_shared<PowerCutFs>(folder_.path(), seed)) {}

  void RunCycles() {
    for (int cycle = 0; cycle < kCutsPerMachine && !::testing::Test::HasFailure(); ++cycle) {
      SCOPED_TRACE(absl::StrCat("REVOPS_CYCLES=1 REVOPS_SEED=", seed_, ", cycle ", cycle));
      std::mt19937_64 random(seed_ * kCutsPerMachine + cycle);
      CutWhileInUse(cycle, random);
      disk_->PowerOn(random() % 2 == 0 ? PowerCutFs::Luck::kNone : PowerCutFs::Luck::kSome);
      const auto log = Open();
      ASSERT_TRUE(log.ok()) << log.status();
      CheckAll(**log);
    }
  }

  // Records that are known to be there.
  uint64_t records() const {
    uint64_t sum = 0;
    for (const Expected& expected : expected_) sum += expected.values.size();
    return sum;
  }

 private:
  absl::StatusOr<std::unique_ptr<EmbeddedLog>> Open() {
    return EmbeddedLog::Open(folder_.path() + "/data/log", OptionsOn(disk_));
  }

  // Some cuts come while the log is being opened, the others while it is used, at times after a
  // full disk or failing syncs.
  void CutWhileInUse(int cycle, std::mt19937_64& random) {
    disk_->CutAfter(1 + random() % (random() % 4 == 0 ? 40 : 600));
    const auto log = Open();
    if (!log.ok()) {
      EXPECT_EQ(log.status().code(), absl::StatusCode::kUnavailable) << log.status();
      return;
    }
    CheckAll(**log);
    if (random() % 3 == 0) {
      const auto fault =
          random() % 2 == 0 ? PowerCutFs::Fault::kFull : PowerCutFs::Fault::kBrokenSync;
      disk_->FailAfter(random() % 300, fault, 1 + random() % 5);
    }
    AppendUntilCut(**log, cycle);
  }

  // Appends random records from several threads until the power is off.
  void AppendUntilCut(EmbeddedLog& log, int cycle) {
    std::vector<std::thread> appenders;
    for (int appender = 0; appender < kAppenders; ++appender) {
      appenders.emplace_back([this, &log, cycle, appender] {
        std::mt19937_64 random((seed_ * kCutsPerMachine + cycle) * kAppenders + appender);
        for (int call = 0; !disk_->is_off(); ++call) {
          AppendOnce(log, random, absl::StrCat(cycle, ":", appender, ":", call));
          if (random() % 4 == 0) ReadOnce(log, random);
        }
      });
    }
    for (std::thread& appender : appenders) appender.join();
  }

  void AppendOnce(EmbeddedLog& log, std::mt19937_64& random, const std::string& name) {
    std::vector<NewRecord> records;
    const int count = 1 + random() % 5;
    for (int i = 0; i < count; ++i) {
      std::string value = absl::StrCat(name, ":", i, " ", std::string(random() % 2000, 'v'));
      records.push_back({At(random() % kPartitions), "key", std::move(value)});
    }
    {
      std::lock_guard<std::mutex> lock(mutex_);
      for (const NewRecord& record : records) {
        expected_[record.where.partition].attempted.insert(record.value);
      }
    }
    const auto appended = log.Append(records);
    if (!appended.ok()) {
      EXPECT_EQ(appended.status().code(), absl::StatusCode::kUnavailable) << appended.status();
      return;
    }
    std::lock_guard<std::mutex> lock(mutex_);
    for (int i = 0; i < count; ++i) {
      const NewRecord& record = records[i];
      const Offset offset = (*appended)[i].offset;
      const auto known =
          expected_[record.where.partition].values.emplace(offset, record.value).first;
      EXPECT_EQ(known->second, record.value) << ToString(record.where) << "@" << offset;
    }
  }

  void ReadOnce(EmbeddedLog& log, std::mt19937_64& random) {
    const int partition = random() % kPartitions;
    const auto end = log.End(At(partition));
    if (!end.ok()) return;
    const auto records = log.Read(At(partition), random() % (*end + 1), {});
    if (!records.ok()) {
      EXPECT_EQ(records.status().code(), absl::StatusCode::kUnavailable) << records.status();
      return;
    }
    std::lock_guard<std::mutex> lock(mutex_);
    for (const Record& record : *records) {
      const auto known = expected_[partition].values.emplace(record.offset, record.value).first;
      EXPECT_EQ(known->second, record.value) << ToString(At(partition)) << "@" << record.offset;
    }
  }

  // Reads everything; what is read has to be there from now on.
  void CheckAll(EmbeddedLog& log) {
    for (int partition = 0; partition < kPartitions; ++partition) {
      Expected& expected = expected_[partition];
      const Offset end = *log.End(At(partition));
      const Offset needed = expected.values.empty() ? 0 : expected.values.rbegin()->first + 1;
      ASSERT_GE(end, needed) << ToString(At(partition));
      for (Offset next = 0; next < end;) {
        const auto records = log.Read(At(partition), next, {});
        if (disk_->is_off()) return;
        ASSERT_TRUE(records.ok()) << records.status();
        ASSERT_FALSE(records->empty());
        for (const Record& record : *records) {
          ASSERT_EQ(record.offset, next++);
          const auto known = expected.values.emplace(record.offset, record.value).first;
          ASSERT_EQ(known->second, record.value) << ToString(At(partition)) << "@" << record.offset;
          ASSERT_EQ(expected.attempted.count(record.value), 1u);
        }
      }
    }
  }

  const uint64_t seed_;
  const TemporaryFolder folder_;
  const std::shared_ptr<PowerCutFs> disk_;
  std::mutex mutex_;
  std::array<Expected, kPartitions> expected_;  // by partition
};

TEST(PowerCutTest, EveryAcknowledgedRecordSurvivesEveryCut) {
  const uint64_t cycles = FromEnvironment("REVOPS_CYCLES", 32);
  const uint64_t first_seed = FromEnvironment("REVOPS_SEED", std::random_device()());
  const uint64_t machines = (cycles + kCutsPerMachine - 1) / kCutsPerMachine;
  std::atomic<uint64_t> next_machine{0};
  std::atomic<uint64_t> records{0};
  std::vector<std::thread> rooms;  // a machine waits for RocksDB most of the time
  for (int room = 0; room < kMachinesAtOnce; ++room) {
    rooms.emplace_back([&] {
      for (uint64_t i = next_machine++; i < machines && !HasFailure(); i = next_machine++) {
        Machine machine(first_seed + i);
        machine.RunCycles();
        records += machine.records();
      }
    });
  }
  for (std::thread& room : rooms) room.join();
  std::cout << machines * kCutsPerMachine << " cuts, " << records
            << " records kept, REVOPS_SEED=" << first_seed << std::endl;
}

}  // namespace
}  // namespace revops::test
