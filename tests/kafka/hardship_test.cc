// A slow broker, and records that are no events: the views are those of a log without them.
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "engine/base/hash.h"
#include "engine/base/status.h"
#include "engine/runtime/topics.h"
#include "engine/simulate/simulator.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/kafka/kafka_engine.h"
#include "tests/support/kafka_broker.h"
#include "tests/support/kafka_door.h"
#include "tests/support/text_events.h"

namespace revops::test {
namespace {

TEST(KafkaHardshipTest, OverASlowBrokerTheSameIsFoldedOnlyLater) {
  const auto broker = KafkaBroker::Start({.doors = 1});
  ASSERT_TRUE(broker.ok()) << broker.status();
  KafkaDoor door(**broker, 1);
  KafkaLogOptions options;
  options.connection = (*broker)->connection();
  options.connection.brokers = door.brokers();
  const auto log = KafkaLog::Open(options);
  ASSERT_TRUE(log.ok()) << log.status();
  MakeTopics(**log, 2);

  door.Delay(absl::Milliseconds(100));
  int sent = 0;
  std::vector<NewRecord> batch;
  SimulationOptions company;
  company.accounts = 2;
  company.days = 60;
  company.stamp_recorded_at = true;
  ASSERT_TRUE(Simulate(company, [&](const v1::Event& event) {
                batch.push_back({{kTouchpoints, sent++ % 2}, "", event.SerializeAsString()});
                return absl::OkStatus();
              }).ok());
  const auto appended = (*log)->Append(batch);
  ASSERT_TRUE(appended.ok()) << appended.status();
  FoldedViews slow;
  const absl::Status folded = slow.Fold(**log);
  ASSERT_TRUE(folded.ok()) << folded;

  door.Delay(absl::ZeroDuration());
  const auto embedded = NewMemoryLog(2);
  ASSERT_TRUE(embedded->Append(batch).ok());
  FoldedViews near;
  ASSERT_TRUE(near.Fold(*embedded).ok());
  EXPECT_EQ(slow.digest(), near.digest());
  EXPECT_EQ(slow.dead_letters(), near.dead_letters());
}

// Groups within groups, as no parser should follow them.
std::string Nested(size_t depth) {
  // Field 1000 as a group: its start, and its end.
  std::string bytes;
  for (size_t i = 0; i < depth; ++i) bytes += "\xc3\x3e";
  for (size_t i = 0; i < depth; ++i) bytes += "\xc4\x3e";
  return bytes;
}

TEST(KafkaHardshipTest, PoisonedRecordsAreDeadLettersAndWhatComesAfterThemIsFolded) {
  const auto log = OpenSharedLog(FreshName("poison") + ".");
  MakeTopics(*log, 2);
  const std::string event = RecordOf({"before", 1, {"contact:crm:ada"}, "page_view {}"});
  const std::vector<std::string> poison = {
      "",
      "no event",
      std::string(1'000'000, '\xff'),
      std::string(1'000'000, '\0'),
      event.substr(0, event.size() - 1),
      event + Nested(200'000),
      Nested(100),
      // A length that reaches beyond the record, and one beyond what fits into memory.
      "\x0a\x7f",
      "\x0a\xff\xff\xff\xff\x0f",
  };
  const TopicPartition first{kTouchpoints, 0};
  ASSERT_TRUE(log->Append({{first, "", event}}).ok());
  for (const std::string& bytes : poison) {
    const auto appended = log->Append({{first, "", bytes}});
    ASSERT_TRUE(appended.ok()) << appended.status();
  }
  const std::string after = RecordOf({"after", 2, {"contact:crm:ada"}, "call {}"});
  ASSERT_TRUE(log->Append({{first, "", after}}).ok());

  FoldedViews views;
  const absl::Status folded = views.Fold(*log);
  ASSERT_TRUE(folded.ok()) << folded;
  EXPECT_EQ(views.dead_letters(), poison.size());
  FoldedViews again;
  ASSERT_TRUE(again.Fold(*log).ok());
  EXPECT_EQ(again.digest(), views.digest());
  // One that is too large never gets in.
  const auto too_large = log->Append({{first, "", std::string(2 << 20, 'x')}});
  EXPECT_EQ(too_large.status().code(), absl::StatusCode::kInvalidArgument) << too_large.status();
}

}  // namespace
}  // namespace revops::test
