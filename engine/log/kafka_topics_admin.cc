// How topics are made, described and, in tests, damaged.
#include <algorithm>
#include <functional>
#include <memory>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "engine/base/clock.h"
#include "engine/base/status.h"
#include "engine/log/kafka_client.h"
#include "engine/log/kafka_topics.h"

namespace revops {
namespace {

// Of a new topic, if there are as many brokers.
constexpr int kReplicationMax = 3;
constexpr absl::Duration kBetweenLooks = absl::Milliseconds(50);

template <typename T, void (*destroy)(T*)>
struct Destroy {
  void operator()(T* pointer) const { destroy(pointer); }
};
template <typename T, void (*destroy)(T*)>
using Owned = std::unique_ptr<T, Destroy<T, destroy>>;

using OwnedEvent = Owned<rd_kafka_event_t, rd_kafka_event_destroy>;
using OwnedQueue = Owned<rd_kafka_queue_t, rd_kafka_queue_destroy>;
using OwnedOptions = Owned<rd_kafka_AdminOptions_t, rd_kafka_AdminOptions_destroy>;

// One admin request and its answer.
absl::StatusOr<OwnedEvent> Request(
    const KafkaClient& client, rd_kafka_admin_op_t operation, absl::Duration wait_max,
    absl::string_view what, absl::string_view right,
    const std::function<void(rd_kafka_AdminOptions_t*, rd_kafka_queue_t*)>& send) {
  const OwnedQueue queue(rd_kafka_queue_new(client.handle()));
  const OwnedOptions options(rd_kafka_AdminOptions_new(client.handle(), operation));
  const int wait_ms = ToMillis(wait_max);
  rd_kafka_AdminOptions_set_request_timeout(options.get(), wait_ms, nullptr, 0);
  if (operation != RD_KAFKA_ADMIN_OP_DESCRIBECONFIGS) {
    rd_kafka_AdminOptions_set_operation_timeout(options.get(), wait_ms, nullptr, 0);
  }
  send(options.get(), queue.get());
  OwnedEvent event(rd_kafka_queue_poll(queue.get(), wait_ms + 1000));
  rd_kafka_poll(client.handle(), 0);
  if (event == nullptr) return client.Unavailable(absl::StrCat(what, ": no answer"));
  if (const rd_kafka_resp_err_t error = rd_kafka_event_error(event.get()); error != 0) {
    return client.ToStatus(error, what, right);
  }
  return event;
}

// The answer about the only topic that was asked about.
absl::Status TopicStatus(const KafkaClient& client, const rd_kafka_topic_result_t* const* topics,
                         size_t count, absl::string_view what, absl::string_view right) {
  if (count == 0) return client.Unavailable(absl::StrCat(what, ": an empty answer"));
  const rd_kafka_resp_err_t error = rd_kafka_topic_result_error(topics[0]);
  if (error == RD_KAFKA_RESP_ERR_NO_ERROR) return absl::OkStatus();
  if (error == RD_KAFKA_RESP_ERR_TOPIC_ALREADY_EXISTS) {
    return absl::AlreadyExistsError(absl::StrCat(what, ": it exists already"));
  }
  if (error == RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART) {
    return absl::NotFoundError(absl::StrCat(what, ": there is no such topic"));
  }
  const char* words = rd_kafka_topic_result_error_string(topics[0]);
  return client.ToStatus(error, words == nullptr ? what : absl::StrCat(what, ": ", words), right);
}

}  // namespace

KafkaTopicSettings KafkaTopics::Wanted(int partitions, int64_t record_bytes_max) const {
  KafkaTopicSettings settings;
  settings.partitions = partitions;
  settings.configs = {
      {"cleanup.policy", "delete"},  // compaction would leave gaps
      {"retention.ms", "-1"},
      {"retention.bytes", "-1"},
      {"message.timestamp.type", "LogAppendTime"},
      // A batch of one record at the limit, with what Kafka puts around it.
      {"max.message.bytes", absl::StrCat(record_bytes_max + (64 << 10))},
  };
  return settings;
}

absl::StatusOr<int> KafkaTopics::Brokers() const {
  // Asked about no topic: one that the client has heard of would do, but there may be none.
  const rd_kafka_metadata_t* metadata = nullptr;
  const rd_kafka_resp_err_t error =
      rd_kafka_metadata(client_->handle(), 0, nullptr, &metadata, ToMillis(options_.wait_max));
  rd_kafka_poll(client_->handle(), 0);
  if (error != RD_KAFKA_RESP_ERR_NO_ERROR) {
    return client_->ToStatus(error, "asking for the brokers");
  }
  const int count = metadata->broker_cnt;
  rd_kafka_metadata_destroy(metadata);
  return std::max(count, 1);
}

absl::Status KafkaTopics::Create(absl::string_view topic, const KafkaTopicSettings& settings) {
  const std::string name = NameOf(topic);
  const std::string what = absl::StrCat("making topic ", name);
  int replication = settings.replication;
  if (replication <= 0) {
    ASSIGN_OR_RETURN(const int brokers, Brokers());
    replication = std::min(brokers, kReplicationMax);
  }
  std::map<std::string, std::string> configs = settings.configs;
  // One broker may be missing, and what is acknowledged stands on all the others.
  configs.emplace("min.insync.replicas", absl::StrCat(std::max(1, replication - 1)));
  char words[256] = {};
  const Owned<rd_kafka_NewTopic_t, rd_kafka_NewTopic_destroy> wanted(
      rd_kafka_NewTopic_new(name.c_str(), settings.partitions, replication, words, sizeof(words)));
  if (wanted == nullptr) return absl::InvalidArgumentError(absl::StrCat(what, ": ", words));
  for (const auto& [key, value] : configs) {
    rd_kafka_NewTopic_set_config(wanted.get(), key.c_str(), value.c_str());
  }
  rd_kafka_NewTopic_t* list[] = {wanted.get()};
  ASSIGN_OR_RETURN(const OwnedEvent event,
                   Request(*client_, RD_KAFKA_ADMIN_OP_CREATETOPICS, options_.wait_max, what,
                           "Create on the topic",
                           [&](rd_kafka_AdminOptions_t* options, rd_kafka_queue_t* queue) {
                             rd_kafka_CreateTopics(client_->handle(), list, 1, options, queue);
                           }));
  size_t count = 0;
  const auto* topics =
      rd_kafka_CreateTopics_result_topics(rd_kafka_event_CreateTopics_result(event.get()), &count);
  RETURN_IF_ERROR(TopicStatus(*client_, topics, count, what, "Create on the topic"));

  const SystemClock clock;
  const int64_t deadline = clock.MonotonicMicros() + absl::ToInt64Microseconds(options_.wait_max);
  while (clock.MonotonicMicros() < deadline) {
    const absl::StatusOr<Count> made = Ask(topic, options_.wait_max);
    if (made.ok() && made->led && made->partitions == settings.partitions) {
      return absl::OkStatus();
    }
    absl::SleepFor(kBetweenLooks);
  }
  return client_->Unavailable(absl::StrCat(what, ": it is made, but has no leader yet"));
}

absl::StatusOr<KafkaTopicSettings> KafkaTopics::Describe(absl::string_view topic) const {
  ASSIGN_OR_RETURN(const Count count, Ask(topic, options_.wait_max));
  const std::string name = NameOf(topic);
  const std::string what = absl::StrCat("reading the settings of topic ", name);
  const Owned<rd_kafka_ConfigResource_t, rd_kafka_ConfigResource_destroy> resource(
      rd_kafka_ConfigResource_new(RD_KAFKA_RESOURCE_TOPIC, name.c_str()));
  rd_kafka_ConfigResource_t* list[] = {resource.get()};
  ASSIGN_OR_RETURN(const OwnedEvent event,
                   Request(*client_, RD_KAFKA_ADMIN_OP_DESCRIBECONFIGS, options_.wait_max, what,
                           "DescribeConfigs on the topic",
                           [&](rd_kafka_AdminOptions_t* options, rd_kafka_queue_t* queue) {
                             rd_kafka_DescribeConfigs(client_->handle(), list, 1, options, queue);
                           }));
  KafkaTopicSettings settings;
  settings.partitions = count.partitions;
  settings.replication = count.replication;
  size_t resources = 0;
  const auto* described = rd_kafka_DescribeConfigs_result_resources(
      rd_kafka_event_DescribeConfigs_result(event.get()), &resources);
  if (resources == 0) return client_->Unavailable(absl::StrCat(what, ": an empty answer"));
  if (const auto error = rd_kafka_ConfigResource_error(described[0]); error != 0) {
    return client_->ToStatus(error, what, "DescribeConfigs on the topic");
  }
  size_t entries = 0;
  const auto* configs = rd_kafka_ConfigResource_configs(described[0], &entries);
  for (size_t i = 0; i < entries; ++i) {
    const char* value = rd_kafka_ConfigEntry_value(configs[i]);
    settings.configs[rd_kafka_ConfigEntry_name(configs[i])] = value == nullptr ? "" : value;
  }
  return settings;
}

absl::Status KafkaTopics::Delete(absl::string_view topic) {
  const std::string name = NameOf(topic);
  const std::string what = absl::StrCat("deleting topic ", name);
  const Owned<rd_kafka_DeleteTopic_t, rd_kafka_DeleteTopic_destroy> gone(
      rd_kafka_DeleteTopic_new(name.c_str()));
  rd_kafka_DeleteTopic_t* list[] = {gone.get()};
  ASSIGN_OR_RETURN(const OwnedEvent event,
                   Request(*client_, RD_KAFKA_ADMIN_OP_DELETETOPICS, options_.wait_max, what,
                           "Delete on the topic",
                           [&](rd_kafka_AdminOptions_t* options, rd_kafka_queue_t* queue) {
                             rd_kafka_DeleteTopics(client_->handle(), list, 1, options, queue);
                           }));
  size_t count = 0;
  const auto* topics =
      rd_kafka_DeleteTopics_result_topics(rd_kafka_event_DeleteTopics_result(event.get()), &count);
  RETURN_IF_ERROR(TopicStatus(*client_, topics, count, what, "Delete on the topic"));
  std::lock_guard<std::mutex> lock(mutex_);
  seen_.erase(std::string(topic));
  return absl::OkStatus();
}

absl::Status KafkaTopics::AddPartitions(absl::string_view topic, int partitions) {
  const std::string name = NameOf(topic);
  const std::string what = absl::StrCat("adding partitions to topic ", name);
  char words[256] = {};
  const Owned<rd_kafka_NewPartitions_t, rd_kafka_NewPartitions_destroy> more(
      rd_kafka_NewPartitions_new(name.c_str(), partitions, words, sizeof(words)));
  if (more == nullptr) return absl::InvalidArgumentError(absl::StrCat(what, ": ", words));
  rd_kafka_NewPartitions_t* list[] = {more.get()};
  ASSIGN_OR_RETURN(
      const OwnedEvent event,
      Request(*client_, RD_KAFKA_ADMIN_OP_CREATEPARTITIONS, options_.wait_max, what,
              "Alter on the topic", [&](rd_kafka_AdminOptions_t* options, rd_kafka_queue_t* queue) {
                rd_kafka_CreatePartitions(client_->handle(), list, 1, options, queue);
              }));
  size_t count = 0;
  const auto* topics = rd_kafka_CreatePartitions_result_topics(
      rd_kafka_event_CreatePartitions_result(event.get()), &count);
  return TopicStatus(*client_, topics, count, what, "Alter on the topic");
}

absl::Status KafkaTopics::Cut(const TopicPartition& where, Offset start) {
  const std::string what = absl::StrCat("cutting ", ToString(where));
  const Owned<rd_kafka_topic_partition_list_t, rd_kafka_topic_partition_list_destroy> before(
      rd_kafka_topic_partition_list_new(1));
  rd_kafka_topic_partition_list_add(before.get(), NameOf(where.topic).c_str(), where.partition)
      ->offset = static_cast<int64_t>(start);
  const Owned<rd_kafka_DeleteRecords_t, rd_kafka_DeleteRecords_destroy> records(
      rd_kafka_DeleteRecords_new(before.get()));
  rd_kafka_DeleteRecords_t* list[] = {records.get()};
  ASSIGN_OR_RETURN(const OwnedEvent event,
                   Request(*client_, RD_KAFKA_ADMIN_OP_DELETERECORDS, options_.wait_max, what,
                           "Delete on the topic",
                           [&](rd_kafka_AdminOptions_t* options, rd_kafka_queue_t* queue) {
                             rd_kafka_DeleteRecords(client_->handle(), list, 1, options, queue);
                           }));
  const auto* offsets =
      rd_kafka_DeleteRecords_result_offsets(rd_kafka_event_DeleteRecords_result(event.get()));
  if (offsets->cnt == 1 && offsets->elems[0].err != 0) {
    return client_->ToStatus(offsets->elems[0].err, what, "Delete on the topic");
  }
  return absl::OkStatus();
}

}  // namespace revops
