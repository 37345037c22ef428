// What every RocksDB store of ours shares: how its errors are said in ours, a logger, and
// folders that survive a power cut.
#pragma once

#include <memory>
#include <string>

#include <rocksdb/env.h>
#include <rocksdb/file_system.h>
#include <rocksdb/io_status.h>
#include <rocksdb/slice.h>
#include <rocksdb/status.h>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"

namespace revops {

// `status` in our codes, `where` before the message: damaged bytes are kDataLoss, everything else
// that a disk can cause (full, unreadable, gone) kUnavailable.
absl::Status FromRocksDb(const rocksdb::Status& status, absl::string_view where);

// Whether the folder is held by another process, or open in this one. RocksDB has no code of its
// own for it; only its words tell it from a disk that refuses.
bool IsOpenElsewhere(const rocksdb::Status& status);

// A logger that writes nothing: statuses carry what matters, and with RocksDB's own logger a full
// disk ends the process with SIGABRT. Set it as info_log of every store.
std::shared_ptr<rocksdb::Logger> SilentRocksDbLogger();

// Makes the folder and the folders above it that are missing, each durable in the one above it.
// Errors: kUnavailable if the disk refuses.
absl::Status MakeDurableFolder(rocksdb::FileSystem& files, const std::string& folder);

// Makes the names in the folder durable. Errors: kUnavailable if the disk refuses.
absl::Status SyncFolder(rocksdb::FileSystem& files, const std::string& folder);

inline rocksdb::Slice ToSlice(absl::string_view bytes) { return {bytes.data(), bytes.size()}; }
inline absl::string_view ToView(const rocksdb::Slice& bytes) {
  return {bytes.data(), bytes.size()};
}

}  // namespace revops
