// 128-bit integers: what sums, money and digests are made of.
#pragma once

#include <cstdint>
#include <string>

#include "absl/strings/string_view.h"

namespace revops {

__extension__ typedef __int128 int128;
__extension__ typedef unsigned __int128 uint128;

// Big-endian bytes, 16 of them; the two are inverse. on disk: never change.
inline void AppendUint128(uint128 value, std::string& out) {
  for (int shift = 120; shift >= 0; shift -= 8) {
    out.push_back(static_cast<char>(static_cast<uint8_t>(value >> shift)));
  }
}
inline uint128 ReadUint128(const char* bytes) {
  uint128 value = 0;
  for (int i = 0; i < 16; ++i) value = (value << 8) | static_cast<uint8_t>(bytes[i]);
  return value;
}

// Decimal digits, with a sign when negative.
std::string ToDecimal(int128 value);

// 32 lower-case hex digits.
std::string ToHex(uint128 value);

}  // namespace revops
