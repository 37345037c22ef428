#include "engine/log/rocksdb_adapter.h"

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "engine/base/status.h"

namespace revops {
namespace {
class SilentLogger final : public rocksdb::Logger {
 public:
  SilentLogger() : rocksdb::Logger(rocksdb::InfoLogLevel::FATAL_LEVEL) {}
  using rocksdb::Logger::Logv;
  void Logv(const char*, va_list) override {}
};
}  // namespace

absl::Status FromRocksDb(const rocksdb::Status& status, absl::string_view where) {
  if (status.ok()) return absl::OkStatus();
  const std::string message = absl::StrCat(where, ": ", status.ToString());
  if (status.IsCorruption()) {
    return absl::DataLossError(absl::StrCat(message, "; restore the folder from a copy"));
  }
  if (status.IsNoSpace()) {
    return absl::UnavailableError(absl::StrCat(message, "; free some disk space and try again"));
  }
  return absl::UnavailableError(message);
}

bool IsOpenElsewhere(const rocksdb::Status& status) {
  if (!status.IsIOError()) return false;
  const std::string text = status.ToString();
  return absl::StrContains(text, "While lock file") ||
         absl::StrContains(text, "lock hold by current process") ||
         absl::StrContains(text, "lock is already held");
}

absl::Status SyncFolder(rocksdb::FileSystem& files, const std::string& folder) {
  const rocksdb::IOOptions io;
  std::unique_ptr<rocksdb::FSDirectory> directory;
  RETURN_IF_ERROR(FromRocksDb(files.NewDirectory(folder, io, &directory, nullptr), folder));
  return FromRocksDb(directory->Fsync(io, nullptr), folder);
}

absl::Status MakeDurableFolder(rocksdb::FileSystem& files, const std::string& folder) {
  const rocksdb::IOOptions io;
  if (files.FileExists(folder, io, nullptr).ok()) return absl::OkStatus();
  const size_t slash = folder.find_last_of('/');
  std::string parent = ".";
  if (slash == 0) parent = "/";
  if (slash != std::string::npos && slash > 0) parent = folder.substr(0, slash);
  if (parent != "." && parent != "/") RETURN_IF_ERROR(MakeDurableFolder(files, parent));
  RETURN_IF_ERROR(FromRocksDb(files.CreateDirIfMissing(folder, io, nullptr), folder));
  return SyncFolder(files, parent);
}

std::shared_ptr<rocksdb::Logger> SilentRocksDbLogger() { return std::make_shared<SilentLogger>(); }

}  // namespace revops
