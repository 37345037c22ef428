// An event log in plain vectors: as fast as a log can be, gone with its object, and able to fail in
// the middle of an append. For tests that make thousands of logs; what a real log promises is
// tested by event_log_contract.h.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "absl/synchronization/mutex.h"
#include "engine/log/event_log.h"

namespace revops::test {

class MemoryLog final : public EventLog {
 public:
  // The topics of one machine: touchpoints and routed with `partitions`, identities with one.
  explicit MemoryLog(int partitions);

  // The next Append appends its first `records` records only and answers `code`.
  void FailNextAppendAfter(size_t records, absl::StatusCode code = absl::StatusCode::kUnavailable);
  // Takes that back; false if it has happened.
  bool CancelFailure();

  // Changes records on their way to readers: a broken reader, as seen from outside. What is in the
  // log stays. Null: no longer.
  using Tamper = std::function<void(const TopicPartition& where, Record& record)>;
  void TamperWithReads(Tamper tamper);

  // Every Read of the topic answers `code`, until another is named.
  void FailReads(std::string topic, absl::StatusCode code);

  // Every record of all partitions of a topic.
  std::vector<Record> All(absl::string_view topic) const;

  // One record as it was appended. REQUIRES: it is there.
  Record At(const TopicPartition& where, Offset offset) const;

  absl::StatusOr<int> Partitions(absl::string_view topic) const override;
  absl::StatusOr<std::vector<Appended>> Append(std::vector<NewRecord> records) override;
  absl::StatusOr<std::vector<Record>> Read(const TopicPartition& where, Offset from,
                                           const ReadLimits& limits) override;
  absl::StatusOr<Offset> Start(const TopicPartition& where) override;
  absl::StatusOr<Offset> End(const TopicPartition& where) override;
  bool WaitBeyond(const TopicPartition& where, Offset offset, absl::Duration timeout) override;
  std::string identity() const override { return "memory"; }
  int64_t record_bytes_max() const override { return 1 << 20; }

 private:
  std::vector<Record>* Find(const TopicPartition& where) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  mutable absl::Mutex mutex_;
  std::map<TopicPartition, std::vector<Record>> records_ ABSL_GUARDED_BY(mutex_);
  Tamper tamper_ ABSL_GUARDED_BY(mutex_);
  std::string unreadable_ ABSL_GUARDED_BY(mutex_);
  absl::StatusCode unreadable_code_ ABSL_GUARDED_BY(mutex_) = absl::StatusCode::kOk;
  std::optional<size_t> fail_after_ ABSL_GUARDED_BY(mutex_);
  absl::StatusCode failure_ ABSL_GUARDED_BY(mutex_) = absl::StatusCode::kUnavailable;
  int64_t now_ ABSL_GUARDED_BY(mutex_) = 1'704'067'200'000'000;  // one millisecond a record
};

}  // namespace revops::test
