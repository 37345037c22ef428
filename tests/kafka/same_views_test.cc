// The same events over Kafka and over the embedded log give the same views, to the byte.
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "engine/base/hash.h"
#include "engine/base/status.h"
#include "engine/log/log_copy.h"
#include "engine/runtime/topics.h"
#include "engine/simulate/simulator.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/kafka/kafka_engine.h"
#include "tests/support/kafka_broker.h"

namespace revops::test {
namespace {
using ::testing::HasSubstr;

// A company's events as records of `touchpoints`, each with its time of recording.
const std::vector<std::string>& CompanyEvents() {
  static const auto* events = [] {
    auto* made = new std::vector<std::string>;
    SimulationOptions options;
    options.accounts = 4;
    options.days = 300;
    options.stamp_recorded_at = true;
    REVOPS_CHECK(Simulate(options, [&](const v1::Event& event) {
                   made->push_back(event.SerializeAsString());
                   return absl::OkStatus();
                 }).ok());
    return made;
  }();
  return *events;
}

// As plain clients write: spread by a key that means nothing.
void AppendCompany(EventLog& log, int partitions) {
  std::vector<NewRecord> records;
  for (size_t i = 0; i < CompanyEvents().size(); ++i) {
    const std::string key = absl::StrCat("any ", i);
    records.push_back({{kTouchpoints, PartitionFor(key, partitions)}, key, CompanyEvents()[i]});
    if (records.size() < 500 && i + 1 < CompanyEvents().size()) continue;
    const auto appended = log.Append(std::move(records));
    ASSERT_TRUE(appended.ok()) << appended.status();
    records.clear();
  }
}

TEST(SameViewsTest, ACompanyOverKafkaHasTheDigestItHasOverTheEmbeddedLog) {
  const auto embedded = NewMemoryLog(3);
  AppendCompany(*embedded, 3);
  FoldedViews here;
  ASSERT_TRUE(here.Fold(*embedded).ok());
  ASSERT_GT(here.read(), 1000u);

  // Another number of partitions, so that other events meet in other stores on other ways.
  const auto kafka = OpenSharedLog(FreshName("same") + ".");
  MakeTopics(*kafka, 5);
  AppendCompany(*kafka, 5);
  FoldedViews there;
  const absl::Status folded = there.Fold(*kafka);
  ASSERT_TRUE(folded.ok()) << folded;
  EXPECT_EQ(there.digest(), here.digest());
  EXPECT_EQ(there.dead_letters(), here.dead_letters());
}

// A log that was copied to Kafka and back.
class CopyTest : public ::testing::Test {
 protected:
  static constexpr int kPartitions = 2;

  static void CopyAll(EventLog& source, EventLog& copy, const CopyOptions& options = {}) {
    for (const TopicPartition& where :
         {TopicPartition{kIdentities, 0}, {kTouchpoints, 0}, {kTouchpoints, 1}}) {
      const auto count = CopyPartition(source, copy, where, options);
      ASSERT_TRUE(count.ok()) << count.status();
      EXPECT_EQ(*copy.End(where), *source.End(where));
    }
  }

  void SetUp() override {
    AppendCompany(*embedded_, kPartitions);
    ASSERT_TRUE(original_.Fold(*embedded_).ok());
    MakeTopics(*kafka_, kPartitions);
  }

  const std::string prefix_ = FreshName("copy") + ".";
  const std::unique_ptr<EmbeddedLog> embedded_ = NewMemoryLog(kPartitions);
  const std::unique_ptr<KafkaLog> kafka_ = OpenSharedLog(prefix_);
  FoldedViews original_;
};

TEST_F(CopyTest, ViewsOfTheCopyOnKafkaAndOfTheCopyBackHaveTheDigestOfTheOriginal) {
  CopyAll(*embedded_, *kafka_);
  FoldedViews on_kafka;
  ASSERT_TRUE(on_kafka.Fold(*kafka_).ok());
  EXPECT_EQ(on_kafka.digest(), original_.digest());

  const auto back = NewMemoryLog(kPartitions);
  CopyAll(*kafka_, *back);
  FoldedViews there_and_back;
  ASSERT_TRUE(there_and_back.Fold(*back).ok());
  EXPECT_EQ(there_and_back.digest(), original_.digest());
}

TEST_F(CopyTest, WhatPlainClientsWroteKeepsItsTimesOnTheWayBack) {
  CopyAll(*embedded_, *kafka_);
  // Without recorded_at, under a schema header; and what is no event.
  v1::Event event;
  ASSERT_TRUE(event.ParseFromString(CompanyEvents()[0]));
  event.set_id("from a plain client");
  event.clear_recorded_at();
  const std::string header("\0\0\0\1\x2a\0", 6);
  ASSERT_TRUE(kafka_
                  ->Append({{{kTouchpoints, 1}, "k", header + event.SerializeAsString()},
                            {{kTouchpoints, 0}, "", "no event"}})
                  .ok());
  FoldedViews on_kafka;
  ASSERT_TRUE(on_kafka.Fold(*kafka_).ok());
  EXPECT_EQ(on_kafka.dead_letters(), original_.dead_letters() + 1);

  const auto stamps = std::make_shared<ManualClock>(1);
  EmbeddedLogOptions options = MachineTopics(kPartitions);
  options.clock = stamps;
  options.env = NewMemoryDisk();
  const auto back = EmbeddedLog::Open("/log", std::move(options));
  ASSERT_TRUE(back.ok()) << back.status();
  CopyOptions how;
  how.stamps = stamps.get();
  CopyAll(*kafka_, **back, how);
  FoldedViews there_and_back;
  ASSERT_TRUE(there_and_back.Fold(**back).ok());
  EXPECT_EQ(there_and_back.digest(), on_kafka.digest());
}

TEST_F(CopyTest, ACopyThatWasCutShortIsFinishedByCopyingAgain) {
  // As a process that ended after its first records.
  const TopicPartition where{kTouchpoints, 0};
  const auto first = embedded_->Read(where, 0, {.records_max = 7});
  ASSERT_TRUE(first.ok());
  for (const Record& record : *first) {
    ASSERT_TRUE(kafka_->Append({{where, record.key, record.value}}).ok());
  }
  const auto count = CopyPartition(*embedded_, *kafka_, where, {});
  ASSERT_TRUE(count.ok()) << count.status();
  EXPECT_EQ(count->found, 7u);
  EXPECT_EQ(count->copied, *embedded_->End(where) - 7);
  EXPECT_EQ(*kafka_->End(where), *embedded_->End(where));
  EXPECT_EQ(CopyPartition(*embedded_, *kafka_, where, {})->copied, 0u);
}

TEST_F(CopyTest, ACopyOfSomethingElseIsLeftAloneAndNamed) {
  const TopicPartition where{kTouchpoints, 0};
  ASSERT_TRUE(kafka_->Append({{where, "key", "something else"}}).ok());
  const auto refused = CopyPartition(*embedded_, *kafka_, where, {});
  EXPECT_EQ(refused.status().code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_THAT(std::string(refused.status().message()), HasSubstr("touchpoints/0@0"));
  EXPECT_EQ(*kafka_->End(where), 1u);
}

}  // namespace
}  // namespace revops::test
