#include "engine/log/kafka_init.h"

#include <algorithm>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "engine/base/clock.h"
#include "engine/base/status.h"

namespace revops {
namespace {

// What Kafka puts around one record in a batch, with room for headers.
constexpr int64_t kAroundRecordBytes = 4096;
// Of a topic that need not be kept for ever. Units: milliseconds.
constexpr int64_t kRetentionMs = int64_t{30} * 24 * 3600 * 1000;
// How long brokers may take to tell each other of a new topic.
constexpr absl::Duration kKnownWithin = absl::Seconds(10);
constexpr absl::Duration kBetweenLooks = absl::Milliseconds(50);

std::string Alter(const std::string& topic, absl::string_view setting) {
  return absl::StrCat("kafka-configs --alter --entity-type topics --entity-name ", topic,
                      " --add-config ", setting);
}

}  // namespace

void JudgeKafkaTopic(const KafkaTopicWish& wish, int64_t record_bytes_max,
                     KafkaTopicReport& report) {
  const auto setting = [&](const std::string& name) {
    const auto found = report.settings.configs.find(name);
    return found == report.settings.configs.end() ? std::string() : found->second;
  };
  const auto number = [&](const std::string& name) {
    int64_t value = 0;
    return absl::SimpleAtoi(setting(name), &value) ? value : -1;
  };
  const auto misfit = [&](absl::string_view what, absl::string_view remedy) {
    report.misfits.push_back(absl::StrCat(report.name, ": ", what, "; ", remedy));
  };

  if (wish.partitions > 0 && report.settings.partitions != wish.partitions) {
    misfit(absl::StrCat("has ", report.settings.partitions, " partitions, not ", wish.partitions),
           "a count never changes: delete the topic while it is empty and run this again, or name "
           "another --kafka-prefix");
  }
  if (setting("message.timestamp.type") != "LogAppendTime") {
    misfit(absl::StrCat("message.timestamp.type is ", setting("message.timestamp.type"),
                        ", so that publishers decide when an event was recorded"),
           Alter(report.name, "message.timestamp.type=LogAppendTime"));
  }
  if (wish.for_ever && absl::StrContains(setting("cleanup.policy"), "compact")) {
    misfit(absl::StrCat("cleanup.policy is ", setting("cleanup.policy"),
                        ", and compaction removes events"),
           Alter(report.name, "cleanup.policy=delete"));
  }
  if (wish.for_ever && number("retention.ms") >= 0) {
    misfit(
        absl::StrCat("retention.ms is ", setting("retention.ms"), ", and events are kept for ever"),
        Alter(report.name, "retention.ms=-1"));
  }
  if (wish.for_ever && number("retention.bytes") >= 0) {
    misfit(absl::StrCat("retention.bytes is ", setting("retention.bytes"),
                        ", and events are kept for ever"),
           Alter(report.name, "retention.bytes=-1"));
  }
  const int64_t message_bytes = record_bytes_max + kAroundRecordBytes;
  if (number("max.message.bytes") < message_bytes) {
    misfit(absl::StrCat("max.message.bytes is ", setting("max.message.bytes"),
                        ", less than an event may have"),
           Alter(report.name, absl::StrCat("max.message.bytes=", message_bytes)));
  }
  if (setting("unclean.leader.election.enable") == "true") {
    misfit("unclean.leader.election.enable is true, which loses acknowledged events",
           Alter(report.name, "unclean.leader.election.enable=false"));
  }
  const int64_t in_sync = number("min.insync.replicas");
  if (in_sync > report.settings.replication) {
    misfit(absl::StrCat("min.insync.replicas is ", in_sync, " but there are ",
                        report.settings.replication, " replicas, so nothing can be written"),
           Alter(report.name, "min.insync.replicas=1"));
  }
  if (report.settings.replication < 3) {
    report.advice.push_back(
        absl::StrCat(report.name, " has ", report.settings.replication,
                     " replica(s): a broker's disk that is lost takes events with it; 3 are safe"));
  } else if (in_sync < 2) {
    misfit(absl::StrCat("min.insync.replicas is ", in_sync,
                        ", so that one disk may hold the only copy of an acknowledged event"),
           Alter(report.name, "min.insync.replicas=2"));
  }
}

absl::StatusOr<KafkaTopicReport> InitKafkaTopic(KafkaTopics& topics, const KafkaTopicWish& wish,
                                                int replication, int64_t record_bytes_max,
                                                bool make) {
  KafkaTopicReport report;
  report.name = topics.NameOf(wish.topic);
  absl::StatusOr<KafkaTopicSettings> found = topics.Describe(wish.topic);
  if (absl::IsNotFound(found.status())) {
    if (!make) {
      report.misfits.push_back(
          absl::StrCat(report.name, ": is not there; run `revops kafka init`"));
      return report;
    }
    KafkaTopicSettings wanted = topics.Wanted(std::max(wish.partitions, 1), record_bytes_max);
    wanted.replication = replication;
    if (!wish.for_ever) wanted.configs["retention.ms"] = absl::StrCat(kRetentionMs);
    RETURN_IF_ERROR(topics.Create(wish.topic, wanted));
    report.made = true;
    // The next broker that is asked may not know it yet.
    const SystemClock clock;
    const int64_t deadline = clock.MonotonicMicros() + absl::ToInt64Microseconds(kKnownWithin);
    do {
      found = topics.Describe(wish.topic);
      if (found.ok() || clock.MonotonicMicros() >= deadline) break;
      absl::SleepFor(kBetweenLooks);
    } while (absl::IsNotFound(found.status()) || absl::IsUnavailable(found.status()));
  }
  RETURN_IF_ERROR(found.status());
  report.exists = true;
  report.settings = *std::move(found);
  JudgeKafkaTopic(wish, record_bytes_max, report);
  return report;
}

}  // namespace revops
