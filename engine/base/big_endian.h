// Big-endian numbers in stored bytes. on disk: never change.
#pragma once

#include <cstdint>
#include <string>

namespace revops {

template <typename Number>
void StoreBigEndian(Number value, char* out) {
  for (size_t i = 0; i < sizeof(Number); ++i) {
    out[i] = static_cast<char>(value >> (8 * (sizeof(Number) - 1 - i)));
  }
}

template <typename Number>
Number LoadBigEndian(const char* bytes) {
  Number value = 0;
  for (size_t i = 0; i < sizeof(Number); ++i) {
    value = static_cast<Number>(value << 8 | static_cast<uint8_t>(bytes[i]));
  }
  return value;
}

template <typename Number>
void AppendBigEndian(Number value, std::string& out) {
  char bytes[sizeof(Number)];
  StoreBigEndian(value, bytes);
  out.append(bytes, sizeof(Number));
}

}  // namespace revops
