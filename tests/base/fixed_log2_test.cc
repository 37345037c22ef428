#include "engine/base/fixed_log2.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <random>

namespace revops {
namespace {

constexpr long double kUlp = 0x1p-32L;
constexpr uint64_t kSeed = 17;

long double Real(int64_t q32) { return static_cast<long double>(q32) * kUlp; }

TEST(FixedLog2Test, PowersOfTwoAreExact) {
  for (int bit = 0; bit < 64; ++bit) {
    EXPECT_EQ(Log2Q32(uint64_t{1} << bit), bit * kOneQ32);
    EXPECT_EQ(Exp2Q32(bit * kOneQ32), uint64_t{1} << bit);
  }
  EXPECT_EQ(Log2Q32(1, 16), -16 * kOneQ32);
  EXPECT_EQ(Exp2Q32(-16 * kOneQ32, 20), 16u);
}

// Stored scores hold these bits; a change here breaks every digest.
TEST(FixedLog2Test, KeepsTheBitsOfKnownValues) {
  EXPECT_EQ(Log2Q32(3), 6807362106);
  EXPECT_EQ(Log2Q32(10), 14267572527);
  EXPECT_EQ(Log2Q32(std::numeric_limits<uint64_t>::max()), 64 * kOneQ32);
  EXPECT_EQ(Exp2Q32(kOneQ32 / 2, 32), 6074001000u);
  EXPECT_EQ(AddLog2Q32(0, kOneQ32), Log2Q32(3));
}

TEST(FixedLog2Test, Log2StaysWithinHalfAStep) {
  SCOPED_TRACE(kSeed);
  std::mt19937_64 random(kSeed);
  for (int round = 0; round < 200'000; ++round) {
    const uint64_t value = (random() >> (random() % 64)) | 1;
    const long double exact = std::log2(static_cast<long double>(value));
    ASSERT_LE(std::fabs(Real(Log2Q32(value)) - exact), 0.5001L * kUlp) << value;
  }
}

TEST(FixedLog2Test, Exp2StaysWithinItsStatedError) {
  SCOPED_TRACE(kSeed);
  std::mt19937_64 random(kSeed);
  for (int round = 0; round < 200'000; ++round) {
    const int fraction_bits = static_cast<int>(random() % 64);
    const int64_t whole = static_cast<int64_t>(random() % 70) - 6 - fraction_bits;
    const int64_t exponent = whole * kOneQ32 + static_cast<int64_t>(random() >> 32);
    const long double exact = std::exp2(Real(exponent) + fraction_bits);
    if (exact >= 0x1p64L) {
      ASSERT_EQ(Exp2Q32(exponent, fraction_bits), std::numeric_limits<uint64_t>::max());
      continue;
    }
    const long double got = static_cast<long double>(Exp2Q32(exponent, fraction_bits));
    // The reference's own error, a few 2^-64, is far below the bound.
    ASSERT_LE(std::fabs(got - exact), 0.5L + exact * 0x1p-56L) << exponent << " " << fraction_bits;
  }
}

TEST(FixedLog2Test, BothNeverDecrease) {
  SCOPED_TRACE(kSeed);
  std::mt19937_64 random(kSeed);
  for (int round = 0; round < 100'000; ++round) {
    const uint64_t value = (random() >> (random() % 63 + 1)) + 1;
    ASSERT_LE(Log2Q32(value), Log2Q32(value + 1)) << value;
    const int64_t exponent = static_cast<int64_t>(random() % (62 * kOneQ32));
    ASSERT_LE(Exp2Q32(exponent), Exp2Q32(exponent + 1)) << exponent;
  }
  for (int64_t whole = 0; whole < 63; ++whole) {
    ASSERT_LE(Exp2Q32(whole * kOneQ32 - 1, 1), Exp2Q32(whole * kOneQ32, 1)) << whole;
  }
}

TEST(FixedLog2Test, Exp2StopsAtTheEndsOfItsRange) {
  EXPECT_EQ(Exp2Q32(64 * kOneQ32), std::numeric_limits<uint64_t>::max());
  EXPECT_EQ(Exp2Q32(std::numeric_limits<int64_t>::max(), 63), std::numeric_limits<uint64_t>::max());
  EXPECT_EQ(Exp2Q32(std::numeric_limits<int64_t>::min(), 63), 0u);
  EXPECT_EQ(Exp2Q32(-kOneQ32), 1u);      // a half rounds up
  EXPECT_EQ(Exp2Q32(-kOneQ32 - 1), 0u);  // just below a half
}

TEST(FixedLog2Test, AddingLogarithmsAddsTheAmounts) {
  SCOPED_TRACE(kSeed);
  std::mt19937_64 random(kSeed);
  for (int round = 0; round < 200'000; ++round) {
    const int64_t a = static_cast<int64_t>(random() >> 20);
    const int64_t b = a - static_cast<int64_t>(random() % (40 * kOneQ32));
    const long double distance = Real(a - b);
    const long double exact = std::log1p(std::exp2(-distance)) / std::log(2.0L);
    ASSERT_LE(std::fabs(Real(AddLog2Q32(a, b) - a) - exact), 0.5001L * kUlp) << a << " " << b;
    ASSERT_EQ(AddLog2Q32(a, b), AddLog2Q32(b, a));
  }
}

TEST(FixedLog2Test, AddingEqualAmountsDoublesThem) {
  EXPECT_EQ(AddLog2Q32(5, 5), 5 + kOneQ32);
  EXPECT_EQ(AddLog2Q32(-5, -5), -5 + kOneQ32);
}

TEST(FixedLog2Test, AddingStopsAtTheLargestNumber) {
  constexpr int64_t kMax = std::numeric_limits<int64_t>::max();
  constexpr int64_t kMin = std::numeric_limits<int64_t>::min();
  EXPECT_EQ(AddLog2Q32(kMax, kMax), kMax);
  EXPECT_EQ(AddLog2Q32(kMax, kMin), kMax);
  EXPECT_EQ(AddLog2Q32(kMin, kMin), kMin + kOneQ32);
}

TEST(FixedLog2Test, RatiosRoundDownOnBothSidesOfZero) {
  EXPECT_EQ(RatioQ32(3, 2), kOneQ32 + kOneQ32 / 2);
  EXPECT_EQ(RatioQ32(-3, 2), -kOneQ32 - kOneQ32 / 2);
  EXPECT_EQ(RatioQ32(1, 3), kOneQ32 / 3);
  EXPECT_EQ(RatioQ32(-1, 3), -(kOneQ32 / 3) - 1);
  EXPECT_EQ(RatioQ32(std::numeric_limits<int64_t>::max(), 1), std::numeric_limits<int64_t>::max());
  EXPECT_EQ(RatioQ32(std::numeric_limits<int64_t>::min(), 1), std::numeric_limits<int64_t>::min());
}

}  // namespace
}  // namespace revops
