// A database without fsync on a disk that loses what was not synced.
#include "engine/log/refillable_db.h"

#include <fstream>
#include <memory>
#include <random>
#include <string>

#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"
#include "tests/support/folders.h"
#include "tests/support/power_cut_fs.h"

namespace revops::test {
namespace {

constexpr int kMachines = 150;

class Machine final {
 public:
  explicit Machine(uint64_t seed)
      : random_(seed),
        disk_(std::make_shared<PowerCutFs>(folder_.path(), seed)),
        env_(EnvOn(disk_)) {
    options_.env = env_.get();
    options_.write_buffer_size = 64 << 10;  // so that there are several WALs at a time
  }

  absl::StatusOr<std::unique_ptr<RefillableDb>> Open() {
    return RefillableDb::Open(options_, folder_.path() + "/db");
  }

  // Appends numbers, now and then through a new opening, until the power goes off.
  void WriteUntilCut() {
    disk_->CutAfter(20 + random_() % 150);
    auto db = Open();
    for (int number = 0; db.ok() && !disk_->is_off(); ++number) {
      if (random_() % 50 == 0) {
        db = absl::UnavailableError("closed");
        db = Open();
        if (!db.ok()) break;
      }
      rocksdb::WriteBatch batch;
      batch.Put(absl::StrCat("number ", number), std::string(4 << 10, 'x'));
      if (!(*db)->Write(batch).ok()) break;
    }
    disk_->Cut();
  }

  void PowerOn() { disk_->PowerOn(PowerCutFs::Luck::kSome); }

  std::mt19937_64 random_;
  const TemporaryFolder folder_;
  const std::shared_ptr<PowerCutFs> disk_;
  const std::shared_ptr<rocksdb::Env> env_;
  rocksdb::Options options_;
};

// How many numbers are there; -1 if one is missing before another.
int NumbersIn(RefillableDb& db) {
  int found = 0;
  const std::unique_ptr<rocksdb::Iterator> at(db->NewIterator({}));
  for (at->Seek("number "); at->Valid() && at->key().starts_with("number "); at->Next()) ++found;
  for (int number = 0; number < found; ++number) {
    std::string value;
    if (!db->Get({}, absl::StrCat("number ", number), &value).ok()) return -1;
  }
  return found;
}

TEST(RefillableDbTest, APowerCutLeavesABeginningOfWhatWasWrittenOrNothing) {
  int kept = 0, emptied = 0;
  for (uint64_t seed = 1; seed <= kMachines; ++seed) {
    SCOPED_TRACE(seed);
    Machine machine(seed);
    machine.WriteUntilCut();
    machine.PowerOn();
    const auto db = machine.Open();
    ASSERT_TRUE(db.ok()) << db.status();
    const int numbers = NumbersIn(**db);
    ASSERT_GE(numbers, 0) << "a number is missing before another";
    if ((*db)->was_emptied()) {
      EXPECT_EQ(numbers, 0);
      ++emptied;
    }
    kept += numbers > 0;
  }
  // Else it was not tried.
  EXPECT_GT(kept, 0);
  EXPECT_GT(emptied, 0);
}

TEST(RefillableDbTest, WhatWasWrittenIsThereWhenItIsOpenedAgain) {
  Machine machine(1);
  for (int number = 0; number < 5; ++number) {
    const auto db = machine.Open();
    ASSERT_TRUE(db.ok()) << db.status();
    EXPECT_FALSE((*db)->was_emptied());
    EXPECT_EQ(NumbersIn(**db), number);
    rocksdb::WriteBatch batch;
    batch.Put(absl::StrCat("number ", number), "");
    ASSERT_TRUE((*db)->Write(batch).ok());
  }
}

TEST(RefillableDbTest, ARemovalThatIsCutOffLeavesAnEmptyDatabase) {
  int removed_in_part = 0;
  for (int cut_after = 1; cut_after <= 12; ++cut_after) {
    SCOPED_TRACE(cut_after);
    Machine machine(cut_after);
    {
      const auto db = machine.Open();
      rocksdb::WriteBatch batch;
      batch.Put("number 0", "");
      ASSERT_TRUE((*db)->Write(batch).ok());
      ASSERT_TRUE((**db)->Flush({}).ok());
    }
    machine.disk_->CutAfter(cut_after);
    const absl::Status removed =
        RefillableDb::Remove(machine.options_, machine.folder_.path() + "/db");
    machine.disk_->Cut();
    machine.PowerOn();
    const auto db = machine.Open();
    ASSERT_TRUE(db.ok()) << db.status();
    EXPECT_EQ((*db)->was_emptied(), false);
    removed_in_part += !removed.ok() && NumbersIn(**db) == 0;
  }
  EXPECT_GT(removed_in_part, 0);
}

TEST(RefillableDbTest, ItIsOpenOnce) {
  Machine machine(1);
  const auto db = machine.Open();
  ASSERT_TRUE(db.ok()) << db.status();
  EXPECT_EQ(machine.Open().status().code(), absl::StatusCode::kFailedPrecondition);
}

TEST(RefillableDbTest, DamageIsSaid) {
  Machine machine(1);
  ASSERT_TRUE(machine.Open().ok());
  std::ofstream(machine.folder_.path() + "/db/CURRENT", std::ios::trunc) << "nonsense\n";
  EXPECT_EQ(machine.Open().status().code(), absl::StatusCode::kDataLoss);
}

}  // namespace
}  // namespace revops::test
