// A RocksDB database that the event log can fill again: written with a WAL and without fsync.
//
// After a power cut it holds what was written up to some moment, or it is empty. RocksDB alone does
// not see to that: it keeps one WAL for each memtable that is not flushed yet, replays them one
// after the other, and does not miss the end that an older one lost (measured with 7.8). So each
// write takes away the mark of the write before it and leaves its own; a second mark tells that
// what should have taken it away is lost.
// Thread safety: one writer; everything else from any thread.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "rocksdb/db.h"
#include "rocksdb/options.h"
#include "rocksdb/write_batch.h"

namespace revops {

// As FromRocksDb (rocksdb_adapter.h), with the remedies of what the log can fill again.
absl::Status FromRefillable(const rocksdb::Status& status, absl::string_view where);

class RefillableDb final {
 public:
  // Opens the database in `folder`, or makes it; one that lost writes amid others that survived is
  // emptied. Of `options`: what tells nothing of recovery, such as cache, tables and memory.
  // Errors: kFailedPrecondition if it is open already; kDataLoss if it is damaged; kUnavailable if
  // the disk refuses.
  static absl::StatusOr<std::unique_ptr<RefillableDb>> Open(const rocksdb::Options& options,
                                                            const std::string& folder);
  // Empties the folder of a database that is not open. Cut off at any moment, it leaves one that
  // Open takes for empty. Errors: kFailedPrecondition if it is open; kUnavailable.
  static absl::Status Remove(const rocksdb::Options& options, const std::string& folder);

  // Whether Open found writes lost in its midst, and emptied it.
  bool was_emptied() const { return was_emptied_; }

  // Writes all of `batch`, which gains the mark, or nothing. Keys that begin with "Z" are taken.
  // Errors: kUnavailable: it may have been written; close and open it again.
  absl::Status Write(rocksdb::WriteBatch& batch);

  rocksdb::DB& operator*() const { return *db_; }
  rocksdb::DB* operator->() const { return db_.get(); }

 private:
  explicit RefillableDb(std::unique_ptr<rocksdb::DB> db) : db_(std::move(db)) {}
  // Leaves the first mark where there is none. False if there are more than one.
  absl::StatusOr<bool> FindMark();
  // What was recovered lies in a WAL that may not be durable, and the next WAL begins now.
  absl::Status FlushRecovered();

  const std::unique_ptr<rocksdb::DB> db_;
  bool was_emptied_ = false;
  uint64_t writes_ = 0;  // the number in the mark
};

}  // namespace revops
