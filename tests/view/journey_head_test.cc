#include "engine/view/journey_head.h"

#include "gtest/gtest.h"

namespace revops {
namespace {

JourneyHead Example() {
  JourneyHead head;
  head.root = Id(v1::ACCOUNT, "crm", "acme");
  head.entries = 300;
  head.last_key = "last";
  head.deferred = 2;
  head.tenures.push_back({"key", Id(v1::CONTACT, "crm", "ada"), true, Id()});
  head.names = {1, 2, 0xffffffffffffffff};
  head.ids = {Id(v1::CONTACT, "crm", "ada"), Id(v1::CONTACT, "crm", "bob")};
  head.rows = {{{0, "ada"}, "row 0 ada"}, {{0, "bob"}, ""}, {{2, "ada"}, "row 2 ada"}};
  head.tail_entries = 1;
  head.tail = "the tail";
  return head;
}

TEST(JourneyHeadTest, WhatIsEncodedDecodes) {
  const std::string bytes = EncodeHead(Example());
  const auto head = DecodeHead(bytes);
  ASSERT_TRUE(head.ok()) << head.status();
  EXPECT_EQ(EncodeHead(*head), bytes);
  EXPECT_EQ(head->tenures.front().person, Id(v1::CONTACT, "crm", "ada"));
}

TEST(JourneyHeadTest, AViewFindsWhatDecodingFinds) {
  const std::string bytes = EncodeHead(Example());
  const auto head = ViewHead(bytes);
  ASSERT_TRUE(head.ok()) << head.status();
  EXPECT_EQ(Id::FromBytes(head->root), Example().root);
  EXPECT_FALSE(head->paged);
  EXPECT_EQ(head->deferred, 2u);
  EXPECT_EQ(std::string(head->tail), "the tail");
  absl::string_view row;
  for (const RowSet::Row& expected : Example().rows) {
    ASSERT_TRUE(head->FindRow(expected.key.projection, expected.key.entity, row));
    EXPECT_EQ(std::string(row), expected.bytes);
  }
  EXPECT_FALSE(head->FindRow(1, "ada", row));
  EXPECT_FALSE(head->FindRow(2, "bob", row));
  EXPECT_FALSE(head->FindRow(255, "ada", row));
}

TEST(JourneyHeadTest, ACutOrForeignHeadIsDataLoss) {
  const std::string bytes = EncodeHead(Example());
  const size_t whole = bytes.size() - Example().tail.size();  // a tail may be of any length
  for (size_t size = 0; size < whole; ++size) {
    EXPECT_EQ(DecodeHead(bytes.substr(0, size)).status().code(), absl::StatusCode::kDataLoss);
    EXPECT_EQ(ViewHead(bytes.substr(0, size)).status().code(), absl::StatusCode::kDataLoss);
  }
  EXPECT_EQ(ViewHead("\x09" + bytes.substr(1)).status().code(), absl::StatusCode::kDataLoss);
}

}  // namespace
}  // namespace revops
