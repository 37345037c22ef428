#include "engine/log/acknowledged_mark.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "engine/base/big_endian.h"
#include "engine/base/hash.h"
#include "engine/base/status.h"
#include "engine/log/rocksdb_adapter.h"

namespace revops {
namespace {
constexpr size_t kSlotBytes = 65536;
constexpr uint32_t kMagic = 0x52564d4b;
constexpr uint32_t kFormat = 1;
constexpr size_t kHeadBytes = 32;
constexpr size_t kChecksumBytes = 8;
static_assert(kHeadBytes + 8 * AcknowledgedMark::kPartitionsMax + kChecksumBytes <= kSlotBytes);

std::string PathIn(absl::string_view folder) { return absl::StrCat(folder, "/MARK"); }

std::string EncodeSlot(uint64_t sequence, uint64_t log, const std::vector<Offset>& ends) {
  std::string slot;
  slot.reserve(kHeadBytes + 8 * ends.size() + kChecksumBytes);
  AppendBigEndian(kMagic, slot);
  AppendBigEndian(kFormat, slot);
  AppendBigEndian(sequence, slot);
  AppendBigEndian(log, slot);
  AppendBigEndian<uint64_t>(ends.size(), slot);
  for (const Offset end : ends) AppendBigEndian<uint64_t>(end, slot);
  AppendBigEndian(Hash64(slot), slot);
  return slot;
}
}  // namespace

absl::Status AcknowledgedMark::Create(rocksdb::FileSystem& files, const std::string& folder,
                                      absl::string_view identity) {
  const std::string path = PathIn(folder);
  const std::string draft = absl::StrCat(path, ".new");
  const rocksdb::IOOptions io;
  std::string bytes = EncodeSlot(1, Hash64(identity), {});
  bytes.resize(2 * kSlotBytes, '\0');

  std::unique_ptr<rocksdb::FSWritableFile> file;
  RETURN_IF_ERROR(
      FromRocksDb(files.NewWritableFile(draft, rocksdb::FileOptions(), &file, nullptr), draft));
  RETURN_IF_ERROR(FromRocksDb(file->Append(bytes, io, nullptr), draft));
  RETURN_IF_ERROR(FromRocksDb(file->Fsync(io, nullptr), draft));
  RETURN_IF_ERROR(FromRocksDb(file->Close(io, nullptr), draft));
  RETURN_IF_ERROR(FromRocksDb(files.RenameFile(draft, path, io, nullptr), path));
  std::unique_ptr<rocksdb::FSDirectory> directory;
  RETURN_IF_ERROR(FromRocksDb(files.NewDirectory(folder, io, &directory, nullptr), folder));
  return FromRocksDb(directory->Fsync(io, nullptr), folder);
}

bool AcknowledgedMark::Exists(rocksdb::FileSystem& files, const std::string& folder) {
  return files.FileExists(PathIn(folder), rocksdb::IOOptions(), nullptr).ok();
}

absl::StatusOr<std::unique_ptr<AcknowledgedMark>> AcknowledgedMark::Open(
    rocksdb::FileSystem& files, const std::string& folder) {
  const std::string path = PathIn(folder);
  const rocksdb::IOOptions io;
  const rocksdb::IOStatus exists = files.FileExists(path, io, nullptr);
  if (exists.IsNotFound()) return absl::NotFoundError(absl::StrCat("there is no ", path));
  RETURN_IF_ERROR(FromRocksDb(exists, path));

  std::unique_ptr<rocksdb::FSRandomRWFile> file;
  RETURN_IF_ERROR(
      FromRocksDb(files.NewRandomRWFile(path, rocksdb::FileOptions(), &file, nullptr), path));
  std::string scratch(2 * kSlotBytes, '\0');
  rocksdb::Slice bytes;
  RETURN_IF_ERROR(
      FromRocksDb(file->Read(0, scratch.size(), io, &bytes, scratch.data(), nullptr), path));

  std::unique_ptr<AcknowledgedMark> mark(new AcknowledgedMark(std::move(file), path));
  const absl::string_view view = ToView(bytes);
  if (view.size() == 2 * kSlotBytes) {
    mark->Consider(view.substr(0, kSlotBytes));
    mark->Consider(view.substr(kSlotBytes));
  }
  if (mark->sequence_ == 0) {
    return absl::DataLossError(
        absl::StrCat(path,
                     " is damaged in both slots, so nothing says how far the log was "
                     "acknowledged; restore the log's folder from a copy"));
  }
  return mark;
}

void AcknowledgedMark::Consider(absl::string_view slot) {
  if (LoadBigEndian<uint32_t>(slot.data()) != kMagic) return;
  if (LoadBigEndian<uint32_t>(slot.data() + 4) != kFormat) return;
  const uint64_t count = LoadBigEndian<uint64_t>(slot.data() + 24);
  if (count > kPartitionsMax) return;
  const size_t size = kHeadBytes + 8 * count;
  if (LoadBigEndian<uint64_t>(slot.data() + size) != Hash64(slot.substr(0, size))) return;

  const uint64_t sequence = LoadBigEndian<uint64_t>(slot.data() + 8);
  if (sequence <= sequence_) return;
  sequence_ = sequence;
  log_ = LoadBigEndian<uint64_t>(slot.data() + 16);
  ends_.clear();
  for (size_t i = 0; i < count; ++i) {
    ends_.push_back(LoadBigEndian<uint64_t>(slot.data() + kHeadBytes + 8 * i));
  }
}

bool AcknowledgedMark::IsOf(absl::string_view identity) const { return log_ == Hash64(identity); }

absl::Status AcknowledgedMark::Write(const std::vector<Offset>& ends) {
  REVOPS_CHECK(ends.size() <= kPartitionsMax);
  const uint64_t sequence = sequence_ + 1;
  const uint64_t place = sequence % 2 == 1 ? 0 : kSlotBytes;
  const rocksdb::IOOptions io;
  RETURN_IF_ERROR(
      FromRocksDb(file_->Write(place, EncodeSlot(sequence, log_, ends), io, nullptr), path_));
  RETURN_IF_ERROR(FromRocksDb(file_->Sync(io, nullptr), path_));
  sequence_ = sequence;
  ends_ = ends;
  return absl::OkStatus();
}

}  // namespace revops
