// The event log on one machine: RocksDB, group commit, fsync before the acknowledgement.
//
// Callers of Append that meet share one write: whoever finds no commit under way commits for all
// that wait. A commit is (1) one RocksDB batch with its write-ahead log fsynced, (2) the
// acknowledged mark fdatasynced, (3) the answers. What is not yet answered cannot be read.
//
// After a failed write RocksDB's handle never works again and the write may or may not have been
// applied: the log then closes the store, opens it again and reads the ends anew, and answers
// kUnavailable to what was under way. While opening fails (a full disk) every call is answered
// kUnavailable with the reason, and every call tries again.
#pragma once

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <mutex>
#include <shared_mutex>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "engine/base/clock.h"
#include "engine/log/event_log.h"
#include "engine/log/folder_lock.h"

namespace rocksdb {
class Cache;
class Env;
class WriteBufferManager;
}  // namespace rocksdb

namespace revops {

class LogStore;

struct EmbeddedLogOptions {
  // Topic -> partition count. Those the folder does not have yet are made, in the order of their
  // names; those it has must have the same count. Empty: open the log as it is.
  std::map<std::string, int> topics;

  // What the log is called if it is made now. Empty: 32 random hex digits.
  std::string identity;

  // Units: bytes of key and value of one record.
  int64_t record_bytes_max = 1 << 20;

  // Units: bytes of records that wait to be committed. Also bounds one group's memory.
  int64_t waiting_bytes_max = 64 << 20;

  // Effect: what a crash leaves to be recovered, and memory (up to twice as much).
  // Trade: larger means fewer files to merge and a slower start after a crash.
  int64_t write_buffer_bytes = 16 << 20;

  // What stamps appended_at. Null: the machine's.
  std::shared_ptr<const Clock> clock;

  // Files and background threads. Null: the machine's. With one of your own (tests) there is no
  // OWNER file, and only RocksDB's own lock.
  std::shared_ptr<rocksdb::Env> env;

  // Shared with the process's other stores. Null: 16 MiB of its own; no common bound.
  std::shared_ptr<rocksdb::Cache> block_cache;
  std::shared_ptr<rocksdb::WriteBufferManager> write_buffer_manager;
};

class EmbeddedLog final : public EventLog {
 public:
  // Opens the log in `folder`, or makes it there (with parent folders) if topics are given.
  // Errors: kNotFound if there is none and no topics are given; kFailedPrecondition if a topic has
  // another partition count, or another process (named) has the folder open; kInvalidArgument for
  // a topic without name or partitions, or more than 8,000 partitions; kDataLoss if records that
  // were acknowledged are missing or damaged; kUnavailable if the disk refuses.
  static absl::StatusOr<std::unique_ptr<EmbeddedLog>> Open(absl::string_view folder,
                                                           EmbeddedLogOptions options);

  // REQUIRES: no call is under way.
  ~EmbeddedLog() override;

  // Topic -> partition count, of all topics the folder has.
  const std::map<std::string, int>& topics() const { return topics_; }

  absl::StatusOr<int> Partitions(absl::string_view topic) const override;
  absl::StatusOr<std::vector<Appended>> Append(std::vector<NewRecord> records) override;
  absl::StatusOr<std::vector<Record>> Read(const TopicPartition& where, Offset from,
                                           const ReadLimits& limits) override;
  absl::StatusOr<Offset> Start(const TopicPartition& where) override;
  absl::StatusOr<Offset> End(const TopicPartition& where) override;
  bool WaitBeyond(const TopicPartition& where, Offset offset, absl::Duration timeout) override;
  std::string identity() const override { return identity_; }
  int64_t record_bytes_max() const override { return options_.record_bytes_max; }

 private:
  // A call of Append that waits for its answer.
  struct Waiting;
  using OpenStore = std::shared_lock<std::shared_mutex>;

  EmbeddedLog(std::string folder, EmbeddedLogOptions options);

  absl::StatusOr<int> NumberOf(const TopicPartition& where) const;
  absl::Status Check(const std::vector<NewRecord>& records, Waiting& waiting) const;

  // Holds the store open, opening it again first if a failure closed it.
  absl::StatusOr<OpenStore> HoldStore();
  // REQUIRES: store_mutex_ is held exclusively, or nobody else knows this object yet.
  absl::Status OpenStoreAgain();
  void ReopenStore();

  // Commits all calls of the group and puts their answers into them.
  void Commit(const std::vector<Waiting*>& group);
  absl::Status WriteGroup(const std::vector<Waiting*>& group);

  const std::string folder_;
  const EmbeddedLogOptions options_;
  std::unique_ptr<FolderLock> folder_lock_;
  std::string identity_;
  std::map<std::string, int> topics_;
  std::map<std::string, int> first_partition_;  // topic -> its partition 0's number

  // Shared by who uses store_, exclusive for who closes or opens it.
  std::shared_mutex store_mutex_;
  std::unique_ptr<LogStore> store_;  // null while a failure keeps it closed
  absl::Status why_closed_;
  // Lets the one who closes the store get its turn: new readers wait behind it.
  std::mutex turn_;

  mutable std::mutex mutex_;  // guards all below
  std::deque<Waiting*> queue_;
  int64_t waiting_bytes_ = 0;
  bool committing_ = false;
  std::vector<Offset> ends_;               // partition number -> acknowledged end
  std::vector<int64_t> last_appended_at_;  // partition number -> of its last record
  std::condition_variable ends_changed_;
};

}  // namespace revops
