// Base-2 logarithms and powers over integers only: the same bits on every machine and compiler.
//
// Scores that decay are stored as log2(points) + t / half-life, a constant that needs no clock.
// libm's results differ between machines, so these are our own.
//
// Shape: "Q32" is a signed 64-bit fixed-point number with 32 fraction bits: 1.5 is 3 << 31.
// Results of Log2Q32, AddLog2Q32 and RatioQ32 are stored in rows. on disk: never change.
#pragma once

#include <cstdint>

namespace revops {

inline constexpr int64_t kOneQ32 = int64_t{1} << 32;

// log2(value / 2^fraction_bits), to the nearest 2^-32. Exact for powers of two, never decreasing.
// REQUIRES: value >= 1, 0 <= fraction_bits <= 63.
// Error: below 0.5001 * 2^-32.
int64_t Log2Q32(uint64_t value, int fraction_bits = 0);

// 2^exponent * 2^fraction_bits, to the nearest integer; 0 when it vanishes, the largest uint64_t
// when it does not fit. Exact for whole exponents, never decreasing.
// REQUIRES: 0 <= fraction_bits <= 63.
// Error: below 0.5 + result * 2^-56.
uint64_t Exp2Q32(int64_t exponent_q32, int fraction_bits = 0);

// log2(2^a + 2^b): two amounts added that are known by their logarithms. Symmetric; not
// associative, so the order of adding is part of a stored result.
// Error: below 0.5001 * 2^-32. Stops at the largest int64_t.
int64_t AddLog2Q32(int64_t a_q32, int64_t b_q32);

// numerator / denominator, rounded down to 2^-32, kept within int64_t. REQUIRES: denominator > 0.
int64_t RatioQ32(int64_t numerator, int64_t denominator);

}  // namespace revops
