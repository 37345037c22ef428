// Exact fractions of any size: what formulas are worked out in. They become decimals only when an
// answer is written.
#pragma once

#include <boost/multiprecision/cpp_int.hpp>
#include <string>

#include "absl/strings/string_view.h"
#include "engine/base/int128.h"

namespace revops {

using Number = boost::multiprecision::number<boost::multiprecision::cpp_rational_backend,
                                             boost::multiprecision::et_off>;

inline constexpr int kDecimalsMax = 9;

Number NumberOf(int128 whole);

// Of decimal digits: "0.25". REQUIRES: IsDecimal (engine/model/formula.h).
Number NumberOfDecimal(absl::string_view text);

// Decimal digits: exact if `decimals_max` decimals do, else rounded half away from zero.
std::string DecimalOf(const Number& number, int decimals_max = kDecimalsMax);

// To the nearest whole number, half away from zero; what lies beyond 64 bits becomes their end.
int64_t Rounded(const Number& number);

}  // namespace revops
