#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "engine/cli/event_sink.h"
#include "engine/cli/event_source.h"
#include "tests/cli/scripted_api.h"
#include "tests/cli/user.h"

namespace revops {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

struct Screen {
  std::istringstream in;
  std::ostringstream out, err;
  Terminal terminal{in, out, err};
};

v1::Event Event(const std::string& id) {
  v1::Event event;
  event.set_id(id);
  event.set_source("web");
  return event;
}

absl::Status Ignore(const v1::Event&) { return absl::OkStatus(); }

class PublishToTest : public ::testing::Test {
 protected:
  PublishToTest() : api_(script_), writer_(PublishTo(api_, screen_.terminal)) {}

  test::Script script_;
  test::ScriptedApi api_;
  Screen screen_;
  std::unique_ptr<EventWriter> writer_;
};

TEST_F(PublishToTest, EventsGoInBatchesOfBoundedNumberAndSize) {
  for (int i = 0; i < 2100; ++i) ASSERT_TRUE(writer_->Put(Event("e")).ok());
  v1::Event large = Event("l");
  large.mutable_custom()->set_text(std::string(700'000, 'x'));
  for (int i = 0; i < 2; ++i) ASSERT_TRUE(writer_->Put(large).ok());
  ASSERT_TRUE(writer_->Finish().ok());
  EXPECT_THAT(script_.batches, ElementsAre(1000, 1000, 101, 1));
  EXPECT_EQ(writer_->summary().accepted(), 2102u);
  EXPECT_EQ(writer_->summary().token(), "t2102");
}

TEST_F(PublishToTest, RefusedEventsAreNamedAndTheOthersGoOn) {
  for (int i = 0; i < 30; ++i) {
    ASSERT_TRUE(writer_->Put(Event("good")).ok());
    ASSERT_TRUE(writer_->Put(Event("bad")).ok());
  }
  ASSERT_TRUE(writer_->Finish().ok());
  EXPECT_EQ(writer_->summary().accepted(), 30u);
  EXPECT_EQ(writer_->summary().refused(), 30u);
  EXPECT_THAT(screen_.err.str(), HasSubstr("refused: web/bad: occurred_at is absent"));
  EXPECT_THAT(screen_.err.str(), HasSubstr("refused: 10 more"));
}

TEST_F(PublishToTest, AnEngineWithTooMuchWaitingIsAskedAgain) {
  script_.busy = 2;
  ASSERT_TRUE(writer_->Put(Event("e")).ok());
  ASSERT_TRUE(writer_->Finish().ok());
  EXPECT_EQ(script_.published.size(), 1u);
}

TEST(WriteToFileTest, WhatIsWrittenIsReadAgainInBothFormats) {
  for (const EventFormat format : {EventFormat::kJsonLines, EventFormat::kBinary}) {
    const std::string file = ::testing::TempDir() + "/events";
    Screen screen;
    auto writer = WriteToFile(file, format, screen.terminal);
    ASSERT_TRUE(writer.ok());
    for (const char* id : {"a", "b\n", "ü"}) ASSERT_TRUE((*writer)->Put(Event(id)).ok());
    ASSERT_TRUE((*writer)->Finish().ok());

    std::ifstream in(file, std::ios::binary);
    std::vector<std::string> ids;
    const absl::Status status = ReadEvents(
        {in, file, format},
        [&](const v1::Event& event) {
          ids.push_back(event.id());
          return absl::OkStatus();
        },
        [](const absl::Status& why) { ADD_FAILURE() << why; });
    ASSERT_TRUE(status.ok()) << status;
    EXPECT_THAT(ids, ElementsAre("a", "b\n", "ü"));
  }
}

TEST(WriteToFileTest, AFileThatCannotBeMadeIsSaid) {
  Screen screen;
  EXPECT_EQ(WriteToFile("/nowhere/events", EventFormat::kBinary, screen.terminal).status().code(),
            absl::StatusCode::kUnavailable);
}

TEST(ReadEventsTest, BadLinesAreNamedAndGoodOnesGoOn) {
  std::istringstream in("{\"id\":\"1\"}\n\nnonsense\r\n{\"idd\":\"x\"}\n{\"id\":\"2\"}");
  std::vector<std::string> ids, refused;
  const absl::Status status = ReadEvents(
      {in, "f"},
      [&](const v1::Event& event) {
        ids.push_back(event.id());
        return absl::OkStatus();
      },
      [&](const absl::Status& why) { refused.emplace_back(why.message()); });
  ASSERT_TRUE(status.ok()) << status;
  EXPECT_THAT(ids, ElementsAre("1", "2"));
  EXPECT_THAT(refused, ElementsAre(HasSubstr("f:3: "), HasSubstr("f:4: ")));
}

TEST(ReadEventsTest, ABinarySourceThatBreaksOffIsSaid) {
  std::istringstream in(
      "\x05"
      "ab");
  const absl::Status status =
      ReadEvents({in, "f", EventFormat::kBinary}, Ignore, [](const absl::Status&) {});
  EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_THAT(std::string(status.message()), HasSubstr("f: event 1: says it has 5 bytes"));
}

TEST(ReadEventsTest, ALineWithoutEndIsNotHeld) {
  std::istringstream in(std::string(3 << 20, '{'));
  EXPECT_EQ(ReadEvents({in, "f"}, Ignore, [](const absl::Status&) {}).code(),
            absl::StatusCode::kInvalidArgument);
}

class PublishTest : public ::testing::Test {
 protected:
  PublishTest()
      : user_([this](const Target&) -> absl::StatusOr<std::unique_ptr<Api>> {
          script_ = {};
          return std::make_unique<test::ScriptedApi>(script_);
        }) {}
  test::Script script_;
  test::User user_;
};

TEST_F(PublishTest, TheAnswerIsTheCountsAndTheToken) {
  EXPECT_EQ(user_.Run({"publish"}, "{\"id\":\"1\"}\n{\"id\":\"2\"}\n"), ExitCode::kOk);
  EXPECT_EQ(user_.out,
            "accepted  refused  token\n       2        0  t2\n"
            "Into the data folder revops-data.\n");
  EXPECT_EQ(user_.Run({"publish", "--format", "json"}, ""), ExitCode::kOk);
  EXPECT_THAT(user_.out, HasSubstr("\"accepted\": 0"));
}

TEST_F(PublishTest, RefusalsHaveAnExitCode) {
  EXPECT_EQ(user_.Run({"publish"}, "{\"id\":\"1\"}\n{\"id\":\"bad\"}\nnonsense\n"),
            ExitCode::kRefused);
  EXPECT_EQ(user_.out,
            "accepted  refused  token\n       1        2  t1\nInto the data folder revops-data.\n");
  EXPECT_THAT(user_.err, HasSubstr("standard input:3: "));
  EXPECT_EQ(user_.Run({"publish", "/nowhere"}), ExitCode::kNotFound);
}

TEST_F(PublishTest, SimulatedEventsCanBePublishedAgainFromTheirFile) {
  const std::vector<std::string> simulate = {"simulate", "--days", "20", "--accounts", "5"};
  std::vector<std::string> to_file = simulate;
  to_file.insert(to_file.end(), {"--out", "-"});
  ASSERT_EQ(user_.Run(to_file), ExitCode::kOk);
  const std::string lines = user_.out;
  ASSERT_THAT(lines, HasSubstr("\"occurred_at\""));
  std::vector<std::string> to_engine = simulate;
  to_engine.insert(to_engine.end(), {"--format", "csv"});
  ASSERT_EQ(user_.Run(to_engine), ExitCode::kOk);
  const std::string summary = user_.out;
  ASSERT_EQ(user_.Run({"publish", "--format", "csv"}, lines), ExitCode::kOk);
  EXPECT_EQ(user_.out, summary);
}

}  // namespace
}  // namespace revops
