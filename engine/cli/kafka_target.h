// The Kafka cluster that a command works on, and its log opened for the engine.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include <CLI/CLI.hpp>

#include "absl/status/statusor.h"
#include "engine/cli/open.h"
#include "engine/log/kafka_log.h"
#include "engine/log/kafka_topics.h"

namespace revops {

class GroupOwners;

// --kafka, --kafka-config, --kafka-prefix, --cluster and --accept-gap.
void AddKafkaOptions(CLI::App& app, KafkaTarget* target);

// The connection and prefix of a target that names brokers.
// Errors: kInvalidArgument; kNotFound if a file or variable is not there.
absl::StatusOr<KafkaLogOptions> KafkaOptionsOf(const KafkaTarget& target);

// The consumer group of the processes that fold a generation.
std::string GroupOf(const KafkaTarget& target, const std::string& generation);

// Who owns which partition of it, asked from now on.
absl::StatusOr<std::unique_ptr<GroupOwners>> OwnersOf(const KafkaTarget& target,
                                                      const std::string& generation);

// Its topics, to be looked at and made.
absl::StatusOr<std::unique_ptr<KafkaTopics>> TopicsOf(const KafkaTarget& target);

// What of the topics that hold events, and of `routed`, would lose some of them or misdate them,
// each with its remedy, as `revops kafka init --check` says it. Nothing if nobody may look.
std::vector<std::string> TopicMisfits(const KafkaTarget& target, const std::string& routed);

// Opens the log, whose topics `revops kafka init` has made, and makes the generation's own topic
// `routed` if it is not there yet, unless target.cluster.
// Errors: kNotFound if a topic is missing; kFailedPrecondition if `identities` has more than one
// partition or `partitions` (0: whatever there is) is not the count of `touchpoints`; those of
// KafkaLog::Open.
absl::StatusOr<std::unique_ptr<KafkaLog>> OpenKafkaLog(const KafkaTarget& target,
                                                       const std::string& routed, int partitions);

}  // namespace revops
