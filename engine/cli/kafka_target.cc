#include "engine/cli/kafka_target.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "engine/base/status.h"
#include "engine/cli/group_owners.h"
#include "engine/log/kafka_init.h"
#include "engine/runtime/topics.h"

namespace revops {

void AddKafkaOptions(CLI::App& app, KafkaTarget* target) {
  app.add_option(
         "--kafka", target->brokers,
         "Kafka brokers, HOST:PORT,…: the event log is theirs, and the data folder keeps the "
         "views; see revops kafka --help")
      ->envname("REVOPS_KAFKA");
  app.add_option(
         "--kafka-config", target->config_file,
         "With --kafka: a file of security properties (TLS, SASL), secrets by ${env:NAME} or "
         "${file:PATH}")
      ->envname("REVOPS_KAFKA_CONFIG");
  app.add_option("--kafka-prefix", target->prefix,
                 "With --kafka: put before the names of topics [nothing]")
      ->envname("REVOPS_KAFKA_PREFIX");
  app.add_flag(
      "--cluster", target->cluster,
      "With --kafka: ask the processes that fold the log, rather than fold it into --data");
  app.add_option("--accept-gap", target->accepted_gaps,
                 "With --kafka: go on over offsets without records, by the name that the refusal "
                 "gave them: touchpoints/3@418-420")
      ->allow_extra_args(false);
}

absl::StatusOr<KafkaLogOptions> KafkaOptionsOf(const KafkaTarget& target) {
  KafkaLogOptions options;
  ASSIGN_OR_RETURN(options.connection, LoadKafkaConnection(target.brokers, target.config_file));
  options.topic_prefix = target.prefix;
  for (const std::string& name : target.accepted_gaps) {
    ASSIGN_OR_RETURN(KafkaGap gap, ParseKafkaGap(name));
    options.accepted_gaps.insert(std::move(gap));
  }
  return options;
}

absl::StatusOr<std::unique_ptr<GroupOwners>> OwnersOf(const KafkaTarget& target,
                                                      const std::string& generation) {
  ASSIGN_OR_RETURN(const KafkaLogOptions kafka, KafkaOptionsOf(target));
  KafkaMembers::Options options;
  options.connection = kafka.connection;
  options.group = GroupOf(target, generation);
  options.topic = absl::StrCat(kafka.topic_prefix, kTouchpoints);
  ASSIGN_OR_RETURN(std::shared_ptr<KafkaMembers> members,
                   KafkaMembers::Connect(std::move(options)));
  return std::make_unique<GroupOwners>([members] { return members->Describe(); });
}

absl::StatusOr<std::unique_ptr<KafkaTopics>> TopicsOf(const KafkaTarget& target) {
  ASSIGN_OR_RETURN(const KafkaLogOptions log, KafkaOptionsOf(target));
  KafkaTopics::Options connect;
  connect.connection = log.connection;
  connect.prefix = log.topic_prefix;
  connect.client_id = log.client_id;
  connect.wait_max = log.answer_wait_max;
  return KafkaTopics::Connect(std::move(connect));
}

std::vector<std::string> TopicMisfits(const KafkaTarget& target, const std::string& routed) {
  std::vector<std::string> misfits;
  const auto log = KafkaOptionsOf(target);
  const auto topics = TopicsOf(target);
  if (!log.ok() || !topics.ok()) return misfits;
  const std::vector<KafkaTopicWish> wishes = {{.topic = kTouchpoints},
                                              {.topic = kIdentities},
                                              {.topic = routed},
                                              {.topic = kDeadLettersTopic, .for_ever = false}};
  for (const KafkaTopicWish& wish : wishes) {
    const auto report = InitKafkaTopic(**topics, wish, 0, log->record_bytes_max, false);
    if (!report.ok()) continue;
    misfits.insert(misfits.end(), report->misfits.begin(), report->misfits.end());
  }
  return misfits;
}

std::string GroupOf(const KafkaTarget& target, const std::string& generation) {
  return absl::StrCat(target.prefix, "revops-", generation);
}

absl::StatusOr<std::unique_ptr<KafkaLog>> OpenKafkaLog(const KafkaTarget& target,
                                                       const std::string& routed, int partitions) {
  ASSIGN_OR_RETURN(KafkaLogOptions options, KafkaOptionsOf(target));
  ASSIGN_OR_RETURN(std::unique_ptr<KafkaLog> log, KafkaLog::Open(std::move(options)));
  ASSIGN_OR_RETURN(const int touchpoints, log->Partitions(kTouchpoints));
  if (partitions > 0 && partitions != touchpoints) {
    return absl::FailedPreconditionError(absl::StrCat("topic ", target.prefix, kTouchpoints,
                                                      " has ", touchpoints, " partitions, not ",
                                                      partitions, "; leave out --partitions"));
  }
  ASSIGN_OR_RETURN(const int identities, log->Partitions(kIdentities));
  if (identities != 1) {
    return absl::FailedPreconditionError(absl::StrCat(
        "topic ", target.prefix, kIdentities, " has ", identities,
        " partitions, but links need one order for everybody: delete the topic if it is empty, and "
        "run `revops kafka init`"));
  }
  if (!target.cluster) {
    const absl::Status made = log->EnsureTopic(routed, touchpoints);
    if (absl::IsFailedPrecondition(made)) {
      return absl::FailedPreconditionError(absl::StrCat(
          made.message(), ", as many as ", target.prefix, kTouchpoints,
          " has now: homes of journeys depend on the count, so copy the log to topics with the new "
          "count (`revops kafka copy --back`, then under a new --kafka-prefix)"));
    }
    RETURN_IF_ERROR(made);
    return log;
  }
  const absl::Status folded = log->Partitions(routed).status();
  if (absl::IsNotFound(folded)) {
    return absl::NotFoundError(absl::StrCat(
        "no process has folded this log into generation ", routed,
        ": name their revenue model with --model, or one of their folders with --data"));
  }
  RETURN_IF_ERROR(folded);
  return log;
}

}  // namespace revops
