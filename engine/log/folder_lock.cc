#include "engine/log/folder_lock.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "engine/base/status.h"

namespace revops {
namespace {
constexpr mode_t kMode = 0644;

std::string PidIn(int file) {
  char text[32];
  const ssize_t size = pread(file, text, sizeof(text), 0);
  if (size <= 0) return "(unknown)";
  return std::string(absl::StripAsciiWhitespace(absl::string_view(text, size)));
}

absl::Status Failed(absl::string_view what, absl::string_view path) {
  return absl::UnavailableError(absl::StrCat("cannot ", what, " ", path, ": ", strerror(errno)));
}
}  // namespace

absl::StatusOr<std::unique_ptr<FolderLock>> FolderLock::Take(absl::string_view folder) {
  const std::string path = absl::StrCat(folder, "/OWNER");
  const int file = open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, kMode);
  if (file < 0) return Failed("open", path);
  std::unique_ptr<FolderLock> lock(new FolderLock(file));
  if (flock(file, LOCK_EX | LOCK_NB) != 0) {
    if (errno != EWOULDBLOCK) return Failed("lock", path);
    return absl::FailedPreconditionError(
        absl::StrCat("folder ", folder, " is in use by process ", PidIn(file),
                     "; ask that process, stop it, or choose another folder"));
  }
  const std::string pid = absl::StrCat(getpid(), "\n");
  if (ftruncate(file, 0) != 0 ||
      pwrite(file, pid.data(), pid.size(), 0) != static_cast<ssize_t>(pid.size())) {
    return Failed("write", path);
  }
  return lock;
}

FolderLock::~FolderLock() { close(file_); }

}  // namespace revops
