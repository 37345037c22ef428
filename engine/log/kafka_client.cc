#include "engine/log/kafka_client.h"

#include <algorithm>
#include <future>
#include <thread>
#include <utility>

#include "absl/strings/str_cat.h"
#include "engine/base/status.h"

namespace revops {
namespace {

constexpr absl::Duration kCloseWaitMax = absl::Seconds(5);

// What librdkafka would print; what matters comes as an error too.
void DropLog(const rd_kafka_t*, int, const char*, const char*) {}

// Known, but not allowed.
bool MayNot(rd_kafka_resp_err_t error) {
  return error == RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED ||
         error == RD_KAFKA_RESP_ERR_GROUP_AUTHORIZATION_FAILED ||
         error == RD_KAFKA_RESP_ERR_CLUSTER_AUTHORIZATION_FAILED;
}

absl::StatusCode CodeOf(rd_kafka_resp_err_t error) {
  switch (error) {
    case RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED:
    case RD_KAFKA_RESP_ERR_GROUP_AUTHORIZATION_FAILED:
    case RD_KAFKA_RESP_ERR_CLUSTER_AUTHORIZATION_FAILED:
    case RD_KAFKA_RESP_ERR__AUTHENTICATION:
    case RD_KAFKA_RESP_ERR_SASL_AUTHENTICATION_FAILED:
      return absl::StatusCode::kPermissionDenied;
    case RD_KAFKA_RESP_ERR_MSG_SIZE_TOO_LARGE:
    case RD_KAFKA_RESP_ERR_RECORD_LIST_TOO_LARGE:
    case RD_KAFKA_RESP_ERR_INVALID_CONFIG:
    case RD_KAFKA_RESP_ERR_INVALID_REPLICATION_FACTOR:
    case RD_KAFKA_RESP_ERR_INVALID_PARTITIONS:
    case RD_KAFKA_RESP_ERR_POLICY_VIOLATION:
    case RD_KAFKA_RESP_ERR_INVALID_RECORD:
      return absl::StatusCode::kFailedPrecondition;
    default:
      // What a client cannot know better may pass.
      return absl::StatusCode::kUnavailable;
  }
}

}  // namespace

int ToMillis(absl::Duration duration) {
  // Up: who has less than a millisecond left to wait would ask again and again until it is over.
  duration = absl::Ceil(duration, absl::Milliseconds(1));
  return static_cast<int>(std::clamp<int64_t>(absl::ToInt64Milliseconds(duration), 0, 1 << 30));
}

absl::StatusOr<std::unique_ptr<KafkaClient>> KafkaClient::Make(const KafkaConnection& connection,
                                                               Settings settings) {
  std::map<std::string, std::string> properties = {
      {"bootstrap.servers", connection.brokers},
      {"client.id", settings.client_id},
      {"socket.nagle.disable", "true"},
      {"socket.keepalive.enable", "true"},
      {"topic.metadata.refresh.interval.ms", "30000"},
      {"allow.auto.create.topics", "false"},
      {"reconnect.backoff.max.ms", "1000"},
      // Not asked for without need: the client's own log goes nowhere.
      {"log.connection.close", "false"},
  };
  if (settings.type == RD_KAFKA_PRODUCER) properties.erase("allow.auto.create.topics");
  // What was asked of a broker that has died since waits so long before it is asked elsewhere.
  properties["socket.timeout.ms"] = "8000";
  for (const auto& [name, value] : connection.properties) properties[name] = value;
  for (const auto& [name, value] : settings.properties) properties[name] = value;

  std::unique_ptr<KafkaClient> client(new KafkaClient);
  client->settings_ = std::move(settings);
  rd_kafka_conf_t* conf = rd_kafka_conf_new();
  char words[512] = {};
  for (const auto& [name, value] : properties) {
    if (rd_kafka_conf_set(conf, name.c_str(), value.c_str(), nullptr, 0) == RD_KAFKA_CONF_OK) {
      continue;
    }
    rd_kafka_conf_destroy(conf);
    // librdkafka's own words would hold the value, which may be a secret.
    return absl::InvalidArgumentError(absl::StrCat("librdkafka does not take the value of ", name,
                                                   " (or does not know this property)"));
  }
  rd_kafka_conf_set_opaque(conf, client.get());
  rd_kafka_conf_set_log_cb(conf, &DropLog);
  rd_kafka_conf_set_error_cb(conf, &KafkaClient::Failed);
  if (client->settings_.delivered != nullptr) {
    rd_kafka_conf_set_dr_msg_cb(
        conf, [](rd_kafka_t* handle, const rd_kafka_message_t* message, void* self) {
          const Settings& known = static_cast<KafkaClient*>(self)->settings_;
          known.delivered(handle, message, known.opaque);
        });
  }
  if (client->settings_.rebalance != nullptr) {
    rd_kafka_conf_set_rebalance_cb(
        conf, [](rd_kafka_t* handle, rd_kafka_resp_err_t event,
                 rd_kafka_topic_partition_list_t* partitions, void* self) {
          const Settings& known = static_cast<KafkaClient*>(self)->settings_;
          known.rebalance(handle, event, partitions, known.opaque);
        });
  }
  client->handle_ = rd_kafka_new(client->settings_.type, conf, words, sizeof(words));
  if (client->handle_ == nullptr) {
    rd_kafka_conf_destroy(conf);
    return absl::InvalidArgumentError(absl::StrCat("the Kafka client cannot start: ", words));
  }
  return client;
}

KafkaClient::~KafkaClient() {
  if (handle_ == nullptr) return;
  for (const auto& [name, topic] : topics_) rd_kafka_topic_destroy(topic);
  auto ended = std::make_shared<std::promise<void>>();
  std::future<void> end = ended->get_future();
  std::thread([handle = handle_, ended] {
    rd_kafka_destroy_flags(handle, RD_KAFKA_DESTROY_F_NO_CONSUMER_CLOSE);
    ended->set_value();
  }).detach();
  end.wait_for(absl::ToChronoMilliseconds(kCloseWaitMax));
}

void KafkaClient::Failed(rd_kafka_t*, int error, const char* reason, void* self) {
  auto* client = static_cast<KafkaClient*>(self);
  std::lock_guard<std::mutex> lock(client->mutex_);
  // That all brokers are down says less than why one is.
  if (error == RD_KAFKA_RESP_ERR__ALL_BROKERS_DOWN && !client->last_error_.empty()) return;
  client->last_error_ = reason;
}

rd_kafka_topic_t* KafkaClient::Topic(const std::string& name) {
  std::lock_guard<std::mutex> lock(mutex_);
  rd_kafka_topic_t*& topic = topics_[name];
  if (topic == nullptr) topic = rd_kafka_topic_new(handle_, name.c_str(), nullptr);
  REVOPS_CHECK(topic != nullptr);
  return topic;
}

absl::Status KafkaClient::Unavailable(absl::string_view what) const {
  std::lock_guard<std::mutex> lock(mutex_);
  return absl::UnavailableError(
      absl::StrCat(what, last_error_.empty() ? "" : absl::StrCat(" (", last_error_, ")")));
}

absl::Status KafkaClient::ToStatus(rd_kafka_resp_err_t error, absl::string_view what,
                                   absl::string_view right) const {
  std::string words = absl::StrCat(what, ": ", rd_kafka_err2str(error));
  if (MayNot(error) && !right.empty()) {
    absl::StrAppend(&words, "; give this client the right ", right);
  }
  if (CodeOf(error) == absl::StatusCode::kUnavailable) return Unavailable(words);
  return absl::Status(CodeOf(error), words);
}

}  // namespace revops
