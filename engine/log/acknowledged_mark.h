// How far a log has acknowledged, kept apart from the log itself.
//
// Why: RocksDB's recovery drops what follows a damaged byte of its write-ahead log and says
// nothing. A log whose ends lie below its mark has lost what it promised, and must say so.
//
// The file is as long as it will ever be from its creation on, so that a write in place and an
// fdatasync touch no metadata. Two slots take turns: a write cut off by a crash leaves the other
// slot whole, and that one speaks of a group which was the last to be acknowledged.
//
// on disk: never change. All numbers are big-endian.
//   file := slot slot                                        each of 65,536 bytes
//   slot := magic:u32 format:u32 sequence:u64 log:u64 count:u64 end:u64* checksum:u64 zeros
// magic is "RVMK", format 1, log the XXH3-64 of the log's identity; one end per partition, in the
// order of the log's description; checksum is XXH3-64 of all bytes of the slot before it. The slot
// with a valid checksum and the higher sequence holds.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include <rocksdb/file_system.h>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "engine/log/event_log.h"

namespace revops {

// Thread safety: one thread at a time.
class AcknowledgedMark final {
 public:
  static constexpr size_t kPartitionsMax = 8000;

  // Makes the file durably (or replaces one whose log never came to be), with no ends.
  // Errors: kUnavailable if the disk refuses.
  static absl::Status Create(rocksdb::FileSystem& files, const std::string& folder,
                             absl::string_view identity);

  static bool Exists(rocksdb::FileSystem& files, const std::string& folder);

  // Errors: kNotFound if there is no file; kDataLoss if neither slot is valid; kUnavailable.
  // Lifetime: `files` outlives the mark.
  static absl::StatusOr<std::unique_ptr<AcknowledgedMark>> Open(rocksdb::FileSystem& files,
                                                                const std::string& folder);

  // Partition -> acknowledged end, as of the last successful write. Partitions that were added
  // later are missing at the end and mean 0.
  const std::vector<Offset>& ends() const { return ends_; }

  // Whether the mark was made for the log of that identity.
  bool IsOf(absl::string_view identity) const;

  // Returns once `ends` is durable. After an error the mark must be opened again.
  // Errors: kUnavailable if the disk refuses.
  absl::Status Write(const std::vector<Offset>& ends);

 private:
  AcknowledgedMark(std::unique_ptr<rocksdb::FSRandomRWFile> file, std::string path)
      : file_(std::move(file)), path_(std::move(path)) {}

  // Takes the slot's contents over if they are valid and newer than what is held.
  void Consider(absl::string_view slot);

  std::unique_ptr<rocksdb::FSRandomRWFile> file_;
  const std::string path_;
  uint64_t sequence_ = 0;
  uint64_t log_ = 0;
  std::vector<Offset> ends_;
};

}  // namespace revops
