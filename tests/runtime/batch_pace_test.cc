#include "engine/runtime/batch_pace.h"

#include "gtest/gtest.h"

namespace revops {
namespace {

// What a pace comes to where every record costs so much.
int Settled(BatchPace& pace, absl::Duration record) {
  for (int i = 0; i < 40; ++i) pace.Took(pace.records(), pace.records() * record);
  return pace.records();
}

TEST(BatchPaceTest, ABatchTakesAsLongWhateverARecordCosts) {
  BatchPace pace(65'536);
  EXPECT_NEAR(Settled(pace, absl::Microseconds(50)), 16'000, 10);
  EXPECT_NEAR(Settled(pace, absl::Microseconds(500)), 1'600, 2);
  EXPECT_NEAR(Settled(pace, absl::Microseconds(100)), 8'000, 10);
}

TEST(BatchPaceTest, NoBatchIsLargerThanAllowedOrTooSmallToBeWorthIt) {
  BatchPace pace(3'000);
  EXPECT_EQ(Settled(pace, absl::Nanoseconds(1)), 3'000);
  EXPECT_EQ(Settled(pace, absl::Seconds(1)), 256);
  EXPECT_EQ(BatchPace(64).records(), 64);
}

TEST(BatchPaceTest, OneBatchChangesItByTheFactorOfTwoAtMost) {
  BatchPace pace(65'536);
  const int first = pace.records();
  pace.Took(first, absl::Microseconds(1));
  EXPECT_EQ(pace.records(), 2 * first);
  pace.Took(2 * first, absl::Seconds(100));
  EXPECT_EQ(pace.records(), first);
}

TEST(BatchPaceTest, SmallBatchesOfOneWhoIsNotBehindSayNothing) {
  BatchPace pace(65'536);
  const int first = pace.records();
  pace.Took(0, absl::Milliseconds(20));
  pace.Took(1, absl::Seconds(2));
  EXPECT_EQ(pace.records(), first);
}

}  // namespace
}  // namespace revops
