#include "engine/runtime/rate_window.h"

#include "gtest/gtest.h"

namespace revops {
namespace {

constexpr int64_t kSecond = 1'000'000;

TEST(RateWindowTest, TheSecondUnderWayIsLeftOut) {
  RateWindow rate;
  EXPECT_EQ(rate.PerSecond(5 * kSecond), 0u);
  rate.Add(5 * kSecond, 100);
  EXPECT_EQ(rate.PerSecond(6 * kSecond - 1), 0u);
  EXPECT_EQ(rate.PerSecond(6 * kSecond), 100u);
  rate.Add(6 * kSecond + 1, 40);
  rate.Add(6 * kSecond + 2, 40);
  EXPECT_EQ(rate.PerSecond(7 * kSecond), 90u);
}

TEST(RateWindowTest, TenSecondsCountAndOlderOnesAreForgotten) {
  RateWindow rate;
  for (int second = 0; second < 30; ++second) rate.Add(second * kSecond, second);
  // 20 + … + 29 = 245
  EXPECT_EQ(rate.PerSecond(30 * kSecond), 24u);
  EXPECT_EQ(rate.PerSecond(39 * kSecond), 2u);  // 29
  EXPECT_EQ(rate.PerSecond(40 * kSecond), 0u);
  EXPECT_EQ(rate.PerSecond(400 * kSecond), 0u);
}

}  // namespace
}  // namespace revops
