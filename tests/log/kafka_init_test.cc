#include "engine/log/kafka_init.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace revops {
namespace {

using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

KafkaTopicReport CleanedUp() {
  KafkaTopicReport report;
  report.name = "dead-letters";
  report.settings.partitions = 3;
  report.settings.replication = 3;
  report.settings.configs = {{"message.timestamp.type", "LogAppendTime"},
                             {"cleanup.policy", "compact,delete"},
                             {"retention.ms", "1000"},
                             {"retention.bytes", "1000000"},
                             {"max.message.bytes", "2000000"},
                             {"min.insync.replicas", "2"}};
  return report;
}

TEST(KafkaInitTest, WhatCanBeMadeAgainMayBeCleanedUpInAnyNumberOfPartitions) {
  KafkaTopicReport report = CleanedUp();
  JudgeKafkaTopic({"dead-letters", 0, /*for_ever=*/false}, 1 << 20, report);
  EXPECT_THAT(report.misfits, IsEmpty());
}

TEST(KafkaInitTest, WhatCannotBeMadeAgainMayNot) {
  KafkaTopicReport report = CleanedUp();
  JudgeKafkaTopic({"touchpoints", 0, /*for_ever=*/true}, 1 << 20, report);
  EXPECT_EQ(report.misfits.size(), 3u);
  for (const char* word : {"cleanup.policy", "retention.ms", "retention.bytes"}) {
    EXPECT_THAT(report.misfits, Contains(HasSubstr(word)));
  }
}

}  // namespace
}  // namespace revops
