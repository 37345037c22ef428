// The view store of one partition: an ordered map of bytes with atomic batches, on RocksDB.
//
// Batches are written with a WAL and without fsync (refillable_db.h): after a power cut a store
// goes on from an older position, which is in the same batch as its effects, or from nothing, and
// the event log refills it. Thread safety: one writer; Snapshot() and reads from any thread.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace rocksdb {
class Env;
}  // namespace rocksdb

namespace revops {

class RefillableDb;

// What all stores of a process share: one block cache, one write buffer budget.
class ViewMemory {
 public:
  // Units: bytes. Effect: an upper bound for blocks and memtables of all stores together.
  // Trade: less memory, more reads from disk and more flushes.
  explicit ViewMemory(int64_t bytes = 512 << 20);
  ~ViewMemory();

 private:
  friend class ViewStore;
  struct Parts;
  std::unique_ptr<Parts> parts_;
};

// Changes to be written at once. The last change of a key stands.
class ViewBatch {
 public:
  void Put(std::string key, std::string value) {
    operations_.push_back({std::move(key), std::move(value), false});
  }
  void Delete(std::string key) { operations_.push_back({std::move(key), {}, true}); }
  bool empty() const { return operations_.empty(); }

 private:
  friend class ViewStore;
  struct Operation {
    std::string key, value;
    bool is_delete;
  };
  std::vector<Operation> operations_;
};

enum class WalkOrder { kAscending, kDescending };

// Walks keys one by one. Lifetime: the reader it came from outlives it; keep it short.
class ViewCursor {
 public:
  virtual ~ViewCursor() = default;

  // False at the end, or after an error.
  virtual bool valid() const = 0;
  // REQUIRES of the three: valid(). Lifetime of the views: until Next.
  virtual absl::string_view key() const = 0;
  virtual absl::string_view value() const = 0;
  virtual void Next() = 0;

  // Errors: kDataLoss, kUnavailable: the walk ended before its end.
  virtual absl::Status status() const = 0;
};

// One consistent look at a store. Lifetime: the store must outlive it; keep it short.
class ViewReader {
 public:
  virtual ~ViewReader() = default;

  // False if there is no such key.
  // Errors: kDataLoss if stored bytes are damaged; kUnavailable for other read errors.
  virtual absl::StatusOr<bool> Get(absl::string_view key, std::string& value) const = 0;

  // Calls `each` for every key with the prefix, from `from` (a whole key, at or after the prefix)
  // on, in key order, until it returns false.
  using Each = std::function<bool(absl::string_view key, absl::string_view value)>;
  virtual absl::Status Scan(absl::string_view prefix, absl::string_view from,
                            const Each& each) const = 0;
  absl::Status Scan(absl::string_view prefix, const Each& each) const {
    return Scan(prefix, prefix, each);
  }

  // The last key with the prefix that is not after `at`; false if there is none.
  virtual absl::StatusOr<bool> Floor(absl::string_view prefix, absl::string_view at,
                                     std::string& key, std::string& value) const = 0;

  // Every key with the prefix from `place` on. Ascending: the first one not before it. Descending:
  // the last one before it; an empty place is the end of the prefix.
  virtual std::unique_ptr<ViewCursor> Walk(absl::string_view prefix, absl::string_view place,
                                           WalkOrder order) const = 0;
};

class ViewStore final : public ViewReader {
 public:
  // Opens or makes the store in `folder`. `env` null: the machine's files. Lifetime: `memory` and
  // `env` outlive the store.
  // Errors: kFailedPrecondition if another process holds it; kDataLoss; kUnavailable.
  static absl::StatusOr<std::unique_ptr<ViewStore>> Open(const std::string& folder,
                                                         ViewMemory& memory,
                                                         rocksdb::Env* env = nullptr);
  ~ViewStore() override;

  // Writes all of `batch` or nothing.
  // Errors: kUnavailable: it may have been written; close, open, and read the position again.
  absl::Status Commit(ViewBatch batch);

  // Reads as of now, whatever is committed later.
  std::unique_ptr<ViewReader> Snapshot() const;

  absl::StatusOr<bool> Get(absl::string_view key, std::string& value) const override;
  using ViewReader::Scan;
  absl::Status Scan(absl::string_view prefix, absl::string_view from,
                    const Each& each) const override;
  absl::StatusOr<bool> Floor(absl::string_view prefix, absl::string_view at, std::string& key,
                             std::string& value) const override;
  std::unique_ptr<ViewCursor> Walk(absl::string_view prefix, absl::string_view place,
                                   WalkOrder order) const override;

  // Whether it is empty because a power cut had taken commits from its midst.
  bool was_emptied() const;

  // Units: bytes on disk, roughly.
  int64_t size_bytes() const;

 private:
  ViewStore() = default;
  std::unique_ptr<RefillableDb> db_;
};

}  // namespace revops
