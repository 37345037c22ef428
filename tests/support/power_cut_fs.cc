#include "tests/support/power_cut_fs.h"

#include <algorithm>
#include <filesystem>
#include <fstream>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "engine/base/status.h"
#include "tests/support/power_cut_files.h"

namespace revops::test {
namespace {
namespace fs = std::filesystem;
using rocksdb::IOStatus;
constexpr uint64_t kBlockBytes = 512;

std::string FolderOf(const std::string& path) { return path.substr(0, path.find_last_of('/')); }

std::string Contents(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return std::string(std::istreambuf_iterator<char>(file), {});
}

void Overwrite(const std::string& path, const std::string& bytes) {
  std::ofstream(path, std::ios::binary | std::ios::trunc) << bytes;
}
}  // namespace

PowerCutFs::PowerCutFs(std::string root, uint64_t seed)
    : FileSystemWrapper(rocksdb::FileSystem::Default()),
      root_(std::move(root)),
      attic_(root_ + ".attic"),
      random_(seed) {
  fs::create_directories(attic_);
}

PowerCutFs::~PowerCutFs() { fs::remove_all(attic_); }

void PowerCutFs::Cut() {
  std::lock_guard<std::mutex> lock(mutex_);
  off_ = true;
}

void PowerCutFs::CutAfter(int64_t changes) {
  std::lock_guard<std::mutex> lock(mutex_);
  cut_at_ = changes_ + changes;
}

bool PowerCutFs::is_off() const {
  std::lock_guard<std::mutex> lock(mutex_);
  return off_;
}

int64_t PowerCutFs::changes() const {
  std::lock_guard<std::mutex> lock(mutex_);
  return changes_;
}

void PowerCutFs::FailAfter(int64_t changes, Fault fault, int64_t lasting) {
  std::lock_guard<std::mutex> lock(mutex_);
  fault_ = fault;
  fault_at_ = changes_ + changes;
  fault_lasting_ = lasting;
  tore_ = false;
}

void PowerCutFs::Heal() {
  std::lock_guard<std::mutex> lock(mutex_);
  fault_ = Fault::kNone;
}

void PowerCutFs::PowerOn(Luck luck) {
  std::lock_guard<std::mutex> lock(mutex_);
  REVOPS_CHECK(off_);
  std::set<std::string> lost;
  for (const std::string& folder : live_folders_) {
    if (!Lucky(luck)) lost.insert(folder);
  }
  const auto is_lost = [&lost](const std::string& path) {
    return std::any_of(lost.begin(), lost.end(), [&path](const std::string& folder) {
      return absl::StartsWith(path, folder + "/");
    });
  };
  std::map<std::string, bool> keeps_names;  // folder -> whether its unsynced names survive
  std::set<InodePtr> inodes;
  for (const auto* names : {&live_, &durable_}) {
    for (const auto& [path, inode] : *names) {
      inodes.insert(inode);
      if (keeps_names.count(FolderOf(path)) == 0) keeps_names[FolderOf(path)] = Lucky(luck);
    }
  }
  std::map<std::string, InodePtr> found;
  for (const auto* names : {&live_, &durable_}) {
    for (const auto& [path, inode] : *names) {
      const std::string folder = FolderOf(path);
      if (!is_lost(path) && keeps_names[folder] == (names == &live_)) found[path] = inode;
    }
  }
  for (const InodePtr& inode : inodes) {
    const std::string aside = absl::StrCat(attic_, "/", retired_++);
    fs::rename(inode->real_path, aside);
    inode->real_path = aside;
  }
  for (const std::string& folder : lost) fs::remove_all(folder);
  for (const auto& [path, inode] : found) {
    Settle(inode, luck, absl::EndsWith(path, ".log"));
    fs::rename(inode->real_path, path);
    inode->real_path = path;
    inodes.erase(inode);
  }
  for (const InodePtr& inode : inodes) fs::remove(inode->real_path);

  live_.clear();  // what is found is durable, and gets known again when it is used
  durable_.clear();
  live_folders_.clear();
  off_ = false;
  cut_at_ = INT64_MAX;
  fault_ = Fault::kNone;
  ++epoch_;
}

void PowerCutFs::Settle(const InodePtr& inode, Luck luck, bool may_hold_zeros) {
  if (inode->image.has_value()) {
    std::string& bytes = *inode->image;
    for (const auto& [offset, data] : inode->unsynced) {
      for (uint64_t at = 0; at < data.size() && !inode->broken; at += kBlockBytes) {
        const uint64_t size = std::min<uint64_t>(kBlockBytes, data.size() - at);
        if (Lucky(luck)) bytes.replace(offset + at, size, data, at, size);
      }
    }
    Overwrite(inode->real_path, bytes);
    return;
  }
  const uint64_t unsynced = inode->size - inode->synced;
  uint64_t torn = 0;
  if (Lucky(luck) && !inode->broken) torn = random_() % (unsynced + 1);
  fs::resize_file(inode->real_path, inode->synced + torn);
  if (torn > 0 && may_hold_zeros && Lucky(luck)) {  // the length got there before the bytes did
    const uint64_t zeros = random_() % (torn + 1);
    fs::resize_file(inode->real_path, inode->synced + torn - zeros);
    fs::resize_file(inode->real_path, inode->synced + torn);
  }
}

IOStatus PowerCutFs::Allow(Change change, uint64_t epoch) {
  if (off_ || epoch != epoch_) return IOStatus::IOError("the power is off");
  ++changes_;
  if (changes_ >= cut_at_) {
    off_ = true;
    return IOStatus::IOError("the power went off");
  }
  const bool hit = (fault_ == Fault::kFull && change == Change::kWrite) ||
                   (fault_ == Fault::kBrokenSync && change == Change::kSync);
  if (!hit || changes_ < fault_at_) return IOStatus::OK();
  const bool full = fault_ == Fault::kFull;
  if (--fault_lasting_ <= 0) fault_ = Fault::kNone;
  return full ? IOStatus::NoSpace("the test's disk is full")
              : IOStatus::IOError("the test's disk does not sync");
}

IOStatus PowerCutFs::AllowRead() const {
  return off_ ? IOStatus::IOError("the power is off") : IOStatus::OK();
}

PowerCutFs::InodePtr PowerCutFs::Find(const std::string& path) {
  const auto known = live_.find(path);
  if (known != live_.end()) return known->second;
  if (!fs::is_regular_file(path)) return nullptr;
  auto inode = std::make_shared<Inode>();
  inode->real_path = path;
  inode->size = inode->synced = fs::file_size(path);
  live_[path] = durable_[path] = inode;
  return inode;
}

// Takes the name away. The file is kept if a cut would bring it back.
void PowerCutFs::Retire(const std::string& path) {
  const InodePtr inode = Find(path);
  if (inode == nullptr) return;
  live_.erase(path);
  for (const auto& [durable_path, durable_inode] : durable_) {
    if (durable_inode != inode) continue;
    inode->real_path = absl::StrCat(attic_, "/", retired_++);
    fs::rename(path, inode->real_path);
    return;
  }
  fs::remove(path);
}

void PowerCutFs::SyncFolder(const std::string& folder) {
  std::set<InodePtr> forgotten;
  for (auto it = durable_.begin(); it != durable_.end();) {
    if (FolderOf(it->first) != folder) {
      ++it;
      continue;
    }
    forgotten.insert(it->second);
    it = durable_.erase(it);
  }
  for (const auto& [path, inode] : live_) {
    if (FolderOf(path) == folder) durable_[path] = inode;
    forgotten.erase(inode);
  }
  for (const auto& [path, inode] : durable_) forgotten.erase(inode);
  for (const InodePtr& inode : forgotten) fs::remove(inode->real_path);
  for (auto it = live_folders_.begin(); it != live_folders_.end();) {
    it = FolderOf(*it) == folder ? live_folders_.erase(it) : std::next(it);
  }
}

IOStatus PowerCutFs::Append(const InodePtr& inode, rocksdb::FSWritableFile& file, uint64_t epoch,
                            const rocksdb::Slice& data) {
  std::lock_guard<std::mutex> lock(mutex_);
  const IOStatus allowed = Allow(Change::kWrite, epoch);
  rocksdb::Slice written = data;
  if (!allowed.ok()) {
    if (!allowed.IsNoSpace() || tore_) return allowed;
    tore_ = true;
    written = rocksdb::Slice(data.data(), data.size() / 2);
  }
  const IOStatus appended = file.Append(written, Io(), nullptr);
  if (appended.ok()) inode->size += written.size();
  return allowed.ok() ? appended : allowed;
}

IOStatus PowerCutFs::Truncate(const InodePtr& inode, rocksdb::FSWritableFile& file, uint64_t epoch,
                              uint64_t size) {
  std::lock_guard<std::mutex> lock(mutex_);
  IOStatus status = Allow(Change::kWrite, epoch);
  if (status.ok()) status = file.Truncate(size, Io(), nullptr);
  if (status.ok()) {
    inode->size = size;
    inode->synced = std::min(inode->synced, size);
  }
  return status;
}

IOStatus PowerCutFs::WriteInPlace(const InodePtr& inode, rocksdb::FSRandomRWFile& file,
                                  uint64_t epoch, uint64_t offset, const rocksdb::Slice& data) {
  std::lock_guard<std::mutex> lock(mutex_);
  IOStatus status = Allow(Change::kWrite, epoch);
  if (status.IsNoSpace()) status = IOStatus::OK();  // the file has its space already
  REVOPS_CHECK(offset + data.size() <= inode->image->size());
  if (status.ok()) status = file.Write(offset, data, Io(), nullptr);
  if (status.ok()) inode->unsynced.emplace_back(offset, data.ToString());
  return status;
}

IOStatus PowerCutFs::Sync(const InodePtr& inode, uint64_t epoch) {
  std::lock_guard<std::mutex> lock(mutex_);
  const IOStatus status = Allow(Change::kSync, epoch);
  if (!status.ok()) {
    if (!off_ && epoch == epoch_) inode->broken = true;
    return status;
  }
  if (inode->broken) return status;  // a kernel says so, too: the lost pages are marked clean
  inode->synced = inode->size;
  for (const auto& [offset, data] : inode->unsynced) {
    inode->image->replace(offset, data.size(), data);
  }
  inode->unsynced.clear();
  return status;
}

IOStatus PowerCutFs::FsyncFolder(const std::string& folder, uint64_t epoch) {
  std::lock_guard<std::mutex> lock(mutex_);
  const IOStatus status = Allow(Change::kSync, epoch);
  if (status.ok()) SyncFolder(folder);
  return status;
}

IOStatus PowerCutFs::NewSequentialFile(const std::string& path, const rocksdb::FileOptions& options,
                                       Opened<rocksdb::FSSequentialFile>* file, Context* context) {
  std::lock_guard<std::mutex> lock(mutex_);
  const IOStatus status = AllowRead();
  return status.ok() ? target_->NewSequentialFile(path, options, file, context) : status;
}

IOStatus PowerCutFs::NewRandomAccessFile(const std::string& path,
                                         const rocksdb::FileOptions& options,
                                         Opened<rocksdb::FSRandomAccessFile>* file,
                                         Context* context) {
  std::lock_guard<std::mutex> lock(mutex_);
  const IOStatus status = AllowRead();
  return status.ok() ? target_->NewRandomAccessFile(path, options, file, context) : status;
}

IOStatus PowerCutFs::NewWritableFile(const std::string& path, const rocksdb::FileOptions& options,
                                     Opened<rocksdb::FSWritableFile>* file, Context* context) {
  std::lock_guard<std::mutex> lock(mutex_);
  IOStatus status = Allow(Change::kWrite, epoch_);
  if (!status.ok()) return status;
  Retire(path);
  Opened<rocksdb::FSWritableFile> real;
  status = target_->NewWritableFile(path, options, &real, context);
  if (!status.ok()) return status;
  auto inode = std::make_shared<Inode>();
  inode->real_path = path;
  live_[path] = inode;
  file->reset(new PowerCutWritable(*this, inode, epoch_, std::move(real)));
  return status;
}

IOStatus PowerCutFs::ReopenWritableFile(const std::string& path,
                                        const rocksdb::FileOptions& options,
                                        Opened<rocksdb::FSWritableFile>* file, Context* context) {
  {
    std::lock_guard<std::mutex> lock(mutex_);
    if (const InodePtr inode = Find(path); inode != nullptr) {
      IOStatus status = Allow(Change::kWrite, epoch_);
      Opened<rocksdb::FSWritableFile> real;
      if (status.ok()) status = target_->ReopenWritableFile(path, options, &real, context);
      if (status.ok()) file->reset(new PowerCutWritable(*this, inode, epoch_, std::move(real)));
      return status;
    }
  }
  return NewWritableFile(path, options, file, context);
}

IOStatus PowerCutFs::ReuseWritableFile(const std::string&, const std::string&,
                                       const rocksdb::FileOptions&,
                                       Opened<rocksdb::FSWritableFile>*, Context*) {
  return IOStatus::NotSupported("ReuseWritableFile");
}

IOStatus PowerCutFs::NewRandomRWFile(const std::string& path, const rocksdb::FileOptions& options,
                                     Opened<rocksdb::FSRandomRWFile>* file, Context* context) {
  std::lock_guard<std::mutex> lock(mutex_);
  IOStatus status = AllowRead();
  const InodePtr inode = Find(path);
  if (inode == nullptr) return IOStatus::PathNotFound(path);
  Opened<rocksdb::FSRandomRWFile> real;
  if (status.ok()) status = target_->NewRandomRWFile(path, options, &real, context);
  if (!status.ok()) return status;
  if (!inode->image.has_value()) {
    REVOPS_CHECK(inode->synced == inode->size);
    inode->image = Contents(path);
  }
  file->reset(new PowerCutInPlace(*this, inode, epoch_, std::move(real)));
  return status;
}

IOStatus PowerCutFs::NewDirectory(const std::string& path, const Io&,
                                  Opened<rocksdb::FSDirectory>* directory, Context*) {
  std::lock_guard<std::mutex> lock(mutex_);
  if (!fs::is_directory(path)) return IOStatus::PathNotFound(path);
  directory->reset(new PowerCutDirectory(*this, path, epoch_));
  return AllowRead();
}

IOStatus PowerCutFs::DeleteFile(const std::string& path, const Io&, Context*) {
  std::lock_guard<std::mutex> lock(mutex_);
  const IOStatus status = Allow(Change::kName, epoch_);
  if (!status.ok()) return status;
  if (Find(path) == nullptr) return IOStatus::PathNotFound(path);
  Retire(path);
  return status;
}

IOStatus PowerCutFs::RenameFile(const std::string& from, const std::string& to, const Io&,
                                Context*) {
  std::lock_guard<std::mutex> lock(mutex_);
  const IOStatus status = Allow(Change::kName, epoch_);
  if (!status.ok()) return status;
  const InodePtr inode = Find(from);
  if (inode == nullptr) return IOStatus::PathNotFound(from);
  Retire(to);
  fs::rename(from, to);
  inode->real_path = to;
  live_.erase(from);
  live_[to] = inode;
  return status;
}

IOStatus PowerCutFs::CreateDir(const std::string& path, const Io& io, Context* context) {
  std::lock_guard<std::mutex> lock(mutex_);
  IOStatus status = Allow(Change::kWrite, epoch_);
  if (status.ok()) status = target_->CreateDir(path, io, context);
  if (status.ok()) live_folders_.insert(path);
  return status;
}

IOStatus PowerCutFs::CreateDirIfMissing(const std::string& path, const Io& io, Context* context) {
  if (fs::is_directory(path)) return IOStatus::OK();
  return CreateDir(path, io, context);
}

// A cut may bring back files of a folder, so that it stays; RocksDB asks, and does not mind.
IOStatus PowerCutFs::DeleteDir(const std::string&, const Io&, Context*) {
  return IOStatus::NotSupported("DeleteDir");
}

IOStatus PowerCutFs::LinkFile(const std::string&, const std::string&, const Io&, Context*) {
  return IOStatus::NotSupported("LinkFile");
}

}  // namespace revops::test
