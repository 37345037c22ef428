// A consumer that stands at the next offset of every partition it reads, and fetches ahead.
//
// One reader goes through a partition at a time; several readers (lanes of KafkaReaders) let a
// verification read history while the live fold goes on where it stood.
#pragma once

#include <deque>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "engine/base/clock.h"
#include "engine/log/event_log.h"
#include "engine/log/kafka_client.h"
#include "engine/log/kafka_log.h"
#include "engine/log/kafka_producer.h"
#include "engine/log/kafka_topics.h"

namespace revops {

struct KafkaReaderOptions {
  KafkaConnection connection;
  std::string client_id;
  int64_t fetch_ahead_bytes = 0;
  int64_t record_bytes_max = 0;
  absl::Duration wait_max;
  std::set<KafkaGap> accepted_gaps;
};

// Where one reader stands in one partition.
// Thread safety: from one thread at a time, the one that holds `mutex`.
class KafkaCursor final {
 public:
  // Lifetime: all references outlive the cursor.
  KafkaCursor(const KafkaReaderOptions& options, TopicPartition where, KafkaClient& client,
              const KafkaTopics& topics, const KafkaProducer& producer)
      : options_(options),
        where_(std::move(where)),
        client_(client),
        topics_(topics),
        producer_(producer) {}
  ~KafkaCursor() { Stop(); }

  // As EventLog::Read.
  absl::StatusOr<std::vector<Record>> Read(Offset from, const EventLog::ReadLimits& limits);
  // Whether a record at or after the position is here, waiting at most `timeout` for it.
  bool Await(absl::Duration timeout);
  void Stop();

  bool StandsAt(Offset offset) const { return started_ && next_ == offset; }
  // What is passed over at the partition's end by an accepted gap: [position, this).
  std::optional<Offset> accepted_end() const { return accepted_end_; }

  std::mutex mutex;
  int64_t used_at_micros = 0;

 private:
  struct Free {
    void operator()(rd_kafka_message_t* message) const { rd_kafka_message_destroy(message); }
  };
  using Message = std::unique_ptr<rd_kafka_message_t, Free>;

  absl::Status StartAt(Offset from);
  // Whether the partition goes on beyond what a consumer that is silent knows of: librdkafka 2.0
  // may fetch no more of a partition whose leader has died.
  absl::StatusOr<bool> MissesRecords();
  // Takes more of what has been fetched while a reader that is behind can have a larger batch.
  absl::Status FillUp(const EventLog::ReadLimits& limits);
  // Whether the broker said, when it last sent anything, that there is more than was fetched.
  bool GoesOn() const;
  // Takes what has been fetched into pending_; waits at most `wait` for the first.
  absl::Status Fill(absl::Duration wait);
  absl::Status Take(Message message);
  absl::Status Failed(const rd_kafka_message_t& message);
  // Whether operators accepted that [from, to) holds nothing.
  bool Accepted(Offset from, Offset to) const;
  absl::Status Gap(Offset from, Offset to) const;
  absl::Status OutOfRange(Offset from, const KafkaTopics::Range& range) const;

  const KafkaReaderOptions& options_;
  const TopicPartition where_;
  KafkaClient& client_;
  const KafkaTopics& topics_;
  const KafkaProducer& producer_;
  const SystemClock clock_;

  bool started_ = false;
  rd_kafka_queue_t* queue_ = nullptr;
  Offset next_ = 0;              // of the record that Read gives next
  Offset fetched_ = 0;           // of the record that is fetched next
  int64_t heard_at_micros_ = 0;  // when the consumer last sent anything
  std::deque<Message> pending_;  // [next_, fetched_), but for accepted gaps
  int64_t pending_bytes_ = 0;    // of keys and values
  std::optional<Offset> end_seen_;
  std::optional<Offset> accepted_end_;
  std::optional<Offset> gap_end_;  // [fetched_, this) holds nothing; what follows is left out
  std::optional<Offset> doubted_;  // the gap that was met here is read a second time
};

}  // namespace revops
