// One opening of the embedded log's folder: the records in RocksDB, and the acknowledged mark.
//
// It knows how to open, check, write durably and read. It does not queue, wait or heal: after a
// failed write it must be closed and opened again (RocksDB's handle never heals), which
// EmbeddedLog does.
//
//   folder/MARK   the acknowledged mark       folder/db/   RocksDB: description and records
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include <rocksdb/db.h>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "engine/log/acknowledged_mark.h"
#include "engine/log/embedded_log.h"
#include "engine/log/record_format.h"

namespace revops {

// Thread safety: Read from any thread; Write from one at a time.
class LogStore final {
 public:
  // How a partition ends. Partitions are numbered through all topics, in the description's order.
  struct Tail {
    Offset end = 0;
    int64_t appended_at = 0;  // of the last record; 0 if there is none
  };

  // Opens the folder, makes what is missing, and checks that nothing acknowledged was lost.
  // Errors: as EmbeddedLog::Open.
  static absl::StatusOr<std::unique_ptr<LogStore>> Open(const std::string& folder,
                                                        const EmbeddedLogOptions& options);
  ~LogStore();

  const LogDescription& description() const { return description_; }
  // Partition number -> how it stood when the store was opened.
  const std::vector<Tail>& tails() const { return tails_; }

  // A record and its place.
  struct Placed {
    int partition = 0;
    Offset offset = 0;
    int64_t appended_at = 0;
    const NewRecord* record = nullptr;  // never null
  };
  // Returns once all records, and after them `ends` as the acknowledged mark, are durable. All
  // records are applied or none; after an error it is unknown which, and the store must be closed.
  // Errors: kUnavailable, kDataLoss.
  absl::Status Write(const std::vector<Placed>& records, const std::vector<Offset>& ends);

  // Records [from, end) of a partition as far as the limits allow.
  // Errors: kDataLoss naming partition and offset; kUnavailable.
  absl::StatusOr<std::vector<Record>> Read(int partition, Offset from, Offset end,
                                           const EventLog::ReadLimits& limits) const;

  // "touchpoints/3"
  const std::string& NameOf(int partition) const { return names_[partition]; }

 private:
  LogStore() = default;

  absl::Status OpenDatabase(const std::string& path, const EmbeddedLogOptions& options,
                            bool may_create);
  absl::Status LoadDescription(const EmbeddedLogOptions& options);
  absl::Status StoreDescription(LogDescription description);
  absl::Status NumberPartitions();
  absl::Status LoadTails();
  absl::Status CompareWithMark();
  absl::Status Missing(int partition, Offset offset, absl::string_view what) const;

  // Destroyed from the last to the first: the database before its environment.
  std::shared_ptr<rocksdb::Env> env_;
  std::shared_ptr<rocksdb::FileSystem> files_;
  std::unique_ptr<AcknowledgedMark> mark_;
  std::unique_ptr<rocksdb::DB> db_;
  std::string folder_;
  LogDescription description_;
  std::vector<StoredPartition> stored_;  // partition number -> its stored name
  std::vector<std::string> names_;       // partition number -> "touchpoints/3"
  std::vector<Tail> tails_;
};

}  // namespace revops
