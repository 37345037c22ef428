// What tests do to topics on the shared broker, and publishers that do there what they should not.
#pragma once

#include <string>
#include <vector>

#include "engine/log/event_log.h"
#include "engine/log/kafka_topics.h"

namespace revops::test {

// Deletes a topic, waits until its name is free, and makes it again, empty.
void MakeAnew(KafkaTopics& topics, const std::string& topic, int partitions);

// Waits until the partition has come so far. Fails the test if it does not within a minute.
void AwaitEnd(const KafkaTopics& topics, const TopicPartition& where, Offset end);

// Publishes in one transaction, whose mark takes an offset after the records. Topic: its name on
// the broker.
void PublishInTransaction(const std::string& topic, int partition,
                          const std::vector<std::string>& values, bool commit);

}  // namespace revops::test
