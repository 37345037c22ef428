// Writing and reading the engine's own stored bytes: varints, zigzag, length-prefixed bytes.
//
// The same primitives as Protocol Buffers' wire format. on disk: never change.
#pragma once

#include <cstdint>
#include <string>

#include "absl/strings/string_view.h"

namespace revops {

inline void PutVarint(uint64_t value, std::string& out) {
  while (value >= 0x80) {
    out.push_back(static_cast<char>(value | 0x80));
    value >>= 7;
  }
  out.push_back(static_cast<char>(value));
}

inline uint64_t ZigZag(int64_t value) {
  return (static_cast<uint64_t>(value) << 1) ^ static_cast<uint64_t>(value >> 63);
}
inline int64_t UnZigZag(uint64_t value) {
  return static_cast<int64_t>(value >> 1) ^ -static_cast<int64_t>(value & 1);
}

inline void PutSigned(int64_t value, std::string& out) { PutVarint(ZigZag(value), out); }

inline void PutBytes(absl::string_view bytes, std::string& out) {
  PutVarint(bytes.size(), out);
  out.append(bytes.data(), bytes.size());
}

// Big-endian with the sign bit flipped, so that bytes sort as numbers do.
inline void PutOrdered64(int64_t value, std::string& out) {
  const uint64_t biased = static_cast<uint64_t>(value) ^ (uint64_t{1} << 63);
  for (int shift = 56; shift >= 0; shift -= 8) out.push_back(static_cast<char>(biased >> shift));
}
inline int64_t ReadOrdered64(const char* bytes) {
  uint64_t value = 0;
  for (int i = 0; i < 8; ++i) value = (value << 8) | static_cast<uint8_t>(bytes[i]);
  return static_cast<int64_t>(value ^ (uint64_t{1} << 63));
}

// Reads what the functions above wrote. After the first failure every read gives zero or empty and
// ok() stays false, so that a caller checks once, at the end.
class WireReader {
 public:
  explicit WireReader(absl::string_view bytes)
      : at_(bytes.data()), end_(bytes.data() + bytes.size()) {}

  bool ok() const { return ok_; }
  bool done() const { return at_ == end_; }
  size_t left() const { return static_cast<size_t>(end_ - at_); }
  const char* position() const { return at_; }

  uint64_t Varint() {
    uint64_t value = 0;
    for (int shift = 0; shift < 64 && at_ < end_; shift += 7) {
      const auto byte = static_cast<uint8_t>(*at_++);
      value |= static_cast<uint64_t>(byte & 0x7f) << shift;
      if (byte < 0x80) return value;
    }
    Fail();
    return 0;
  }
  int64_t Signed() { return UnZigZag(Varint()); }
  uint8_t Byte() {
    if (at_ < end_) return static_cast<uint8_t>(*at_++);
    Fail();
    return 0;
  }
  absl::string_view Bytes() { return Raw(Varint()); }
  absl::string_view Raw(uint64_t size) {
    if (size > left()) {
      Fail();
      return {};
    }
    const absl::string_view bytes(at_, size);
    at_ += size;
    return bytes;
  }
  void Fail() {
    ok_ = false;
    at_ = end_;
  }

 private:
  const char* at_;
  const char* end_;
  bool ok_ = true;
};

}  // namespace revops
