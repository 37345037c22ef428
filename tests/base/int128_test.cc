#include "engine/base/int128.h"

#include <gtest/gtest.h>

#include <cstring>

namespace revops {
namespace {

constexpr int128 kMax = static_cast<int128>(~uint128{0} >> 1);

TEST(Int128Test, WritesDecimalDigitsUpToBothEnds) {
  EXPECT_EQ(ToDecimal(0), "0");
  EXPECT_EQ(ToDecimal(-7), "-7");
  EXPECT_EQ(ToDecimal(kMax), "170141183460469231731687303715884105727");
  EXPECT_EQ(ToDecimal(-kMax - 1), "-170141183460469231731687303715884105728");
}

TEST(Int128Test, WritesAll32HexDigits) {
  EXPECT_EQ(ToHex(0), std::string(32, '0'));
  EXPECT_EQ(ToHex(~uint128{0}), std::string(32, 'f'));
  EXPECT_EQ(ToHex(0xabc), std::string(29, '0') + "abc");
}

TEST(Int128Test, BytesAreBigEndianAndReadBackTheSame) {
  const uint128 value = (uint128{0x0011223344556677} << 64) | 0x8899aabbccddeeff;
  std::string bytes = "x";
  AppendUint128(value, bytes);
  ASSERT_EQ(bytes.size(), 17u);
  EXPECT_EQ(bytes[1], '\x00');
  EXPECT_EQ(bytes[16], '\xff');
  EXPECT_TRUE(ReadUint128(bytes.data() + 1) == value);
}

TEST(Int128Test, ByteOrderIsNumberOrder) {
  std::string small, large;
  AppendUint128(0xff, small);
  AppendUint128(uint128{1} << 64, large);
  EXPECT_LT(std::memcmp(small.data(), large.data(), 16), 0);
}

}  // namespace
}  // namespace revops
