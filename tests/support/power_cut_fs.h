// A file system over a real folder that loses what was not synced when its power is cut, and that
// can be told to have a full disk or a failing fsync. It runs inside the test's process: nothing
// has to be killed, and a cycle takes milliseconds.
//
// The model: a file's bytes are durable after a sync of the file, its name (new, renamed, deleted)
// after an fsync of its folder, a folder after an fsync of the folder above it. kill -9 never tests
// this: the kernel keeps what a killed process wrote.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <random>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include <rocksdb/env.h>
#include <rocksdb/file_system.h>

namespace revops::test {

// Thread safety: any thread.
class PowerCutFs final : public rocksdb::FileSystemWrapper {
 public:
  // `root` is an existing folder; what is in it is durable. Deleted files that a cut may bring back
  // wait in the sibling folder `root`.attic. `seed` decides what survives by luck.
  PowerCutFs(std::string root, uint64_t seed);
  ~PowerCutFs() override;

  // From now on, or from the n-th change to the disk on, everything fails and changes nothing.
  // The users must close (their errors mean nothing) before PowerOn.
  void Cut();
  void CutAfter(int64_t changes);
  bool is_off() const;

  // What a disk keeps of what was not synced.
  enum class Luck {
    kNone,  // nothing
    // Random pieces: part of a tail, blocks of 512 bytes of a file written in place, unsynced
    // names; in a write-ahead log also zeros for bytes. (RocksDB refuses a MANIFEST with such
    // zeros as damaged; ext4 as it is by default and XFS write bytes before the length, so that
    // they leave none.)
    kSome,
  };
  // Makes the folder what a machine finds when it starts again. REQUIRES: is_off().
  void PowerOn(Luck luck);

  enum class Fault {
    kNone,
    kFull,        // writes fail for want of space, the first one after half of its bytes
    kBrokenSync,  // syncs fail, and what they should have synced never becomes durable
  };
  // From the n-th change on, `lasting` changes of that kind fail; Heal ends it before.
  void FailAfter(int64_t changes, Fault fault, int64_t lasting = INT64_MAX);
  void Heal();

  // Changes and syncs so far; what the n above counts.
  int64_t changes() const;

  const char* Name() const override { return "PowerCutFs"; }

  using Io = rocksdb::IOOptions;
  using Context = rocksdb::IODebugContext;
  template <typename File>
  using Opened = std::unique_ptr<File>;
  rocksdb::IOStatus NewSequentialFile(const std::string& path, const rocksdb::FileOptions& options,
                                      Opened<rocksdb::FSSequentialFile>* file,
                                      Context* context) override;
  rocksdb::IOStatus NewRandomAccessFile(const std::string& path,
                                        const rocksdb::FileOptions& options,
                                        Opened<rocksdb::FSRandomAccessFile>* file,
                                        Context* context) override;
  rocksdb::IOStatus NewWritableFile(const std::string& path, const rocksdb::FileOptions& options,
                                    Opened<rocksdb::FSWritableFile>* file,
                                    Context* context) override;
  rocksdb::IOStatus ReopenWritableFile(const std::string& path, const rocksdb::FileOptions& options,
                                       Opened<rocksdb::FSWritableFile>* file,
                                       Context* context) override;
  rocksdb::IOStatus ReuseWritableFile(const std::string& path, const std::string& old_path,
                                      const rocksdb::FileOptions& options,
                                      Opened<rocksdb::FSWritableFile>* file,
                                      Context* context) override;
  rocksdb::IOStatus NewRandomRWFile(const std::string& path, const rocksdb::FileOptions& options,
                                    Opened<rocksdb::FSRandomRWFile>* file,
                                    Context* context) override;
  rocksdb::IOStatus NewDirectory(const std::string& path, const Io& io,
                                 Opened<rocksdb::FSDirectory>* directory,
                                 Context* context) override;
  rocksdb::IOStatus DeleteFile(const std::string& path, const Io& io, Context* context) override;
  rocksdb::IOStatus RenameFile(const std::string& from, const std::string& to, const Io& io,
                               Context* context) override;
  rocksdb::IOStatus CreateDir(const std::string& path, const Io& io, Context* context) override;
  rocksdb::IOStatus CreateDirIfMissing(const std::string& path, const Io& io,
                                       Context* context) override;
  rocksdb::IOStatus DeleteDir(const std::string& path, const Io& io, Context* context) override;
  rocksdb::IOStatus LinkFile(const std::string& from, const std::string& to, const Io& io,
                             Context* context) override;

 private:
  friend class PowerCutWritable;
  friend class PowerCutInPlace;
  friend class PowerCutDirectory;

  // A file, whatever it is called.
  struct Inode {
    std::string real_path;  // where its bytes are now: under root, or in the attic
    uint64_t size = 0;
    uint64_t synced = 0;               // bytes from the start that are durable
    bool broken = false;               // a sync failed: its unsynced bytes never become durable
    std::optional<std::string> image;  // of a file written in place: its durable bytes
    std::vector<std::pair<uint64_t, std::string>> unsynced;  // of such a file: (offset, bytes)
  };
  using InodePtr = std::shared_ptr<Inode>;
  enum class Change { kWrite, kSync, kName };

  // All REQUIRE mutex_.
  rocksdb::IOStatus Allow(Change change, uint64_t epoch);
  rocksdb::IOStatus AllowRead() const;
  InodePtr Find(const std::string& path);
  void Retire(const std::string& path);
  void SyncFolder(const std::string& folder);
  void Settle(const InodePtr& inode, Luck luck, bool may_hold_zeros);
  bool Lucky(Luck luck) { return luck == Luck::kSome && random_() % 2 == 0; }

  rocksdb::IOStatus Append(const InodePtr& inode, rocksdb::FSWritableFile& file, uint64_t epoch,
                           const rocksdb::Slice& data);
  rocksdb::IOStatus Truncate(const InodePtr& inode, rocksdb::FSWritableFile& file, uint64_t epoch,
                             uint64_t size);
  rocksdb::IOStatus WriteInPlace(const InodePtr& inode, rocksdb::FSRandomRWFile& file,
                                 uint64_t epoch, uint64_t offset, const rocksdb::Slice& data);
  rocksdb::IOStatus Sync(const InodePtr& inode, uint64_t epoch);
  rocksdb::IOStatus FsyncFolder(const std::string& folder, uint64_t epoch);

  const std::string root_;
  const std::string attic_;

  mutable std::mutex mutex_;
  std::mt19937_64 random_;
  bool off_ = false;
  uint64_t epoch_ = 0;  // raised by PowerOn: handles of an earlier epoch are dead
  int64_t changes_ = 0;
  int64_t cut_at_ = INT64_MAX;
  Fault fault_ = Fault::kNone;
  int64_t fault_at_ = INT64_MAX;
  int64_t fault_lasting_ = 0;
  bool tore_ = false;  // the full disk took half of a write already
  int64_t retired_ = 0;
  std::map<std::string, InodePtr> live_;     // path -> file, as the running machine sees it
  std::map<std::string, InodePtr> durable_;  // path -> file, as it would be found after a cut
  std::set<std::string> live_folders_;       // made since, and not durable yet
};

// An Env on that disk and the machine's threads. It skips the second that RocksDB sleeps after
// background work failed.
std::shared_ptr<rocksdb::Env> EnvOn(std::shared_ptr<PowerCutFs> disk);

}  // namespace revops::test
