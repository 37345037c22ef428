// Dead letters on a topic of a real broker, read back with kcat as anybody would.
#include "engine/log/kafka_outlet.h"

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "engine/runtime/topics.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/kafka/kafka_engine.h"
#include "tests/support/kafka_broker.h"

namespace revops::test {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::StartsWith;

class OutletTest : public ::testing::Test {
 protected:
  void SetUp() override {
    log_ = OpenSharedLog(prefix_);
    MakeTopics(*log_, 2);
    const absl::Status made = log_->EnsureTopic(kDeadLettersTopic, 1);
    ASSERT_TRUE(made.ok()) << made;
  }

  // "KEY|VALUE|HEADERS" of every record of the topic.
  std::vector<std::string> Told() const {
    const auto read =
        RunShell(absl::StrCat("kcat -C -q -e -b ", (*SharedBroker())->brokers(), " -t ", prefix_,
                              kDeadLettersTopic, " -f '%k|%s|%h\\n'"));
    EXPECT_TRUE(read.ok()) << read.status();
    return absl::StrSplit(*read, '\n', absl::SkipEmpty());
  }
  void PublishRaw(const std::string& bytes, int partition) const {
    const auto sent =
        RunShell(absl::StrCat("printf '", bytes, "' | kcat -P -b ", (*SharedBroker())->brokers(),
                              " -t ", prefix_, kTouchpoints, " -p ", partition));
    ASSERT_TRUE(sent.ok()) << sent.status();
  }
  // Folds everything into stores of its own.
  void FoldAnew() {
    const auto outlet = KafkaOutlet::Open(*log_, kDeadLettersTopic);
    ASSERT_TRUE(outlet.ok()) << outlet.status();
    const auto disk = NewMemoryDisk();
    EngineOptions options;
    options.folder = "/views";
    options.memory_bytes = 16 << 20;
    options.env = disk.get();
    options.dead_letters = outlet->get();
    const auto engine = Engine::Open(options, *log_, registry_, RevenueModel::Default());
    ASSERT_TRUE(engine.ok()) << engine.status();
    const absl::Status folded = (*engine)->FoldAll();
    ASSERT_TRUE(folded.ok()) << folded;
  }

  const std::string prefix_ = FreshName("outlet") + ".";
  const Registry registry_ = AllProjections();
  std::unique_ptr<KafkaLog> log_;
};

TEST_F(OutletTest, WhatDoesNotDecodeStandsOnTheTopicWithItsBytesAndWhereItCameFrom) {
  PublishRaw("no event", 1);
  FoldAnew();
  const std::vector<std::string> told = Told();
  ASSERT_EQ(told.size(), 1u);
  EXPECT_THAT(told[0],
              AllOf(StartsWith("touchpoints/1@0|no event|"), HasSubstr("revops-kind=unreadable"),
                    HasSubstr("revops-reason="), HasSubstr("revops-topic=touchpoints"),
                    HasSubstr("revops-partition=1"), HasSubstr("revops-offset=0")));
}

TEST_F(OutletTest, WhoeverFoldsTheSameRecordsAgainWritesTheSameRecordsAgain) {
  PublishRaw("no event", 0);
  PublishRaw("neither", 0);
  FoldAnew();
  const std::vector<std::string> once = Told();
  ASSERT_EQ(once.size(), 2u);
  FoldAnew();
  const std::vector<std::string> twice = Told();
  ASSERT_EQ(twice.size(), 4u);
  EXPECT_EQ(twice[2], once[0]);
  EXPECT_EQ(twice[3], once[1]);
}

TEST_F(OutletTest, AValueThatIsTooLargeIsLeftOutAndTheRestIsTold) {
  log_.reset();
  KafkaLogOptions small;
  small.record_bytes_max = 1000;
  log_ = OpenSharedLog(prefix_, small);
  const auto outlet = KafkaOutlet::Open(*log_, kDeadLettersTopic);
  ASSERT_TRUE(outlet.ok()) << outlet.status();
  const absl::Status sent =
      (*outlet)->Send({{"touchpoints/0@0", std::string(2000, 'x'), {{"revops-offset", "0"}}}});
  ASSERT_TRUE(sent.ok()) << sent;
  ASSERT_EQ(Told(), std::vector<std::string>(
                        {"touchpoints/0@0||revops-offset=0,revops-left-out=2000 bytes"}));
}

TEST_F(OutletTest, ATopicThatIsNotThereIsNamed) {
  const absl::Status missing = KafkaOutlet::Open(*log_, "nowhere").status();
  EXPECT_TRUE(absl::IsNotFound(missing)) << missing;
  EXPECT_THAT(std::string(missing.message()), HasSubstr("nowhere"));
}

}  // namespace
}  // namespace revops::test
