// One process at a time owns a folder; another is told who.
#pragma once

#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace revops {

// Holds folder/OWNER, a file with the owner's process id, under an exclusive lock until it is
// destroyed. The lock ends with the process, however it ends; the file stays and means nothing
// without the lock.
class FolderLock final {
 public:
  // Takes the lock. The folder must exist.
  // Errors: kFailedPrecondition ("folder … is in use by process 123") if another owner holds it, in
  // this process or another; kUnavailable if the file cannot be opened or written.
  static absl::StatusOr<std::unique_ptr<FolderLock>> Take(absl::string_view folder);

  ~FolderLock();
  FolderLock(const FolderLock&) = delete;
  FolderLock& operator=(const FolderLock&) = delete;

 private:
  explicit FolderLock(int file) : file_(file) {}

  const int file_;
};

}  // namespace revops
