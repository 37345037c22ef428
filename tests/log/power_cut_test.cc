// The embedded log on a disk that loses what was not synced: what was acknowledged, and what was
// once read, is there after every cut, at its offset, whole.
//
// REVOPS_CYCLES: number of cuts (default 30). REVOPS_SEED: the first cut's seed.

#include <cstdlib>
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
constexpr int kCutsPerFolder = 8;

uint64_t FromEnvironment(const char* name, uint64_t otherwise) {
  const char* text = std::getenv(name);
  return text == nullptr ? otherwise : std::strtoull(text, nullptr, 10);
}

TopicPartition At(int partition) { return {"touchpoints", partition}; }

EmbeddedLogOptions OptionsOn(std::shared_ptr<rocksdb::FileSystem> disk) {
  EmbeddedLogOptions options = MachineTopics(kPartitions);
  options.file_system = std::move(disk);
  options.write_buffer_bytes = 64 << 10;  // so that flushes and merges are cut, too
  return options;
}

// What a partition must hold, in the words of who appended to it and who read it.
struct Expected {
  std::map<Offset, std::string> values;  // acknowledged or read: there for ever
  std::set<std::string> attempted;       // may be there
};

class PowerCutTest : public ::testing::Test {
 protected:
  // Appends random records from several threads until the power is off.
  void AppendUntilCut(EmbeddedLog& log, uint64_t seed) {
    std::vector<std::thread> appenders;
    for (int appender = 0; appender < kAppenders; ++appender) {
      appenders.emplace_back([this, &log, seed, appender] {
        std::mt19937_64 random(seed * kAppenders + appender);
        for (int call = 0; !disk_->is_off(); ++call) {
          AppendOnce(log, random, absl::StrCat(seed, ":", appender, ":", call));
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

  std::shared_ptr<PowerCutFs> disk_;
  std::mutex mutex_;
  std::map<int, Expected> expected_;  // by partition
};

TEST_F(PowerCutTest, EveryAcknowledgedRecordSurvivesEveryCut) {
  const uint64_t cycles = FromEnvironment("REVOPS_CYCLES", 30);
  const uint64_t first = FromEnvironment("REVOPS_SEED", std::random_device()());
  std::unique_ptr<TemporaryFolder> folder;
  uint64_t acknowledged = 0;
  for (uint64_t cycle = 0; cycle < cycles; ++cycle) {
    const uint64_t seed = first + cycle;
    SCOPED_TRACE(absl::StrCat("REVOPS_SEED=", first, ", cycle ", cycle));
    std::mt19937_64 random(seed);
    if (cycle % kCutsPerFolder == 0) {
      for (const auto& [partition, expected] : expected_) acknowledged += expected.values.size();
      expected_.clear();
      disk_.reset();
      folder = std::make_unique<TemporaryFolder>();
      disk_ = std::make_shared<PowerCutFs>(folder->path(), seed);
    }
    // Some cuts come while the log is being opened, the others while it is used.
    disk_->CutAfter(1 + random() % (random() % 4 == 0 ? 40 : 600));
    auto log = EmbeddedLog::Open(folder->path() + "/data/log", OptionsOn(disk_));
    if (log.ok()) {
      CheckAll(**log);
      if (HasFatalFailure()) return;
      if (random() % 3 == 0) {
        const auto fault =
            random() % 2 == 0 ? PowerCutFs::Fault::kFull : PowerCutFs::Fault::kBrokenSync;
        disk_->FailAfter(random() % 300, fault, 1 + random() % 5);
      }
      AppendUntilCut(**log, seed);
      log->reset();
    } else {
      ASSERT_EQ(log.status().code(), absl::StatusCode::kUnavailable) << log.status();
    }
    disk_->PowerOn(random() % 2 == 0 ? PowerCutFs::Luck::kNone : PowerCutFs::Luck::kSome);
    auto again = EmbeddedLog::Open(folder->path() + "/data/log", OptionsOn(disk_));
    ASSERT_TRUE(again.ok()) << again.status();
    CheckAll(**again);
    if (HasFailure()) return;
  }
  RecordProperty("cycles", static_cast<int>(cycles));
  RecordProperty("records", static_cast<int>(acknowledged));
}

}  // namespace
}  // namespace revops::test
