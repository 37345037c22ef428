// Events as they were once stored must decode for ever, and mean the same.
//
// A body that is new in the contract gets a pair of files here (NAME.textproto, NAME.binpb, made
// with `protoc --encode=revops.v1.Event`); the files of old ones never change.
#include <filesystem>
#include <fstream>
#include <iterator>
#include <set>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "engine/event/codec.h"
#include "google/protobuf/descriptor.h"
#include "google/protobuf/text_format.h"
#include "google/protobuf/util/message_differencer.h"
#include "revops/v1/event.pb.h"

namespace revops::test {
namespace {

std::string ReadFile(const std::filesystem::path& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

std::filesystem::path Folder() { return std::filesystem::path(REVOPS_SOURCE_DIR) / "tests/golden"; }

TEST(GoldenTest, EveryBodyOfTheContractHasStoredBytes) {
  std::set<std::string> bodies = {"envelope"};
  const auto* body = v1::Event::descriptor()->FindOneofByName("body");
  for (int i = 0; i < body->field_count(); ++i) bodies.insert(body->field(i)->name());
  std::set<std::string> stored;
  for (const auto& file : std::filesystem::directory_iterator(Folder())) {
    if (file.path().extension() == ".binpb") stored.insert(file.path().stem());
  }
  EXPECT_EQ(stored, bodies);
}

TEST(GoldenTest, StoredBytesStillSayWhatTheySaid) {
  int checked = 0;
  for (const auto& file : std::filesystem::directory_iterator(Folder())) {
    if (file.path().extension() != ".binpb") continue;
    SCOPED_TRACE(file.path().filename().string());
    v1::Event stored;
    ASSERT_TRUE(stored.ParseFromString(ReadFile(file.path())));
    v1::Event said;
    std::filesystem::path text = file.path();
    ASSERT_TRUE(google::protobuf::TextFormat::ParseFromString(
        ReadFile(text.replace_extension(".textproto")), &said));
    EXPECT_TRUE(google::protobuf::util::MessageDifferencer::Equals(stored, said))
        << stored.DebugString();
    EXPECT_TRUE(stored.GetReflection()->GetUnknownFields(stored).empty());
    ++checked;
  }
  EXPECT_GT(checked, 50);
}

TEST(GoldenTest, CanonicalBytesOfStoredEventsAreTheStoredBytes) {
  for (const auto& file : std::filesystem::directory_iterator(Folder())) {
    if (file.path().extension() != ".binpb" || file.path().stem() == "envelope") continue;
    SCOPED_TRACE(file.path().filename().string());
    const std::string bytes = ReadFile(file.path());
    const auto decoded = Decode(bytes, 1);
    ASSERT_TRUE(decoded.ok()) << decoded.status();
    EXPECT_EQ(decoded->bytes, bytes);
  }
}

// What a newer publisher adds is kept: the bytes that go into the journal still hold it.
TEST(GoldenTest, FieldsAndBodiesOfNewerPublishersSurvive) {
  v1::Event event;
  event.set_id("1");
  event.set_source("newer");
  event.set_occurred_at(1'767'225'600'000'000);
  auto* subject = event.add_subject();
  subject->set_kind(v1::CONTACT);
  subject->set_value("42");
  std::string bytes = event.SerializeAsString();
  // Field 999, length-delimited, "body": a body this program does not know.
  const std::string unknown(
      "\xba\x3e\x04"
      "body",
      7);
  bytes += unknown;
  const auto decoded = Decode(bytes, 1);
  ASSERT_TRUE(decoded.ok()) << decoded.status();
  EXPECT_EQ(decoded->event.body_case(), v1::Event::BODY_NOT_SET);
  EXPECT_THAT(decoded->bytes, testing::EndsWith(unknown));
}

}  // namespace
}  // namespace revops::test
