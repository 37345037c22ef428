// The topics of a Kafka log: what they are called on the brokers, how many partitions they have,
// where these start and end, and how they are made.
#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "engine/log/event_log.h"
#include "engine/log/kafka_connection.h"

namespace revops {

class KafkaClient;

// What a topic must be like, and what it is.
struct KafkaTopicSettings {
  int partitions = 0;
  int replication = -1;                        // of a new topic, 0 or less: see Create
  std::map<std::string, std::string> configs;  // "retention.ms" -> "-1"
};

// Thread safety: any thread.
class KafkaTopics final {
 public:
  struct Options {
    KafkaConnection connection;
    std::string prefix;
    std::string client_id;
    absl::Duration wait_max;
  };
  // Errors: kUnavailable if no broker answers within wait_max; kInvalidArgument.
  static absl::StatusOr<std::unique_ptr<KafkaTopics>> Connect(Options options);
  ~KafkaTopics();

  // The name on the brokers.
  std::string NameOf(absl::string_view topic) const;
  const std::string& cluster_id() const { return cluster_id_; }

  // As first seen; asks the brokers only then.
  // Errors: kNotFound; kUnavailable; kFailedPrecondition once Refresh has seen another count.
  absl::StatusOr<int> Partitions(absl::string_view topic) const;
  // Asks the brokers about the topics seen so far.
  void Refresh();
  // From now on partitions may be added to this topic: they are counted. REQUIRES: it was seen.
  void LetGrow(absl::string_view topic);

  // Where partitions start and end; entry i of places[i], none older than the call. One round trip
  // to each leader; one that does not answer is asked no more once another leads.
  // Errors: kUnavailable if some have no answer within wait_max; kPermissionDenied.
  absl::StatusOr<std::vector<Offset>> Starts(const std::vector<TopicPartition>& places) const;
  absl::StatusOr<std::vector<Offset>> Ends(const std::vector<TopicPartition>& places) const;

  struct Range {
    Offset start = 0;
    Offset end = 0;
  };
  // Of one. Errors: as Ends.
  absl::StatusOr<Range> Offsets(const TopicPartition& where) const;

  // The settings that a topic of the log is made with.
  KafkaTopicSettings Wanted(int partitions, int64_t record_bytes_max) const;
  // How many answer for the cluster. Errors: kUnavailable.
  absl::StatusOr<int> Brokers() const;
  // Makes a topic and waits until all its partitions can be written. Unless told otherwise it has
  // three copies, or as many as there are brokers, of which all but one, at least one, must hold a
  // record before it is acknowledged (min.insync.replicas).
  // Errors: kAlreadyExists; kUnavailable; kPermissionDenied; kFailedPrecondition.
  absl::Status Create(absl::string_view topic, const KafkaTopicSettings& settings);
  // Errors: kNotFound; kUnavailable; kPermissionDenied.
  absl::StatusOr<KafkaTopicSettings> Describe(absl::string_view topic) const;
  // Errors: kNotFound; kUnavailable; kPermissionDenied.
  absl::Status Delete(absl::string_view topic);
  absl::Status AddPartitions(absl::string_view topic, int partitions);
  // Removes what stands before `start`, as retention does.
  absl::Status Cut(const TopicPartition& where, Offset start);

 private:
  struct Seen {
    int partitions = 0;
    absl::Status status;
    bool may_grow = false;
  };
  struct Count {
    int partitions = 0;
    int replication = 0;
    bool led = true;  // every partition has a leader
  };
  explicit KafkaTopics(Options options);
  absl::StatusOr<Count> Ask(absl::string_view topic, absl::Duration wait) const;
  absl::StatusOr<std::vector<Offset>> AskLeaders(const std::vector<TopicPartition>& places,
                                                 int64_t which) const;

  const Options options_;
  std::string cluster_id_;
  std::unique_ptr<KafkaClient> client_;
  mutable std::mutex mutex_;
  mutable std::map<std::string, Seen> seen_;
};

}  // namespace revops
