#include "engine/log/refillable_db.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "engine/base/big_endian.h"
#include "engine/base/status.h"
#include "engine/log/rocksdb_adapter.h"

namespace revops {
namespace {

constexpr absl::string_view kMarks = "Z";

std::string MarkOf(uint64_t write) {
  std::string key(kMarks);
  AppendBigEndian(write, key);
  return key;
}

// RocksDB finds a database by this file.
std::string CurrentFile(const std::string& folder) { return absl::StrCat(folder, "/CURRENT"); }

rocksdb::Options WithRecovery(rocksdb::Options options) {
  options.create_if_missing = true;
  options.info_log = SilentRocksDbLogger();
  options.allow_fallocate =
      false;  // a preallocated WAL would eat the space freed after a full disk
  // Statistics would go to that logger. Their timer reads a shared block cache through the clock of
  // whichever database came first, which may be closed by then.
  options.stats_dump_period_sec = 0;
  options.stats_persist_period_sec = 0;
  options.wal_recovery_mode = rocksdb::WALRecoveryMode::kPointInTimeRecovery;
  options.avoid_flush_during_recovery = true;  // FlushRecovered does not keep anybody waiting
  return options;
}

}  // namespace

absl::Status FromRefillable(const rocksdb::Status& status, absl::string_view where) {
  const std::string text = absl::StrCat(where, ": ", status.ToString());
  if (IsOpenElsewhere(status)) {
    return absl::FailedPreconditionError(absl::StrCat(text, "; it is open already"));
  }
  if (status.IsCorruption()) {
    return absl::DataLossError(absl::StrCat(text, "; remove its folder to rebuild it"));
  }
  if (status.IsNoSpace()) {
    return absl::UnavailableError(absl::StrCat(
        text, "; make room on its disk: nothing is lost, and the fold goes on by itself"));
  }
  return FromRocksDb(status, where);
}

absl::StatusOr<std::unique_ptr<RefillableDb>> RefillableDb::Open(const rocksdb::Options& options,
                                                                 const std::string& folder) {
  for (bool was_emptied = false;; was_emptied = true) {
    // Without CURRENT, what lies there is the rest of a removal or of a making that was cut off.
    if (options.env->FileExists(folder).ok() &&
        options.env->FileExists(CurrentFile(folder)).IsNotFound()) {
      RETURN_IF_ERROR(Remove(options, folder));
    }
    rocksdb::DB* opened = nullptr;
    RETURN_IF_ERROR(
        FromRefillable(rocksdb::DB::Open(WithRecovery(options), folder, &opened), folder));
    std::unique_ptr<RefillableDb> db(new RefillableDb(std::unique_ptr<rocksdb::DB>(opened)));
    ASSIGN_OR_RETURN(const bool whole, db->FindMark());
    if (whole) {
      db->was_emptied_ = was_emptied;
      RETURN_IF_ERROR(db->FlushRecovered());
      return db;
    }
    db.reset();
    RETURN_IF_ERROR(Remove(options, folder));
  }
}

absl::Status RefillableDb::Remove(const rocksdb::Options& options, const std::string& folder) {
  const rocksdb::Status gone = options.env->DeleteFile(CurrentFile(folder));
  if (gone.ok()) {
    RETURN_IF_ERROR(SyncFolder(*options.env->GetFileSystem(), folder));
  } else if (!gone.IsNotFound() && !gone.IsPathNotFound()) {
    return FromRefillable(gone, folder);
  }
  return FromRefillable(rocksdb::DestroyDB(folder, WithRecovery(options)), folder);
}

absl::StatusOr<bool> RefillableDb::FindMark() {
  const std::unique_ptr<rocksdb::Iterator> at(db_->NewIterator({}));
  int marks = 0;
  for (at->Seek(ToSlice(kMarks)); at->Valid() && at->key().starts_with(ToSlice(kMarks));
       at->Next()) {
    if (at->key().size() != kMarks.size() + sizeof(writes_)) return false;
    writes_ = LoadBigEndian<uint64_t>(at->key().data() + kMarks.size());
    ++marks;
  }
  RETURN_IF_ERROR(FromRefillable(at->status(), db_->GetName()));
  if (marks > 0) return marks == 1;
  rocksdb::WriteOptions durable;
  durable.sync = true;
  RETURN_IF_ERROR(FromRefillable(db_->Put(durable, MarkOf(writes_), ""), db_->GetName()));
  return true;
}

absl::Status RefillableDb::FlushRecovered() {
  uint64_t entries = 0;
  db_->GetIntProperty(rocksdb::DB::Properties::kNumEntriesActiveMemTable, &entries);
  if (entries == 0) return absl::OkStatus();
  rocksdb::FlushOptions in_the_background;
  in_the_background.wait = false;
  in_the_background.allow_write_stall = true;
  return FromRefillable(db_->Flush(in_the_background), db_->GetName());
}

absl::Status RefillableDb::Write(rocksdb::WriteBatch& batch) {
  RETURN_IF_ERROR(FromRefillable(batch.Delete(MarkOf(writes_)), db_->GetName()));
  RETURN_IF_ERROR(FromRefillable(batch.Put(MarkOf(writes_ + 1), ""), db_->GetName()));
  RETURN_IF_ERROR(FromRefillable(db_->Write({}, &batch), db_->GetName()));
  ++writes_;
  return absl::OkStatus();
}

}  // namespace revops
