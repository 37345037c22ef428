// The open files and folders of a PowerCutFs: they hand every change to it. Only for its .cc file.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <utility>

#include <rocksdb/file_system.h>

#include "tests/support/power_cut_fs.h"

namespace revops::test {

// An append-only file.
class PowerCutWritable final : public rocksdb::FSWritableFileOwnerWrapper {
 public:
  PowerCutWritable(PowerCutFs& disk, PowerCutFs::InodePtr inode, uint64_t epoch,
                   std::unique_ptr<rocksdb::FSWritableFile> file)
      : FSWritableFileOwnerWrapper(std::move(file)), disk_(disk), inode_(inode), epoch_(epoch) {}

  rocksdb::IOStatus Append(const rocksdb::Slice& data, const rocksdb::IOOptions&,
                           rocksdb::IODebugContext*) override {
    return disk_.Append(inode_, *target(), epoch_, data);
  }
  rocksdb::IOStatus Append(const rocksdb::Slice& data, const rocksdb::IOOptions&,
                           const rocksdb::DataVerificationInfo&,
                           rocksdb::IODebugContext*) override {
    return disk_.Append(inode_, *target(), epoch_, data);
  }
  rocksdb::IOStatus Truncate(uint64_t size, const rocksdb::IOOptions&,
                             rocksdb::IODebugContext*) override {
    return disk_.Truncate(inode_, *target(), epoch_, size);
  }
  rocksdb::IOStatus Sync(const rocksdb::IOOptions&, rocksdb::IODebugContext*) override {
    return disk_.Sync(inode_, epoch_);
  }
  rocksdb::IOStatus Fsync(const rocksdb::IOOptions&, rocksdb::IODebugContext*) override {
    return disk_.Sync(inode_, epoch_);
  }
  rocksdb::IOStatus RangeSync(uint64_t, uint64_t, const rocksdb::IOOptions&,
                              rocksdb::IODebugContext*) override {
    return rocksdb::IOStatus::OK();  // promises nothing
  }

 private:
  PowerCutFs& disk_;
  const PowerCutFs::InodePtr inode_;
  const uint64_t epoch_;
};

// A file written in place.
class PowerCutInPlace final : public rocksdb::FSRandomRWFileOwnerWrapper {
 public:
  PowerCutInPlace(PowerCutFs& disk, PowerCutFs::InodePtr inode, uint64_t epoch,
                  std::unique_ptr<rocksdb::FSRandomRWFile> file)
      : FSRandomRWFileOwnerWrapper(std::move(file)), disk_(disk), inode_(inode), epoch_(epoch) {}

  rocksdb::IOStatus Write(uint64_t offset, const rocksdb::Slice& data, const rocksdb::IOOptions&,
                          rocksdb::IODebugContext*) override {
    return disk_.WriteInPlace(inode_, *target(), epoch_, offset, data);
  }
  rocksdb::IOStatus Sync(const rocksdb::IOOptions&, rocksdb::IODebugContext*) override {
    return disk_.Sync(inode_, epoch_);
  }
  rocksdb::IOStatus Fsync(const rocksdb::IOOptions&, rocksdb::IODebugContext*) override {
    return disk_.Sync(inode_, epoch_);
  }

 private:
  PowerCutFs& disk_;
  const PowerCutFs::InodePtr inode_;
  const uint64_t epoch_;
};

class PowerCutDirectory final : public rocksdb::FSDirectory {
 public:
  PowerCutDirectory(PowerCutFs& disk, std::string folder, uint64_t epoch)
      : disk_(disk), folder_(std::move(folder)), epoch_(epoch) {}

  rocksdb::IOStatus Fsync(const rocksdb::IOOptions&, rocksdb::IODebugContext*) override {
    return disk_.FsyncFolder(folder_, epoch_);
  }
  rocksdb::IOStatus Close(const rocksdb::IOOptions&, rocksdb::IODebugContext*) override {
    return rocksdb::IOStatus::OK();
  }

 private:
  PowerCutFs& disk_;
  const std::string folder_;
  const uint64_t epoch_;
};

}  // namespace revops::test
