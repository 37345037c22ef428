#include "engine/base/int128.h"

#include <algorithm>

namespace revops {

std::string ToDecimal(int128 value) {
  // Works on the magnitude: the smallest value has no positive twin.
  uint128 magnitude = value < 0 ? -static_cast<uint128>(value) : static_cast<uint128>(value);
  std::string digits;
  do {
    digits.push_back(static_cast<char>('0' + static_cast<int>(magnitude % 10)));
    magnitude /= 10;
  } while (magnitude != 0);
  if (value < 0) digits.push_back('-');
  std::reverse(digits.begin(), digits.end());
  return digits;
}

std::string ToHex(uint128 value) {
  static constexpr char kDigits[] = "0123456789abcdef";
  std::string hex(32, '0');
  for (int i = 31; i >= 0; --i, value >>= 4) hex[i] = kDigits[static_cast<int>(value & 15)];
  return hex;
}

}  // namespace revops
