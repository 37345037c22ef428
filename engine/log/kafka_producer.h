// Appends to Kafka: one idempotent producer, acks=all, an answer for every record.
//
// After an error that ends an idempotent producer for good, a new one takes its place and what was
// not acknowledged is sent again by the calls that still wait; event ids remove the doubles.
#pragma once

#include <condition_variable>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "engine/base/clock.h"
#include "engine/log/event_log.h"
#include "engine/log/kafka_connection.h"
#include "engine/log/outlet.h"

namespace revops {

// Thread safety: any thread.
class KafkaProducer final {
 public:
  struct Options {
    KafkaConnection connection;
    std::string prefix;
    std::string client_id;
    int64_t record_bytes_max = 0;
    int64_t waiting_bytes_max = 0;
    absl::Duration wait_max;
  };
  static absl::StatusOr<std::unique_ptr<KafkaProducer>> Make(Options options);
  // Waits a little for what is under way. REQUIRES: no call is under way.
  ~KafkaProducer();

  // As EventLog::Append. REQUIRES: every place exists and every record is within the limit.
  // headers: none, or entry i belongs to record i.
  absl::StatusOr<std::vector<Appended>> Append(std::vector<NewRecord> records,
                                               std::vector<RecordHeaders> headers);

  // The offset after the last acknowledged append of this process to a partition; 0: none.
  Offset AcknowledgedEnd(const TopicPartition& where) const;
  // Returns after `timeout`, or earlier when something was acknowledged.
  void AwaitAcknowledgement(absl::Duration timeout);

 private:
  class Connection;  // one librdkafka producer and the thread that hears it
  struct Call;

  explicit KafkaProducer(Options options);
  absl::StatusOr<std::shared_ptr<Connection>> Current();
  void Replace(const std::shared_ptr<Connection>& broken);
  absl::Status Reserve(int64_t bytes);
  void Acknowledged(const TopicPartition& where, Offset end);

  const Options options_;
  const SystemClock clock_;

  std::mutex connection_mutex_;
  std::shared_ptr<Connection> connection_;

  mutable std::mutex mutex_;  // guards all below
  std::condition_variable acknowledged_;
  std::map<TopicPartition, Offset> ends_;
  int64_t waiting_bytes_ = 0;
};

}  // namespace revops
