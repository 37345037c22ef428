#include "engine/base/clock.h"

#include <gtest/gtest.h>

namespace revops {
namespace {

TEST(ClockTest, ManualTimeMovesOnlyWhenTold) {
  ManualClock clock(1'000);
  EXPECT_EQ(clock.NowMicros(), 1'000);
  EXPECT_EQ(clock.NowMicros(), 1'000);
  clock.Advance(5);
  EXPECT_EQ(clock.NowMicros(), 1'005);
  EXPECT_EQ(clock.MonotonicMicros(), 5);
}

TEST(ClockTest, SettingTheWallClockBackPassesNoTime) {
  ManualClock clock(1'000);
  clock.Set(10);
  EXPECT_EQ(clock.NowMicros(), 10);
  EXPECT_EQ(clock.MonotonicMicros(), 0);
}

TEST(ClockTest, TheSystemsMonotonicTimeNeverStepsBack) {
  const SystemClock clock;
  int64_t last = clock.MonotonicMicros();
  for (int i = 0; i < 1000; ++i) {
    const int64_t now = clock.MonotonicMicros();
    ASSERT_GE(now, last);
    last = now;
  }
}

TEST(ClockTest, TheSystemsTimeIsInMicrosecondsSinceTheEpoch) {
  constexpr int64_t kYear2020 = 1'577'836'800'000'000;
  constexpr int64_t kYear2200 = 7'258'118'400'000'000;
  EXPECT_GT(SystemClock().NowMicros(), kYear2020);
  EXPECT_LT(SystemClock().NowMicros(), kYear2200);
}

}  // namespace
}  // namespace revops
