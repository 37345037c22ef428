#include "engine/query/kpi_number.h"

#include <algorithm>

namespace revops {
namespace {

using Whole = boost::multiprecision::cpp_int;

// number × 10^decimals to the nearest, half away from zero.
Whole Scaled(const Number& number, int decimals) {
  Whole numerator = boost::multiprecision::numerator(number);
  const Whole denominator = boost::multiprecision::denominator(number);
  const bool negative = numerator < 0;
  if (negative) numerator = -numerator;
  for (int i = 0; i < decimals; ++i) numerator *= 10;
  Whole rounded = (2 * numerator + denominator) / (2 * denominator);
  return negative ? Whole(-rounded) : rounded;
}

}  // namespace

Number NumberOf(int128 whole) {
  const bool negative = whole < 0;
  const uint128 size = negative ? -static_cast<uint128>(whole) : static_cast<uint128>(whole);
  Whole value = static_cast<uint64_t>(size >> 64);
  value <<= 64;
  value += static_cast<uint64_t>(size);
  return Number(negative ? Whole(-value) : value);
}

Number NumberOfDecimal(absl::string_view text) {
  Whole digits = 0;
  Whole scale = 1;
  bool decimals = false;
  for (const char c : text) {
    if (c == '.') {
      decimals = true;
      continue;
    }
    digits = digits * 10 + (c - '0');
    if (decimals) scale *= 10;
  }
  return Number(digits) / Number(scale);
}

std::string DecimalOf(const Number& number, int decimals_max) {
  Whole scaled = Scaled(number, decimals_max);
  const bool negative = scaled < 0;
  if (negative) scaled = -scaled;
  std::string digits = scaled.str();
  if (digits.size() <= static_cast<size_t>(decimals_max)) {
    digits.insert(0, static_cast<size_t>(decimals_max) + 1 - digits.size(), '0');
  }
  std::string text = digits.substr(0, digits.size() - static_cast<size_t>(decimals_max));
  std::string decimals = digits.substr(text.size());
  while (!decimals.empty() && decimals.back() == '0') decimals.pop_back();
  if (!decimals.empty()) text += "." + decimals;
  return negative ? "-" + text : text;
}

int64_t Rounded(const Number& number) {
  const Whole whole = Scaled(number, 0);
  const Whole low = INT64_MIN;
  const Whole high = INT64_MAX;
  return static_cast<int64_t>(std::max(low, std::min(high, whole)));
}

}  // namespace revops
