#include "engine/log/embedded_log.h"

#include <unistd.h>

#include <future>
#include <memory>
#include <string>
#include <utility>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rocksdb/env.h>

#include "absl/strings/str_cat.h"
#include "engine/base/status.h"
#include "tests/support/event_log_contract.h"
#include "tests/support/folders.h"
#include "tests/support/logs.h"
#include "tests/support/power_cut_fs.h"

namespace revops::test {
namespace {
using ::testing::ElementsAre;
using ::testing::HasSubstr;

// The contract, on a disk in memory.
class EmbeddedHarness final {
 public:
  EmbeddedHarness() : disk_(NewMemoryDisk()) { Reopen(); }

  EventLog& log() { return *log_; }
  std::string topic() const { return "topic"; }
  std::string other_topic() const { return "other"; }

  void Reopen() {
    log_.reset();
    EmbeddedLogOptions options;
    options.topics = {{"topic", 3}, {"other", 1}};
    options.record_bytes_max = 64 << 10;
    options.clock = SteppedClock();
    options.env = disk_;
    auto log = EmbeddedLog::Open("/data/log", std::move(options));
    EXPECT_TRUE(log.ok()) << log.status();
    REVOPS_CHECK(log.ok());
    log_ = *std::move(log);
  }

 private:
  std::shared_ptr<rocksdb::Env> disk_;
  std::unique_ptr<EmbeddedLog> log_;
};

const TopicPartition kFirst{"touchpoints", 0};

absl::StatusOr<std::vector<Appended>> AppendOne(EventLog& log, std::string value = "value") {
  return log.Append({{kFirst, "key", std::move(value)}});
}

std::string Message(const absl::Status& status) { return std::string(status.message()); }

// Opens a log on a memory disk, with some options.
class EmbeddedLogTest : public ::testing::Test {
 protected:
  absl::StatusOr<std::unique_ptr<EmbeddedLog>> Open(EmbeddedLogOptions options) {
    options.env = disk_;
    return EmbeddedLog::Open("/log", std::move(options));
  }

