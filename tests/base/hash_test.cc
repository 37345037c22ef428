#include "engine/base/hash.h"

#include <gtest/gtest.h>

namespace revops {
namespace {

int32_t SignedMurmur2(absl::string_view bytes) { return static_cast<int32_t>(Murmur2(bytes)); }

// Source: org.apache.kafka.common.utils.UtilsTest.testMurmur2.
TEST(HashTest, Murmur2AgreesWithKafkasOwnVectors) {
  EXPECT_EQ(SignedMurmur2("21"), -973932308);
  EXPECT_EQ(SignedMurmur2("foobar"), -790332482);
  EXPECT_EQ(SignedMurmur2("a-little-bit-long-string"), -985981536);
  EXPECT_EQ(SignedMurmur2("a-little-bit-longer-string"), -1486304829);
  EXPECT_EQ(SignedMurmur2("lkjh234lh9fiuh90y23oiuhsafujhadof229phr9h19h89h8"), -58897971);
  EXPECT_EQ(SignedMurmur2("abc"), 479470107);
}

TEST(HashTest, PartitionIsTheHashWithoutItsSignModuloTheCount) {
  EXPECT_EQ(PartitionFor("21", 8), static_cast<int>((-973932308 & 0x7fffffff) % 8));
  EXPECT_EQ(PartitionFor("foobar", 1), 0);
  for (const char* key : {"21", "foobar", "abc", ""}) {
    EXPECT_GE(PartitionFor(key, 7), 0);
    EXPECT_LT(PartitionFor(key, 7), 7);
  }
}

// Source: FIPS 180-4, example "abc", and the hash of the empty string.
TEST(HashTest, Sha256AgreesWithTheStandard) {
  EXPECT_EQ(Sha256Hex("abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  EXPECT_EQ(Sha256Hex(""), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  EXPECT_EQ(ToHex(Sha256Cut("abc")), "ba7816bf8f01cfea414140de5dae2223");
}

// Source: xxhsum -H2 and -H3 of the same bytes.
TEST(HashTest, Xxh3AgreesWithItsReferenceProgram) {
  EXPECT_EQ(ToHex(Hash128("")), "99aa06d3014798d86001c324468d497f");
  EXPECT_EQ(ToHex(Hash128("abc")), "06b05ab6733a618578af5f94892f3950");
  EXPECT_EQ(Hash64(""), 0x2d06800538d394c2u);
  EXPECT_EQ(Hash64("abc"), 0x78af5f94892f3950u);
}

}  // namespace
}  // namespace revops
