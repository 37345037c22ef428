#include "engine/log/kafka_topics.h"

#include <algorithm>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "engine/base/status.h"
#include "engine/log/kafka_client.h"

namespace revops {
namespace {

constexpr absl::Duration kRefreshWait = absl::Seconds(1);

bool IsUnknown(rd_kafka_resp_err_t error) {
  return error == RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART ||
         error == RD_KAFKA_RESP_ERR__UNKNOWN_TOPIC ||
         error == RD_KAFKA_RESP_ERR__UNKNOWN_PARTITION ||
         error == RD_KAFKA_RESP_ERR_TOPIC_EXCEPTION;
}

// Brokers do not tell those of a topic who have no business there.
constexpr absl::string_view kDescribeRight =
    "Describe on the topic, which Read or Write on it brings along";

// What may be the matter when nobody answers in the way that was chosen: a client that speaks
// plainly to a port with TLS, or the other way round, hears nothing but the line being cut.
std::string WayIn(const KafkaConnection& connection) {
  const auto found = connection.properties.find("security.protocol");
  std::string protocol =
      found == connection.properties.end() ? "PLAINTEXT" : absl::AsciiStrToUpper(found->second);
  const std::string asked = absl::StrCat("; asked by security.protocol ", protocol, ": ");
  if (!absl::EndsWith(protocol, "SSL")) {
    return absl::StrCat(asked,
                        "do they run there, and does this port take clients without TLS? If it "
                        "demands TLS, say security.protocol=SSL or SASL_SSL in --kafka-config");
  }
  return absl::StrCat(asked,
                      "do they run there, and does this port speak TLS? If it is plain, say "
                      "security.protocol=PLAINTEXT or SASL_PLAINTEXT in --kafka-config; if it is "
                      "not, ssl.ca.location must name who signed the brokers' certificates");
}

}  // namespace

KafkaTopics::KafkaTopics(Options options) : options_(std::move(options)) {}
KafkaTopics::~KafkaTopics() = default;

absl::StatusOr<std::unique_ptr<KafkaTopics>> KafkaTopics::Connect(Options options) {
  std::unique_ptr<KafkaTopics> topics(new KafkaTopics(std::move(options)));
  KafkaClient::Settings settings;
  settings.client_id = topics->options_.client_id;
  ASSIGN_OR_RETURN(topics->client_, KafkaClient::Make(topics->options_.connection, settings));
  rd_kafka_t* handle = topics->client_->handle();
  char* id = rd_kafka_clusterid(handle, ToMillis(topics->options_.wait_max));
  if (id == nullptr) {
    rd_kafka_poll(handle, 0);  // hears why
    const KafkaConnection& connection = topics->options_.connection;
    const absl::Status away = topics->client_->Unavailable(
        absl::StrCat("no Kafka broker answers at ", connection.brokers));
    return absl::UnavailableError(absl::StrCat(away.message(), WayIn(connection)));
  }
  topics->cluster_id_ = id;
  rd_kafka_mem_free(handle, id);
  return topics;
}

std::string KafkaTopics::NameOf(absl::string_view topic) const {
  return absl::StrCat(options_.prefix, topic);
}

absl::StatusOr<KafkaTopics::Count> KafkaTopics::Ask(absl::string_view topic,
                                                    absl::Duration wait) const {
  const std::string name = NameOf(topic);
  rd_kafka_t* handle = client_->handle();
  const rd_kafka_metadata_t* metadata = nullptr;
  const rd_kafka_resp_err_t error =
      rd_kafka_metadata(handle, 0, client_->Topic(name), &metadata, ToMillis(wait));
  rd_kafka_poll(handle, 0);
  if (error != RD_KAFKA_RESP_ERR_NO_ERROR) {
    return client_->ToStatus(error, absl::StrCat("asking for topic ", name));
  }
  Count count;
  absl::Status status = absl::NotFoundError(
      absl::StrCat("the brokers have no topic ", name, "; `revops kafka init` makes it"));
  for (int t = 0; t < metadata->topic_cnt; ++t) {
    const rd_kafka_metadata_topic_t& found = metadata->topics[t];
    if (found.topic != name || IsUnknown(found.err)) continue;
    if (found.err != RD_KAFKA_RESP_ERR_NO_ERROR &&
        found.err != RD_KAFKA_RESP_ERR_LEADER_NOT_AVAILABLE) {
      status = client_->ToStatus(found.err, absl::StrCat("topic ", name), kDescribeRight);
      continue;
    }
    if (found.partition_cnt == 0) continue;
    status = absl::OkStatus();
    count.partitions = found.partition_cnt;
    count.replication = found.partitions[0].replica_cnt;
    for (int p = 0; p < found.partition_cnt; ++p) {
      if (found.partitions[p].leader < 0) count.led = false;
      count.replication = std::min(count.replication, found.partitions[p].replica_cnt);
    }
  }
  rd_kafka_metadata_destroy(metadata);
  if (!status.ok()) return status;
  return count;
}

absl::StatusOr<int> KafkaTopics::Partitions(absl::string_view topic) const {
  {
    std::lock_guard<std::mutex> lock(mutex_);
    const auto found = seen_.find(std::string(topic));
    if (found != seen_.end()) {
      if (!found->second.status.ok()) return found->second.status;
      return found->second.partitions;
    }
  }
  ASSIGN_OR_RETURN(const Count count, Ask(topic, options_.wait_max));
  std::lock_guard<std::mutex> lock(mutex_);
  seen_[std::string(topic)].partitions = count.partitions;
  return count.partitions;
}

void KafkaTopics::Refresh() {
  std::map<std::string, Seen> seen;
  {
    std::lock_guard<std::mutex> lock(mutex_);
    seen = seen_;
  }
  for (const auto& [topic, before] : seen) {
    const absl::StatusOr<Count> now = Ask(topic, std::min(kRefreshWait, options_.wait_max));
    // Brokers that are away are asked again another time: who closes the log waits for this.
    if (absl::IsUnavailable(now.status())) return;
    // A topic that is gone for a moment may come back; one that came back another way is found by
    // whoever opens a position in it.
    if (!now.ok() || now->partitions == before.partitions) continue;
    std::lock_guard<std::mutex> lock(mutex_);
    Seen& seen = seen_[topic];
    if (seen.may_grow) {
      seen.partitions = now->partitions;
      continue;
    }
    seen.status = absl::FailedPreconditionError(absl::StrCat(
        "topic ", NameOf(topic), " had ", before.partitions, " partitions and now has ",
        now->partitions,
        "; homes of journeys depend on the count, so nothing is taken in or folded any more: copy "
        "the log to topics with the count you want (`revops kafka copy --back`, then under a new "
        "--kafka-prefix)"));
  }
}

void KafkaTopics::LetGrow(absl::string_view topic) {
  std::lock_guard<std::mutex> lock(mutex_);
  seen_[std::string(topic)].may_grow = true;
}

}  // namespace revops
