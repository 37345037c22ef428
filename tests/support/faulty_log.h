// An event log that fails in the middle of an append, loses what it says it has, or gives other
// records to readers than it holds: faults that no real log makes when asked. And what tests want
// to know of a log: every record, and one by its place.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/synchronization/mutex.h"
#include "engine/log/event_log.h"

namespace revops::test {

class FaultyLog : public EventLog {
 public:
  explicit FaultyLog(std::unique_ptr<EventLog> base) : base_(std::move(base)) {}

  // The next Append appends its first `records` records only and answers `code`.
  void FailNextAppendAfter(size_t records, absl::StatusCode code = absl::StatusCode::kUnavailable);
  // Takes that back; false if it has happened.
  bool CancelFailure();

  // Records that are lost, although their append is acknowledged. Null: none any longer.
  using Loses = std::function<bool(const NewRecord& record)>;
  void LoseAppends(Loses loses);
  int lost() const;

  // Changes records on their way to readers: a broken reader, as seen from outside. What is in the
  // log stays. Null: no longer.
  using Tamper = std::function<void(const TopicPartition& where, Record& record)>;
  void TamperWithReads(Tamper tamper);

  // Every Read of the topic answers `code`, until another is named.
  void FailReads(std::string topic, absl::StatusCode code);

  // Every record of all partitions of a topic.
  std::vector<Record> All(absl::string_view topic);

  // One record as it was appended. REQUIRES: it is there.
  Record At(const TopicPartition& where, Offset offset);

  absl::StatusOr<int> Partitions(absl::string_view topic) const override;
  absl::StatusOr<std::vector<Appended>> Append(std::vector<NewRecord> records) override;
  absl::StatusOr<std::vector<Record>> Read(const TopicPartition& where, Offset from,
                                           const ReadLimits& limits) override;
  absl::StatusOr<Offset> Start(const TopicPartition& where) override;
  absl::StatusOr<Offset> End(const TopicPartition& where) override;
  bool WaitBeyond(const TopicPartition& where, Offset offset, absl::Duration timeout) override;
  std::string identity() const override { return base_->identity(); }
  int64_t record_bytes_max() const override { return base_->record_bytes_max(); }

 private:
  // Reads to the end what the log holds and nobody has read yet.
  void ReadAll(const TopicPartition& where);

  const std::unique_ptr<EventLog> base_;
  mutable absl::Mutex mutex_;
  // What went through here, so that looking at it does not move readers of a log over a network.
  std::map<TopicPartition, std::map<Offset, Record>> read_ ABSL_GUARDED_BY(mutex_);
  Loses loses_ ABSL_GUARDED_BY(mutex_);
  int lost_ ABSL_GUARDED_BY(mutex_) = 0;
  Tamper tamper_ ABSL_GUARDED_BY(mutex_);
  std::string unreadable_ ABSL_GUARDED_BY(mutex_);
  absl::StatusCode unreadable_code_ ABSL_GUARDED_BY(mutex_) = absl::StatusCode::kOk;
  std::optional<size_t> fail_after_ ABSL_GUARDED_BY(mutex_);
  absl::StatusCode failure_ ABSL_GUARDED_BY(mutex_) = absl::StatusCode::kUnavailable;
};

}  // namespace revops::test
