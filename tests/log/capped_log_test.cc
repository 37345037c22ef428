#include "engine/log/capped_log.h"

#include "gtest/gtest.h"
#include "tests/support/memory_log.h"

namespace revops::test {
namespace {

const TopicPartition kCapped{"touchpoints", 0};
const TopicPartition kOther{"touchpoints", 1};

TEST(CappedLogTest, APartitionEndsWhereItIsCappedHoweverTheBaseGoesOn) {
  MemoryLog base(2);
  for (const char* value : {"a", "b", "c"}) {
    ASSERT_TRUE(base.Append({{kCapped, "", value}, {kOther, "", value}}).ok());
  }
  CappedLog log(base, {{kCapped, 2}});
  EXPECT_EQ(*log.End(kCapped), 2u);
  EXPECT_EQ(*log.End(kOther), 3u);
  EXPECT_EQ(*log.Start(kCapped), 0u);
  const auto records = log.Read(kCapped, 0, {});
  ASSERT_TRUE(records.ok());
  ASSERT_EQ(records->size(), 2u);
  EXPECT_EQ((*records)[1].value, "b");
  EXPECT_TRUE(log.Read(kCapped, 2, {})->empty());
  EXPECT_TRUE(absl::IsOutOfRange(log.Read(kCapped, 3, {}).status()));
  EXPECT_EQ(log.Read(kOther, 0, {})->size(), 3u);
  EXPECT_TRUE(log.WaitBeyond(kCapped, 1, absl::ZeroDuration()));
  EXPECT_FALSE(log.WaitBeyond(kCapped, 2, absl::ZeroDuration()));
  EXPECT_TRUE(log.WaitBeyond(kOther, 2, absl::ZeroDuration()));
}

TEST(CappedLogTest, NothingCanBeAppended) {
  MemoryLog base(2);
  CappedLog log(base, {});
  EXPECT_TRUE(absl::IsFailedPrecondition(log.Append({{kOther, "", "x"}}).status()));
  EXPECT_TRUE(base.All("touchpoints").empty());
}

}  // namespace
}  // namespace revops::test
