// The event log as the engine sees it: topics of partitions of records with contiguous offsets.
//
// A port: EmbeddedLog (one machine) and KafkaLog fill it, and one contract suite
// (tests/support/event_log_contract.h) runs on both. What it promises:
//   (1) An append that returned OK is durable: it survives kill -9 and a power cut.
//   (2) Records of a partition are read in offset order, each once, without gaps, for ever.
//   (3) A log that lost what it once acknowledged says so (kDataLoss) instead of reading on.
// Thread safety: all functions may be called from any thread.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"

namespace revops {

// A place in one partition. Not a number to compute with across partitions.
using Offset = uint64_t;

struct TopicPartition {
  std::string topic;
  int partition = 0;

  friend bool operator==(const TopicPartition& a, const TopicPartition& b) {
    return a.partition == b.partition && a.topic == b.topic;
  }
  friend bool operator<(const TopicPartition& a, const TopicPartition& b) {
    return a.topic != b.topic ? a.topic < b.topic : a.partition < b.partition;
  }
};

// "touchpoints/3"
std::string ToString(const TopicPartition& where);

// What is to be appended. The partition is the caller's choice.
struct NewRecord {
  TopicPartition where;
  std::string key;
  std::string value;
};

// What was read.
struct Record {
  Offset offset = 0;
  int64_t appended_at = 0;  // Units: microseconds since the epoch, stamped by the log.
  std::string key;
  std::string value;
};

// Where a record came to stand.
struct Appended {
  Offset offset = 0;
  int64_t appended_at = 0;  // Units: microseconds since the epoch.
};

class EventLog {
 public:
  virtual ~EventLog() = default;

  // The number of partitions of a topic.
  // Errors: kNotFound if there is no such topic.
  virtual absl::StatusOr<int> Partitions(absl::string_view topic) const = 0;

  // Appends all records and returns once every one of them is durable; entry i of the result
  // belongs to record i. Records of one call and one partition keep their order, others may come
  // between. May share its fsync with calls of other threads (group commit).
  // Errors: kInvalidArgument (nothing appended) for an unknown partition or a record above
  // record_bytes_max; kUnavailable: some may have been appended, none is acknowledged: append
  // again, event ids remove the doubles; kResourceExhausted: too much is waiting to be appended.
  virtual absl::StatusOr<std::vector<Appended>> Append(std::vector<NewRecord> records) = 0;

  struct ReadLimits {
    int records_max = 1000;
    int64_t bytes_max = 4 << 20;  // a record above it is read alone
  };
  // Records from `from` on; fewer than the limits, or none, when the end is near. Does not wait.
  // Errors: kOutOfRange if `from` lies beyond the end or before the start; kDataLoss if a stored
  // record is damaged or missing (names partition and offset); kUnavailable: try again.
  virtual absl::StatusOr<std::vector<Record>> Read(const TopicPartition& where, Offset from,
                                                   const ReadLimits& limits) = 0;

  // First offset that can be read, and the offset the next append will get.
  virtual absl::StatusOr<Offset> Start(const TopicPartition& where) = 0;
  virtual absl::StatusOr<Offset> End(const TopicPartition& where) = 0;

  // Returns once the end of the partition lies beyond `offset` or the time is over; true if it
  // does.
  virtual bool WaitBeyond(const TopicPartition& where, Offset offset, absl::Duration timeout) = 0;

  // Names this log for ever (a random id given at creation, or Kafka's cluster id): a position
  // means nothing in another log.
  virtual std::string identity() const = 0;

  // Units: bytes of key and value.
  virtual int64_t record_bytes_max() const = 0;
};

}  // namespace revops
