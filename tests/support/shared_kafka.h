// Logs on the one broker of a test program, each under topic names of its own.
#pragma once

#include <memory>
#include <string>

#include "engine/log/kafka_log.h"
#include "engine/log/kafka_topics.h"

namespace revops::test {

// Whether the tests of the whole run over Kafka (REVOPS_LOG=kafka) instead of over logs in memory.
bool OverKafka();

// A log under topic names that begin so.
std::unique_ptr<KafkaLog> OpenSharedLog(const std::string& prefix, KafkaLogOptions options = {});

// touchpoints and routed with `partitions`, identities with one.
void MakeTopics(KafkaLog& log, int partitions);

// A log with topics that no one else has.
std::unique_ptr<KafkaLog> NewSharedLog(int partitions);

// What a test does to topics.
std::unique_ptr<KafkaTopics> OpenSharedTopics(const std::string& prefix);

}  // namespace revops::test
