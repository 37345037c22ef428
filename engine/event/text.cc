#include "engine/event/text.h"

#include <cstdint>

namespace revops {

// Source: Unicode Standard, table 3-7, well-formed UTF-8 byte sequences.
bool IsPlainText(absl::string_view text) {
  const auto* p = reinterpret_cast<const uint8_t*>(text.data());
  const uint8_t* end = p + text.size();
  const auto continues = [&](const uint8_t* at, uint8_t low = 0x80, uint8_t high = 0xbf) {
    return at < end && *at >= low && *at <= high;
  };
  while (p < end) {
    const uint8_t c = *p;
    if (c < 0x80) {
      if (c < 0x20 || c == 0x7f) return false;
      p += 1;
    } else if (c >= 0xc2 && c <= 0xdf) {
      if (!continues(p + 1)) return false;
      p += 2;
    } else if (c >= 0xe0 && c <= 0xef) {
      const uint8_t low = c == 0xe0 ? 0xa0 : 0x80;
      const uint8_t high = c == 0xed ? 0x9f : 0xbf;
      if (!continues(p + 1, low, high) || !continues(p + 2)) return false;
      p += 3;
    } else if (c >= 0xf0 && c <= 0xf4) {
      const uint8_t low = c == 0xf0 ? 0x90 : 0x80;
      const uint8_t high = c == 0xf4 ? 0x8f : 0xbf;
      if (!continues(p + 1, low, high) || !continues(p + 2) || !continues(p + 3)) return false;
      p += 4;
    } else {
      return false;
    }
  }
  return true;
}

}  // namespace revops
