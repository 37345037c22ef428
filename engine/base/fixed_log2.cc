#include "engine/base/fixed_log2.h"

#include <algorithm>
#include <array>
#include <limits>

#include "engine/base/int128.h"
#include "engine/base/status.h"

namespace revops {
namespace {

// "Q63": an unsigned number with 63 fraction bits; a mantissa lies in [1, 2).
constexpr uint64_t kOneQ63 = uint64_t{1} << 63;
constexpr int kFractionBits = 32;

// The product of two mantissas, rounded down: in [1, 4), so 65 bits.
constexpr uint128 MultiplyQ63(uint64_t a, uint64_t b) { return static_cast<uint128>(a) * b >> 63; }

// floor(sqrt(value)), digit by digit.
constexpr uint64_t SquareRoot(uint128 value) {
  uint64_t root = 0;
  for (uint64_t bit = kOneQ63; bit != 0; bit >>= 1) {
    const uint128 candidate = root | bit;
    if (candidate * candidate <= value) root |= bit;
  }
  return root;
}

// powers[k] = 2^(2^-(k+1)) in Q63: the square root of two, its square root, and so on.
constexpr std::array<uint64_t, kFractionBits> MakePowers() {
  std::array<uint64_t, kFractionBits> powers{};
  uint128 last = static_cast<uint128>(kOneQ63) << 1;
  for (int k = 0; k < kFractionBits; ++k) {
    powers[k] = SquareRoot(last << 63);
    last = powers[k];
  }
  return powers;
}
constexpr std::array<uint64_t, kFractionBits> kPowers = MakePowers();

// log2 of a mantissa in [1, 2), rounded to Q32: 0 .. kOneQ32.
// Squaring doubles the logarithm; its whole part is the next bit. What rounding down loses in step
// k counts 2^-k times, in all less than 2^-61; the 33rd bit rounds.
int64_t MantissaLog2(uint64_t mantissa) {
  int64_t bits = 0;
  for (int k = 0; k <= kFractionBits; ++k) {
    const uint128 square = MultiplyQ63(mantissa, mantissa);
    const bool carries = square >> 64 != 0;
    bits = bits << 1 | (carries ? 1 : 0);
    mantissa = static_cast<uint64_t>(carries ? square >> 1 : square);
  }
  return (bits + 1) >> 1;
}

// 2^fraction for a Q32 fraction in [0, 1), as a mantissa. At most 32 products, each with an error
// of 2^-62 relative: below 2^-56 together.
uint64_t MantissaExp2(uint32_t fraction) {
  uint64_t mantissa = kOneQ63;
  for (int k = 0; k < kFractionBits; ++k) {
    if ((fraction >> (kFractionBits - 1 - k) & 1) == 0) continue;
    // Below 2 whatever rounding does: both factors are rounded down.
    mantissa = static_cast<uint64_t>(MultiplyQ63(mantissa, kPowers[k]));
  }
  return mantissa;
}

int64_t Clamp(int128 value) {
  constexpr int64_t kMin = std::numeric_limits<int64_t>::min();
  constexpr int64_t kMax = std::numeric_limits<int64_t>::max();
  return value < kMin ? kMin : value > kMax ? kMax : static_cast<int64_t>(value);
}

}  // namespace

int64_t Log2Q32(uint64_t value, int fraction_bits) {
  REVOPS_CHECK(value >= 1);
  REVOPS_CHECK(fraction_bits >= 0 && fraction_bits <= 63);
  const int leading_zeros = __builtin_clzll(value);
  const int64_t whole = 63 - leading_zeros - fraction_bits;
  return whole * kOneQ32 + MantissaLog2(value << leading_zeros);
}

uint64_t Exp2Q32(int64_t exponent_q32, int fraction_bits) {
  REVOPS_CHECK(fraction_bits >= 0 && fraction_bits <= 63);
  const int64_t whole = (exponent_q32 >> kFractionBits) + fraction_bits;
  const uint64_t mantissa = MantissaExp2(static_cast<uint32_t>(exponent_q32));
  if (whole > 63) return std::numeric_limits<uint64_t>::max();
  if (whole < -1) return 0;
  // The mantissa's value is mantissa / 2^63; one more bit decides the rounding.
  const uint128 doubled = (static_cast<uint128>(mantissa) << 1) >> (63 - whole);
  return static_cast<uint64_t>((doubled + 1) >> 1);
}

int64_t AddLog2Q32(int64_t a_q32, int64_t b_q32) {
  const int64_t larger = std::max(a_q32, b_q32);
  const int128 distance = static_cast<int128>(larger) - std::min(a_q32, b_q32);
  if (distance == 0) return Clamp(static_cast<int128>(larger) + kOneQ32);
  // 2^-34 and less moves the sum by less than half of 2^-32.
  if (distance >= 34 * static_cast<int128>(kOneQ32)) return larger;

  // 2^-distance = 2^fraction / 2^shift with a fraction in [0, 1).
  const int64_t negative = -static_cast<int64_t>(distance);
  const int shift = static_cast<int>(-(negative >> kFractionBits));
  const uint64_t smaller_q63 = MantissaExp2(static_cast<uint32_t>(negative)) >> shift;
  return Clamp(static_cast<int128>(larger) + MantissaLog2(kOneQ63 + smaller_q63));
}

int64_t RatioQ32(int64_t numerator, int64_t denominator) {
  REVOPS_CHECK(denominator > 0);
  const int128 scaled = static_cast<int128>(numerator) * kOneQ32;
  int128 quotient = scaled / denominator;
  if (scaled % denominator < 0) --quotient;
  return Clamp(quotient);
}

}  // namespace revops
