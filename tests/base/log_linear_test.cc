#include "engine/base/log_linear.h"

#include "gtest/gtest.h"

namespace revops {
namespace {

TEST(LogLinearTest, SmallNumbersAreExact) {
  for (int64_t number = 0; number < 128; ++number) {
    EXPECT_EQ(BucketOf(number), std::to_string(number));
    EXPECT_EQ(*MiddleOf(BucketOf(number)), number);
  }
  EXPECT_EQ(BucketOf(-5), "0");
}

TEST(LogLinearTest, TheMiddleOfABucketIsAtMostOnePercentOff) {
  for (int64_t number = 1; number < (int64_t{1} << 60); number += number / 7 + 1) {
    const int64_t middle = *MiddleOf(BucketOf(number));
    EXPECT_LE(std::abs(middle - number), number / 100) << number;
  }
  EXPECT_EQ(BucketOf(INT64_MAX), "9151314442816847872");
}

TEST(LogLinearTest, BucketsStartWhereTheOneBeforeEnds) {
  EXPECT_EQ(BucketOf(128), "128");
  EXPECT_EQ(BucketOf(129), "128");
  EXPECT_EQ(BucketOf(130), "130");
  EXPECT_EQ(BucketOf(255), "254");
  EXPECT_EQ(BucketOf(259), "256");
}

TEST(LogLinearTest, WhatNamesNoBucketIsRefused) {
  for (const char* text : {"", "129", "-1", "x", "007"}) EXPECT_FALSE(MiddleOf(text).ok()) << text;
}

}  // namespace
}  // namespace revops
