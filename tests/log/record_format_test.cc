#include "engine/log/record_format.h"

#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "absl/strings/escaping.h"

namespace revops::test {
namespace {
constexpr StoredPartition kWhere{.topic = 0, .partition = 1};

std::string Stored(Offset offset, const std::string& key, const std::string& value) {
  std::string stored;
  AppendRecord(kWhere, offset, 3, key, value, stored);
  return stored;
}

TEST(RecordFormatTest, StoredBytesAreThoseOfTheWorkedExample) {
  EXPECT_EQ(absl::BytesToHexString(RecordKey(kWhere, 2)), "520000000000010000000000000002");
  EXPECT_EQ(absl::BytesToHexString(Stored(2, "k", "hi")), "d26d4758010000000000000003016b6869");
}

TEST(RecordFormatTest, KeysSortAsTopicThenPartitionThenOffset) {
  EXPECT_LT(RecordKey({0, 0}, 255), RecordKey({0, 0}, 256));
  EXPECT_LT(RecordKey({0, 0}, UINT64_MAX), RecordKey({0, 1}, 0));
  EXPECT_LT(RecordKey({0, 0x12345}, 9), RecordKey({1, 0}, 0));
  EXPECT_EQ(RecordKey({0, 1}, 7).substr(0, kPartitionPrefixBytes),
            RecordKey({0, 1}, 8).substr(0, kPartitionPrefixBytes));
}

TEST(RecordFormatTest, AKeyGivesItsOffsetBackAndAnotherKeyIsDataLoss) {
  EXPECT_EQ(*OffsetOfKey(RecordKey(kWhere, 1234567)), 1234567u);
  EXPECT_TRUE(absl::IsDataLoss(OffsetOfKey("D").status()));
  EXPECT_TRUE(absl::IsDataLoss(OffsetOfKey("").status()));
}

TEST(RecordFormatTest, AParsedRecordIsWhatWasAppended) {
  for (const std::string& key : {std::string(), std::string("key"), std::string(300, 'k')}) {
    for (const std::string& value : {std::string(), std::string(70000, 'v')}) {
      const auto record = ParseRecord(kWhere, 9, Stored(9, key, value));
      ASSERT_TRUE(record.ok()) << record.status();
      EXPECT_EQ(record->offset, 9u);
      EXPECT_EQ(record->appended_at, 3);
      EXPECT_EQ(record->key, key);
      EXPECT_EQ(record->value, value);
    }
  }
}

TEST(RecordFormatTest, AnyFlippedBitIsDataLoss) {
  const std::string good = Stored(2, "key", "value");
  for (size_t bit = 0; bit < 8 * good.size(); ++bit) {
    std::string damaged = good;
    damaged[bit / 8] ^= static_cast<char>(1 << bit % 8);
    EXPECT_TRUE(absl::IsDataLoss(ParseRecord(kWhere, 2, damaged).status())) << "bit " << bit;
  }
}

TEST(RecordFormatTest, ARecordCutOffAnywhereIsDataLoss) {
  const std::string good = Stored(2, "key", "value");
  for (size_t size = 0; size < good.size(); ++size) {
    EXPECT_TRUE(absl::IsDataLoss(ParseRecord(kWhere, 2, good.substr(0, size)).status())) << size;
  }
}

TEST(RecordFormatTest, ARecordInAnotherPlaceIsDataLoss) {
  const std::string stored = Stored(2, "key", "value");
  EXPECT_TRUE(absl::IsDataLoss(ParseRecord(kWhere, 3, stored).status()));
  EXPECT_TRUE(absl::IsDataLoss(ParseRecord({0, 2}, 2, stored).status()));
  EXPECT_TRUE(absl::IsDataLoss(ParseRecord({1, 1}, 2, stored).status()));
}

TEST(RecordFormatTest, ADescriptionComesBackAndADamagedOneIsDataLoss) {
  const std::string good = EncodeDescription({"name of the log", {{"touchpoints", 8}, {"x", 300}}});
  const auto description = DecodeDescription(good);
  ASSERT_TRUE(description.ok()) << description.status();
  EXPECT_EQ(description->identity, "name of the log");
  ASSERT_EQ(description->topics.size(), 2u);
  EXPECT_EQ(description->topics[0].name, "touchpoints");
  EXPECT_EQ(description->topics[1].partitions, 300);
  for (size_t i = 0; i < good.size(); ++i) {
    std::string damaged = good;
    damaged[i] ^= 0x10;
    EXPECT_TRUE(absl::IsDataLoss(DecodeDescription(damaged).status())) << "byte " << i;
    EXPECT_TRUE(absl::IsDataLoss(DecodeDescription(good.substr(0, i)).status())) << "cut at " << i;
  }
}

}  // namespace
}  // namespace revops::test
