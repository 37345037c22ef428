#include "engine/log/acknowledged_mark.h"

#include <memory>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rocksdb/env.h>

#include "engine/base/status.h"
#include "tests/support/logs.h"

namespace revops::test {
namespace {
constexpr uint64_t kSlotBytes = 65536;

class AcknowledgedMarkTest : public ::testing::Test {
 protected:
  AcknowledgedMarkTest() : env_(NewMemoryDisk()), disk_(env_->GetFileSystem()) {
    REVOPS_CHECK(disk_->CreateDirIfMissing("/log", {}, nullptr).ok());
    REVOPS_CHECK(AcknowledgedMark::Create(*disk_, "/log", "identity").ok());
  }

  std::unique_ptr<AcknowledgedMark> Open() {
    auto mark = AcknowledgedMark::Open(*disk_, "/log");
    EXPECT_TRUE(mark.ok()) << mark.status();
    return *std::move(mark);
  }

  void Write(const std::vector<Offset>& ends) { ASSERT_TRUE(Open()->Write(ends).ok()); }

  void Damage(uint64_t offset) {
    std::unique_ptr<rocksdb::FSRandomRWFile> file;
    REVOPS_CHECK(disk_->NewRandomRWFile("/log/MARK", {}, &file, nullptr).ok());
    REVOPS_CHECK(file->Write(offset, "damage", {}, nullptr).ok());
  }

  const std::shared_ptr<rocksdb::Env> env_;
  const std::shared_ptr<rocksdb::FileSystem> disk_;
};

TEST_F(AcknowledgedMarkTest, AFreshMarkHasNoEndsAndKnowsItsLog) {
  EXPECT_THAT(Open()->ends(), ::testing::IsEmpty());
  EXPECT_TRUE(Open()->IsOf("identity"));
  EXPECT_FALSE(Open()->IsOf("another"));
}

TEST_F(AcknowledgedMarkTest, TheLastWriteHolds) {
  for (Offset end = 1; end < 6; ++end) {
    Write({end, 2 * end});
    EXPECT_THAT(Open()->ends(), ::testing::ElementsAre(end, 2 * end));
  }
}

TEST_F(AcknowledgedMarkTest, ADamagedSlotLeavesTheOneBefore) {
  Write({1});  // the second slot
  Write({2});  // the first slot
  Damage(32);
  EXPECT_THAT(Open()->ends(), ::testing::ElementsAre(1));
  Write({3});  // the first slot again: the damage is gone
  EXPECT_THAT(Open()->ends(), ::testing::ElementsAre(3));
}

TEST_F(AcknowledgedMarkTest, TwoDamagedSlotsAreDataLoss) {
  Write({1});
  Damage(0);
  Damage(kSlotBytes + 8);
  const auto mark = AcknowledgedMark::Open(*disk_, "/log");
  EXPECT_TRUE(absl::IsDataLoss(mark.status())) << mark.status();
  EXPECT_THAT(std::string(mark.status().message()), ::testing::HasSubstr("/log/MARK"));
}

TEST_F(AcknowledgedMarkTest, AMissingFileIsNotFound) {
  EXPECT_TRUE(AcknowledgedMark::Exists(*disk_, "/log"));
  ASSERT_TRUE(disk_->DeleteFile("/log/MARK", {}, nullptr).ok());
  EXPECT_FALSE(AcknowledgedMark::Exists(*disk_, "/log"));
  EXPECT_TRUE(absl::IsNotFound(AcknowledgedMark::Open(*disk_, "/log").status()));
}

TEST_F(AcknowledgedMarkTest, AsManyPartitionsAsAreAllowedFit) {
  Write(std::vector<Offset>(AcknowledgedMark::kPartitionsMax, 7));
  Write(std::vector<Offset>(AcknowledgedMark::kPartitionsMax, 8));
  EXPECT_EQ(Open()->ends(), std::vector<Offset>(AcknowledgedMark::kPartitionsMax, 8));
}

}  // namespace
}  // namespace revops::test
