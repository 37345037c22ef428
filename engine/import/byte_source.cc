#include "engine/import/byte_source.h"

#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <utility>

#include "absl/strings/str_cat.h"

namespace revops {
namespace {

class FileSource final : public ByteSource {
 public:
  FileSource(std::string path, FILE* file, int64_t total)
      : path_(std::move(path)), file_(file), total_(total) {}
  ~FileSource() override { std::fclose(file_); }

  absl::StatusOr<size_t> Read(char* buffer, size_t size) override {
    const size_t got = std::fread(buffer, 1, size, file_);
    if (got == 0 && std::ferror(file_) != 0) {
      return absl::UnavailableError(
          absl::StrCat("cannot read ", path_, " beyond byte ", taken_, ": ", std::strerror(errno)));
    }
    taken_ += static_cast<int64_t>(got);
    return got;
  }
  int64_t bytes_taken() const override { return taken_; }
  int64_t bytes_total() const override { return total_; }

 private:
  const std::string path_;
  FILE* const file_;
  const int64_t total_;
  int64_t taken_ = 0;
};

class MemorySource final : public ByteSource {
 public:
  explicit MemorySource(absl::string_view bytes) : bytes_(bytes) {}

  absl::StatusOr<size_t> Read(char* buffer, size_t size) override {
    const size_t got = std::min(size, bytes_.size() - taken_);
    if (got > 0) std::memcpy(buffer, bytes_.data() + taken_, got);
    taken_ += got;
    return got;
  }
  int64_t bytes_taken() const override { return static_cast<int64_t>(taken_); }
  int64_t bytes_total() const override { return static_cast<int64_t>(bytes_.size()); }

 private:
  const absl::string_view bytes_;
  size_t taken_ = 0;
};

}  // namespace

absl::StatusOr<std::unique_ptr<ByteSource>> OpenFile(const std::string& path) {
  FILE* file = std::fopen(path.c_str(), "rb");
  if (file == nullptr) {
    return absl::NotFoundError(absl::StrCat("cannot open ", path, ": ", std::strerror(errno),
                                            "; check its name and that you may read it"));
  }
  struct stat info {};
  const bool known = fstat(fileno(file), &info) == 0;
  if (known && S_ISDIR(info.st_mode)) {
    std::fclose(file);
    return absl::InvalidArgumentError(absl::StrCat(path, " is a folder; name one of its files"));
  }
  const int64_t total = known && S_ISREG(info.st_mode) ? static_cast<int64_t>(info.st_size) : 0;
  return std::make_unique<FileSource>(path, file, total);
}

std::unique_ptr<ByteSource> OpenBytes(absl::string_view bytes) {
  return std::make_unique<MemorySource>(bytes);
}

}  // namespace revops
