// The event log on Apache Kafka, through librdkafka.
//
// Appends go through one idempotent producer with acks=all; an append is acknowledged by the
// delivery report of each of its records. While the brokers are away an append waits, at most
// append_wait_max, and is then kUnavailable.
//
// Reads keep a consumer per (topic, partition) standing at the next offset, which fetches ahead; so
// a reader that goes on where it stopped costs no round trip. Offsets are checked to be contiguous:
// a gap is lost data or the mark of a transactional publisher, and stops the reader by name.
//
// Nothing in Kafka's protocol as librdkafka speaks it tells that a topic was deleted and made
// again; whoever keeps a position keeps a fingerprint of the record before it
// (runtime/partition.h).
#pragma once

#include <condition_variable>
#include <cstdint>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "engine/log/ends.h"
#include "engine/log/event_log.h"
#include "engine/log/kafka_connection.h"
#include "engine/log/outlet.h"

namespace revops {

class KafkaProducer;
class KafkaReaders;
class KafkaTopics;

// Offsets of a partition that hold no record and are passed over since an operator said so.
struct KafkaGap {
  TopicPartition where;
  Offset from = 0;
  Offset to = 0;  // the first offset after it

  friend bool operator<(const KafkaGap& a, const KafkaGap& b) {
    return a.where < b.where || (a.where == b.where && a.from < b.from);
  }
};

// "touchpoints/3@418-420", as ToString and the errors about gaps write it.
// Errors: kInvalidArgument.
absl::StatusOr<KafkaGap> ParseKafkaGap(absl::string_view text);
std::string ToString(const KafkaGap& gap);

struct KafkaLogOptions {
  KafkaConnection connection;

  // Put before every topic's name on the brokers, so that several logs share a cluster:
  // "revops." makes `touchpoints` the topic `revops.touchpoints`.
  std::string topic_prefix;

  // What brokers' logs and quotas know this process as.
  std::string client_id = "revops";

  // Units: bytes of key and value of one record.
  int64_t record_bytes_max = 1 << 20;

  // Units: bytes of records that wait to be acknowledged.
  int64_t waiting_bytes_max = 64 << 20;

  // How long an append, a read or a question waits for brokers that do not answer.
  absl::Duration append_wait_max = absl::Seconds(30);
  absl::Duration answer_wait_max = absl::Seconds(10);

  // How soon it is noticed that partitions were added to a topic. Trade: a question per topic.
  absl::Duration between_counts = absl::Seconds(5);

  // Effect: records fetched ahead, for each partition read. Trade: memory against round trips.
  int64_t fetch_ahead_bytes = 4 << 20;

  std::set<KafkaGap> accepted_gaps;
};

class KafkaLog final : public EventLog, public EndsTogether {
 public:
  // Connects, and learns the cluster's id. Topics are looked at when first asked for.
  // Errors: kUnavailable if no broker answers within answer_wait_max; kInvalidArgument for a
  // property that librdkafka refuses; kPermissionDenied.
  static absl::StatusOr<std::unique_ptr<KafkaLog>> Open(KafkaLogOptions options);

  // Waits a little for what is under way. REQUIRES: no call is under way.
  ~KafkaLog() override;

  // Makes sure that there is a topic with `partitions` partitions, made as `revops kafka init`
  // makes it; returns once it can be written. Errors:
  // kFailedPrecondition if it has another count; kUnavailable; kPermissionDenied.
  absl::Status EnsureTopic(absl::string_view topic, int partitions);

  absl::StatusOr<int> Partitions(absl::string_view topic) const override;
  absl::StatusOr<std::vector<Appended>> Append(std::vector<NewRecord> records) override;
  // The same with headers; entry i of them belongs to record i.
  absl::StatusOr<std::vector<Appended>> Append(std::vector<NewRecord> records,
                                               std::vector<RecordHeaders> headers);
  // Besides the port's errors: kFailedPrecondition if partitions were added to the topic since it
  // was opened; kDataLoss for a gap that is not accepted, in words that name it.
  absl::StatusOr<std::vector<Record>> Read(const TopicPartition& where, Offset from,
                                           const ReadLimits& limits) override;
  absl::StatusOr<Offset> Start(const TopicPartition& where) override;
  absl::StatusOr<Offset> End(const TopicPartition& where) override;
  absl::StatusOr<std::vector<Offset>> Ends(const std::vector<TopicPartition>& places) override;
  bool WaitBeyond(const TopicPartition& where, Offset offset, absl::Duration timeout) override;

  // The cluster's id and the prefix.
  std::string identity() const override { return identity_; }
  int64_t record_bytes_max() const override { return options_.record_bytes_max; }

  // From now on partitions may be added to this topic, one in which records have no home. Before,
  // and in all others, an append or a read is then refused. REQUIRES: it was asked for.
  void LetGrow(absl::string_view topic);

  // Stops fetching a partition that is no longer read here. Partitions that nobody reads for a
  // minute are given up by themselves.
  void Release(const TopicPartition& where);

 private:
  explicit KafkaLog(KafkaLogOptions options);
  absl::Status CheckPlace(const TopicPartition& where) const;
  void Tend();

  const KafkaLogOptions options_;
  std::string identity_;
  std::unique_ptr<KafkaTopics> topics_;
  std::unique_ptr<KafkaProducer> producer_;
  std::unique_ptr<KafkaReaders> readers_;
  std::mutex stop_mutex_;
  std::condition_variable stopped_;
  bool stop_ = false;
  std::thread tender_;
};

}  // namespace revops
