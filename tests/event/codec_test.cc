#include "engine/event/codec.h"

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/support/text_events.h"

namespace revops::test {
namespace {

using ::testing::HasSubstr;

v1::Event Minimal() { return EventOf({"e1", 0, {"contact:crm:ada"}, "page_view {}"}); }

std::string Refusal(const v1::Event& event) {
  const auto decoded = Decode(event.SerializeAsString(), 5);
  EXPECT_FALSE(decoded.ok());
  EXPECT_TRUE(absl::IsInvalidArgument(decoded.status()));
  return std::string(decoded.status().message());
}

TEST(CodecTest, CanonicalBytesLeaveOutWhenItWasLearned) {
  v1::Event event = Minimal();
  const auto first = Decode(event.SerializeAsString(), 5);
  event.set_recorded_at(17);
  const auto second = Decode(event.SerializeAsString(), 6);
  ASSERT_TRUE(first.ok() && second.ok());
  EXPECT_EQ(first->bytes, second->bytes);
  EXPECT_EQ(first->recorded_at, 5);
  EXPECT_EQ(second->recorded_at, 17);
}

TEST(CodecTest, FieldsInAnotherOrderGiveTheSameBytes) {
  v1::Event one, two = Minimal();
  one.set_id(two.id());
  two.clear_id();
  const auto a = Decode(two.SerializeAsString() + one.SerializeAsString(), 5);
  const auto b = Decode(one.SerializeAsString() + two.SerializeAsString(), 5);
  ASSERT_TRUE(a.ok() && b.ok());
  EXPECT_EQ(a->bytes, b->bytes);
}

TEST(CodecTest, CanonicalBytesDecodeToThemselves) {
  v1::Event event = Minimal();
  event.GetReflection()->MutableUnknownFields(&event)->AddVarint(4000, 7);
  const auto once = Decode(event.SerializeAsString(), 5);
  ASSERT_TRUE(once.ok());
  const auto twice = Decode(once->bytes, 5);
  ASSERT_TRUE(twice.ok());
  EXPECT_EQ(once->bytes, twice->bytes);
  EXPECT_EQ(twice->event.GetReflection()->GetUnknownFields(twice->event).field_count(), 1);
}

TEST(CodecTest, AConfluentSchemaHeaderIsPassedOver) {
  const std::string event = Minimal().SerializeAsString();
  const auto plain = Decode(event, 5);
  ASSERT_TRUE(plain.ok());
  const std::string magic_and_schema("\0\0\0\1\x2a", 5);
  // Message [0] in its short form; [0]; [1, 0] as zigzag varints: count, then indexes.
  for (const std::string& indexes :
       {std::string("\0", 1), std::string("\2\0", 2), std::string("\4\2\0", 3)}) {
    const auto framed = Decode(magic_and_schema + indexes + event, 5);
    ASSERT_TRUE(framed.ok()) << framed.status();
    EXPECT_EQ(framed->bytes, plain->bytes);
  }
  EXPECT_FALSE(Decode(magic_and_schema, 5).ok());
  EXPECT_FALSE(Decode(magic_and_schema + "\1" + event, 5).ok());              // a count of -1
  EXPECT_FALSE(Decode(magic_and_schema + std::string("\2\x80", 2), 5).ok());  // breaks off
}

TEST(CodecTest, TheHeadSaysWhatTheEventSays) {
  v1::Event event = Minimal();
  event.set_sequence(-3);
  event.set_revision(4'000'000'000);
  event.set_voided(true);
  event.set_zone("Europe/Berlin");
  *event.add_subject() = IdOfText("account:erp:acme").ToProto();
  const auto decoded = Decode(event.SerializeAsString(), 5);
  ASSERT_TRUE(decoded.ok());
  const EventHead head = ScanHead(decoded->bytes);
  EXPECT_EQ(head.id, "e1");
  EXPECT_EQ(head.source, "test");
  EXPECT_EQ(head.sequence, -3);
  EXPECT_EQ(head.revision, 4'000'000'000);
  EXPECT_TRUE(head.voided);
  ASSERT_EQ(head.subject.size(), 2);
  EXPECT_EQ(ToText(head.subject[1]), "account:erp:acme");
}

TEST(CodecTest, AnUnknownGroupOfAnOldFieldNumberDoesNotStopTheScan) {
  v1::Event event = EventOf({"e1", 0, {}, ""});
  event.GetReflection()->MutableUnknownFields(&event)->AddGroup(5)->AddVarint(1, 1);
  const auto decoded = Decode(event.SerializeAsString(), 5);
  ASSERT_TRUE(decoded.ok());
  EXPECT_EQ(ScanHead(decoded->bytes).id, "e1");
}

TEST(CodecTest, UnknownFieldsOfAnIdAreKeptAndDoNotChangeTheId) {
  v1::Event event = Minimal();
  v1::Id& id = *event.mutable_subject(0);
  id.GetReflection()->MutableUnknownFields(&id)->AddGroup(1)->AddVarint(1, 1);
  const auto decoded = Decode(event.SerializeAsString(), 5);
  ASSERT_TRUE(decoded.ok());
  EXPECT_EQ(ToText(ScanHead(decoded->bytes).subject.at(0)), "contact:crm:ada");
}

TEST(CodecTest, AnEventThatIsTooLargeOnceCanonicalIsRefusedHoweverItWasWritten) {
  // Thousands of numbers, each written in five bytes where ten are canonical.
  std::string bytes = EventOf({"e1", 0, {"contact:crm:ada"}, ""}).SerializeAsString();
  std::string skills;
  for (int i = 0; i < 6000; ++i) {
    const std::string split("\x10\xff\xff\xff\xff\x0f", 6);  // Split.share_ppm: -1, cut short
    skills += absl::StrCat("\x62", std::string(1, 6), split);
  }
  const auto varint = [](size_t value) {
    std::string out;
    for (; value > 127; value >>= 7) out.push_back(static_cast<char>(0x80 | (value & 0x7f)));
    out.push_back(static_cast<char>(value));
    return out;
  };
  const std::string fields = absl::StrCat("\x0a", varint(skills.size()), skills);
  bytes += absl::StrCat("\xe2\x08", varint(fields.size()), fields);  // opportunity_opened
  ASSERT_LE(bytes.size(), kEventBytesMax);
  const auto decoded = Decode(bytes, 5);
  EXPECT_TRUE(absl::IsInvalidArgument(decoded.status())) << decoded.status();
}

TEST(CodecTest, WhatIsMissingIsNamed) {
  v1::Event event = Minimal();
  event.clear_id();
  EXPECT_THAT(Refusal(event), HasSubstr("id is missing"));
  event = Minimal();
  event.clear_source();
  EXPECT_THAT(Refusal(event), HasSubstr("source is missing"));
  event = Minimal();
  event.clear_occurred_at();
  EXPECT_THAT(Refusal(event), HasSubstr("occurred_at is missing"));
}

TEST(CodecTest, AbsurdTimesAreRefused) {
  v1::Event event = Minimal();
  for (const int64_t at : {kOccurredAtMin - 1, kOccurredAtMax + 1, int64_t{1} << 62}) {
    event.set_occurred_at(at);
    EXPECT_THAT(Refusal(event), HasSubstr("outside the years 1900 to 2200"));
  }
}

TEST(CodecTest, SubjectsAreLimitedAndChecked) {
  v1::Event event = Minimal();
  for (int i = 0; i < 16; ++i) *event.add_subject() = event.subject(0);
  EXPECT_THAT(Refusal(event), HasSubstr("subject has 17 ids"));
  event = Minimal();
  event.mutable_subject(0)->set_kind(static_cast<v1::IdKind>(77));
  EXPECT_THAT(Refusal(event), HasSubstr("subject[0]"));
  event.mutable_subject(0)->set_kind(v1::RECORD);
  EXPECT_THAT(Refusal(event), HasSubstr("never published"));
  event = Minimal();
  event.mutable_subject(0)->set_value(std::string(257, 'x'));
  EXPECT_THAT(Refusal(event), HasSubstr("subject[0]"));
}

TEST(CodecTest, ControlCharactersInNamesAreRefused) {
  v1::Event event = Minimal();
  event.set_id(std::string("a\0b", 3));
  EXPECT_THAT(Refusal(event), HasSubstr("control character"));
}

TEST(CodecTest, BytesThatAreNoEventAreRefused) {
  EXPECT_FALSE(Decode("\xff\xff\xff", 5).ok());
  EXPECT_FALSE(Decode("", 5).ok());
  EXPECT_FALSE(Decode(std::string(kEventBytesMax + 1, 'x'), 5).ok());
  const std::string whole = Minimal().SerializeAsString();
  EXPECT_FALSE(Decode(whole.substr(0, whole.size() - 1), 5).ok());
}

TEST(CodecTest, ARecordThatDoesNotDecodeLivesUnderTheHashOfItsBytes) {
  EXPECT_EQ(RecordRoot("x"), RecordRoot("x"));
  EXPECT_NE(RecordRoot("x"), RecordRoot("y"));
  EXPECT_EQ(RecordRoot("x").kind(), v1::RECORD);
}

}  // namespace
}  // namespace revops::test
