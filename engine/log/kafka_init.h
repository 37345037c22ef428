// The topics of a log on Kafka: made as they must be, or told what does not fit.
#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "engine/log/kafka_topics.h"

namespace revops {

struct KafkaTopicWish {
  std::string topic;   // as the engine calls it
  int partitions = 0;  // 0: whatever it has; a new topic gets one
  // False: what it holds can be made again, so it may be cleaned up, and is made with a retention.
  bool for_ever = true;
};

struct KafkaTopicReport {
  std::string name;  // on the brokers
  bool exists = false;
  bool made = false;  // just now
  KafkaTopicSettings settings;
  std::vector<std::string> misfits;  // each with its remedy; must be put right
  std::vector<std::string> advice;   // works, but less safely than it could
};

// Looks at a topic; makes it first if it is not there and `make`.
// replication: of a new topic; 0 or less: as KafkaTopics::Create has it. record_bytes_max: of the
// log. Errors: those of asking and making.
absl::StatusOr<KafkaTopicReport> InitKafkaTopic(KafkaTopics& topics, const KafkaTopicWish& wish,
                                                int replication, int64_t record_bytes_max,
                                                bool make);

// What of the settings does not fit. Pure.
void JudgeKafkaTopic(const KafkaTopicWish& wish, int64_t record_bytes_max,
                     KafkaTopicReport& report);

}  // namespace revops