  std::shared_ptr<rocksdb::Env> disk_ = NewMemoryDisk();
};

TEST_F(EmbeddedLogTest, AnotherPartitionCountIsRefusedInWords) {
  ASSERT_TRUE(Open(MachineTopics(4)).ok());
  const auto log = Open(MachineTopics(8));
  EXPECT_EQ(log.status().code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_THAT(Message(log.status()), HasSubstr("has 4 partitions, not 8"));
  EXPECT_TRUE(Open(MachineTopics(4)).ok());
}

TEST_F(EmbeddedLogTest, TopicsAskedForLaterAreAddedAndDisturbNothing) {
  ASSERT_TRUE(AppendOne(**Open(MachineTopics(2))).ok());
  EmbeddedLogOptions more;
  more.topics = {{"a first one by name", 3}};
  const auto log = Open(more);
  ASSERT_TRUE(log.ok()) << log.status();
  EXPECT_EQ(*(*log)->Partitions("a first one by name"), 3);
  EXPECT_EQ(*(*log)->Partitions("touchpoints"), 2);
  EXPECT_EQ(*(*log)->End(kFirst), 1u);
  EXPECT_EQ(*(*log)->End({"a first one by name", 2}), 0u);
}

TEST_F(EmbeddedLogTest, WithoutTopicsItOpensWhatIsThere) {
  EXPECT_TRUE(absl::IsNotFound(Open({}).status()));
  ASSERT_TRUE(Open(MachineTopics(2)).ok());
  const auto log = Open({});
  ASSERT_TRUE(log.ok()) << log.status();
  EXPECT_THAT((*log)->topics(), ElementsAre(std::pair("identities", 1), std::pair("routed", 2),
                                            std::pair("touchpoints", 2)));
}

TEST_F(EmbeddedLogTest, TopicsThatCannotBeAreRefused) {
  EmbeddedLogOptions options;
  options.topics = {{"empty", 0}};
  EXPECT_TRUE(absl::IsInvalidArgument(Open(options).status()));
  options.topics = {{"", 1}};
  EXPECT_TRUE(absl::IsInvalidArgument(Open(options).status()));
  options.topics = {{"huge", 8001}};
  EXPECT_TRUE(absl::IsInvalidArgument(Open(options).status()));
}

TEST_F(EmbeddedLogTest, ASecondOpeningIsRefusedOnAnyDisk) {
  const auto log = Open(MachineTopics(1));
  const auto second = Open(MachineTopics(1));
  EXPECT_EQ(second.status().code(), absl::StatusCode::kFailedPrecondition) << second.status();
  EXPECT_THAT(Message(second.status()), HasSubstr("/log is in use"));
}

TEST_F(EmbeddedLogTest, EachLogGetsAnIdentityOfItsOwn) {
  const auto one = EmbeddedLog::Open("/one", [&] {
    EmbeddedLogOptions options = MachineTopics(1);
    options.env = disk_;
    return options;
  }());
  const auto other = Open(MachineTopics(1));
  ASSERT_TRUE(one.ok() && other.ok());
  EXPECT_EQ((*one)->identity().size(), 32u);
  EXPECT_NE((*one)->identity(), (*other)->identity());
}

TEST_F(EmbeddedLogTest, AppendedAtDoesNotFollowAClockThatIsSetBack) {
  const auto clock = std::make_shared<ManualClock>(5000);
  EmbeddedLogOptions options = MachineTopics(2);
  options.clock = clock;
  {
    const auto log = Open(options);
    EXPECT_EQ(AppendOne(**log)->at(0).appended_at, 5000);
    clock->Set(1000);
    EXPECT_EQ(AppendOne(**log)->at(0).appended_at, 5000);
    EXPECT_EQ((*log)->Append({{{"touchpoints", 1}, "", ""}})->at(0).appended_at, 1000);
  }
  const auto log = Open(options);
  EXPECT_EQ(AppendOne(**log)->at(0).appended_at, 5000);
}

// A clock that lets whoever asks wait, so that a commit stands still while others queue up.
class GateClock final : public Clock {
 public:
  int64_t NowMicros() const override {
    asked_.set_value();
    opened_.wait();
    return 1;
  }
  int64_t MonotonicMicros() const override { return 1; }
  void WaitUntilAsked() { asked_.get_future().wait(); }
  void LetThrough() { open_.set_value(); }

 private:
  mutable std::promise<void> asked_;
  std::promise<void> open_;
  std::shared_future<void> opened_ = open_.get_future().share();
};

TEST_F(EmbeddedLogTest, TooMuchWaitingIsResourceExhaustedAndLaterFine) {
  const auto gate = std::make_shared<GateClock>();
  EmbeddedLogOptions options = MachineTopics(1);
  options.clock = gate;
  options.waiting_bytes_max = 1000;
  const auto log = Open(options);
  ASSERT_TRUE(log.ok()) << log.status();
  auto first = std::async(std::launch::async, [&] { return AppendOne(**log); });
  gate->WaitUntilAsked();
  const auto refused = AppendOne(**log, std::string(1000, 'v'));
  EXPECT_EQ(refused.status().code(), absl::StatusCode::kResourceExhausted);
  EXPECT_THAT(Message(refused.status()), HasSubstr("at most 1000 may"));
  gate->LetThrough();
  EXPECT_TRUE(first.get().ok());
  EXPECT_EQ(*(*log)->End(kFirst), 1u);
}

TEST(EmbeddedLogOnDiskTest, ASecondOpeningIsRefusedWithTheOwnersPid) {
  const TemporaryFolder folder;
  const std::string path = folder.path() + "/data/log/";
  const auto log = EmbeddedLog::Open(path, MachineTopics(1));
  ASSERT_TRUE(log.ok()) << log.status();
  const auto second = EmbeddedLog::Open(path, MachineTopics(1));
  EXPECT_EQ(second.status().code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_THAT(Message(second.status()), HasSubstr(absl::StrCat("in use by process ", getpid())));
}

// A disk that can be full.
class FailingDiskTest : public ::testing::Test {
 protected:
  FailingDiskTest() {
    EmbeddedLogOptions options = MachineTopics(1);
    options.env = EnvOn(disk_);
    auto log = EmbeddedLog::Open(folder_.path() + "/log", std::move(options));
    EXPECT_TRUE(log.ok()) << log.status();
    log_ = *std::move(log);
    EXPECT_TRUE(AppendOne(*log_, "before").ok());
  }
  ~FailingDiskTest() override { disk_->Heal(); }

  std::vector<std::string> Values() {
    std::vector<std::string> values;
    const auto records = log_->Read(kFirst, 0, {});
    EXPECT_TRUE(records.ok()) << records.status();
    if (records.ok()) {
      for (const Record& record : *records) values.push_back(record.value);
    }
    return values;
  }

  const TemporaryFolder folder_;
  const std::shared_ptr<PowerCutFs> disk_ = std::make_shared<PowerCutFs>(folder_.path(), 1);
  std::unique_ptr<EmbeddedLog> log_;
};

TEST_F(FailingDiskTest, AFullDiskIsUnavailableInWordsUntilThereIsSpaceAgain) {
  disk_->FailAfter(0, PowerCutFs::Fault::kFull);
  for (int i = 0; i < 3; ++i) {
    const auto refused = AppendOne(*log_, "while full");
    EXPECT_EQ(refused.status().code(), absl::StatusCode::kUnavailable);
    EXPECT_THAT(Message(refused.status()), HasSubstr("disk is full"));
  }
  EXPECT_TRUE(absl::IsUnavailable(log_->Read(kFirst, 0, {}).status()));
  EXPECT_TRUE(absl::IsUnavailable(log_->End(kFirst).status()));

  disk_->Heal();
  const Offset next = *log_->End(kFirst);
  EXPECT_EQ(AppendOne(*log_, "after")->at(0).offset, next);
  EXPECT_EQ(Values().front(), "before");
  EXPECT_EQ(Values().back(), "after");
}

TEST_F(FailingDiskTest, AFailedSyncIsNotAcknowledgedAndTheLogHealsItself) {
  disk_->FailAfter(0, PowerCutFs::Fault::kBrokenSync, 1);
  EXPECT_TRUE(absl::IsUnavailable(AppendOne(*log_, "perhaps").status()));
  ASSERT_TRUE(AppendOne(*log_, "after").ok());
  const std::vector<std::string> seen = Values();
  EXPECT_EQ(seen.front(), "before");
  EXPECT_EQ(seen.back(), "after");
}

}  // namespace

INSTANTIATE_TYPED_TEST_SUITE_P(Embedded, EventLogContract, EmbeddedHarness);

}  // namespace revops::test
