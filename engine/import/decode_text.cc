// What stands between a file's bytes and its text: gzip, a byte order mark, foreign encodings.
#include <zlib.h>

#include <algorithm>
#include <cstring>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "engine/base/status.h"
#include "engine/import/byte_source.h"

namespace revops {
namespace {

constexpr size_t kChunkBytes = 64 << 10;
constexpr int64_t kExpansionFreeBytes = int64_t{64} << 20;
constexpr absl::string_view kByteOrderMark = "\xef\xbb\xbf";

// Gives back the bytes that were looked at, then the rest.
class PeekedSource final : public ByteSource {
 public:
  PeekedSource(std::string head, std::unique_ptr<ByteSource> rest)
      : head_(std::move(head)), rest_(std::move(rest)) {}

  absl::StatusOr<size_t> Read(char* buffer, size_t size) override {
    if (used_ == head_.size()) return rest_->Read(buffer, size);
    const size_t got = std::min(size, head_.size() - used_);
    std::memcpy(buffer, head_.data() + used_, got);
    used_ += got;
    return got;
  }
  int64_t bytes_taken() const override { return rest_->bytes_taken(); }
  int64_t bytes_total() const override { return rest_->bytes_total(); }

 private:
  const std::string head_;
  size_t used_ = 0;
  const std::unique_ptr<ByteSource> rest_;
};

class GunzipSource final : public ByteSource {
 public:
  GunzipSource(std::unique_ptr<ByteSource> packed, int64_t expansion_max)
      : packed_(std::move(packed)), expansion_max_(expansion_max), input_(kChunkBytes) {
    std::memset(&stream_, 0, sizeof(stream_));
    // 16: gzip only, with its checksum verified.
    REVOPS_CHECK(inflateInit2(&stream_, 16 + MAX_WBITS) == Z_OK);
  }
  ~GunzipSource() override { inflateEnd(&stream_); }

  absl::StatusOr<size_t> Read(char* buffer, size_t size) override {
    RETURN_IF_ERROR(broken_);
    stream_.next_out = reinterpret_cast<Bytef*>(buffer);
    stream_.avail_out = static_cast<uInt>(std::min<size_t>(size, 1 << 30));
    const uInt room = stream_.avail_out;
    while (stream_.avail_out == room) {
      if (stream_.avail_in == 0) {
        ASSIGN_OR_RETURN(const size_t got, packed_->Read(input_.data(), input_.size()));
        if (got == 0 && between_members_) return 0;
        if (got == 0) {
          return absl::InvalidArgumentError(
              absl::StrCat("the gzip data is cut off after ", unpacked_,
                           " decompressed bytes; fetch the whole file again"));
        }
        taken_ += static_cast<int64_t>(got);
        stream_.next_in = reinterpret_cast<Bytef*>(input_.data());
        stream_.avail_in = static_cast<uInt>(got);
      }
      broken_ = Inflate();
      if (!broken_.ok()) break;
    }
    const size_t made = room - stream_.avail_out;
    if (made == 0) return broken_;
    unpacked_ += static_cast<int64_t>(made);
    if (unpacked_ > kExpansionFreeBytes && unpacked_ / expansion_max_ > taken_) {
      return absl::InvalidArgumentError(absl::StrCat(
          "the gzip data grows to more than ", expansion_max_, " times its size (", taken_,
          " bytes gave ", unpacked_, "); raise limits.expansion_max if that is right"));
    }
    return made;
  }
  int64_t bytes_taken() const override { return packed_->bytes_taken(); }
  int64_t bytes_total() const override { return packed_->bytes_total(); }

 private:
  absl::Status Inflate() {
    if (between_members_) {
      inflateReset(&stream_);
      between_members_ = false;
    }
    const int code = inflate(&stream_, Z_NO_FLUSH);
    if (code == Z_STREAM_END) {
      between_members_ = true;
    } else if (code != Z_OK && code != Z_BUF_ERROR) {
      return absl::InvalidArgumentError(absl::StrCat(
          "the gzip data is broken after ", unpacked_, " decompressed bytes (",
          stream_.msg != nullptr ? stream_.msg : zError(code), "); fetch the file again"));
    }
    return absl::OkStatus();
  }

  const std::unique_ptr<ByteSource> packed_;
  const int64_t expansion_max_;
  std::vector<char> input_;
  z_stream stream_;
  bool between_members_ = false;
  absl::Status broken_;  // told once what was inflated before it has been read
  int64_t taken_ = 0;
  int64_t unpacked_ = 0;
};

// Up to four bytes: what magic numbers need.
absl::StatusOr<std::string> Peek(ByteSource& source) {
  std::string head(4, '\0');
  size_t used = 0;
  while (used < head.size()) {
    ASSIGN_OR_RETURN(const size_t got, source.Read(&head[used], head.size() - used));
    if (got == 0) break;
    used += got;
  }
  head.resize(used);
  return head;
}

absl::Status RefuseForeign(absl::string_view head) {
  struct Magic {
    absl::string_view bytes;
    absl::string_view what;
  };
  static constexpr Magic kForeign[] = {
      {absl::string_view("\xff\xfe", 2), "is UTF-16; save it as UTF-8"},
      {absl::string_view("\xfe\xff", 2), "is UTF-16; save it as UTF-8"},
      {absl::string_view("PK\x03\x04", 4), "is a zip archive or a spreadsheet; import the CSV"},
      {absl::string_view("\x28\xb5\x2f\xfd", 4), "is packed with zstd; unpack it first"},
      {absl::string_view("BZh", 3), "is packed with bzip2; unpack it first"},
      {absl::string_view("\xfd\x37\x7a\x58", 4), "is packed with xz; unpack it first"},
  };
  for (const Magic& magic : kForeign) {
    if (absl::StartsWith(head, magic.bytes)) {
      return absl::InvalidArgumentError(
          absl::StrCat("the file ", magic.what, " (UTF-8 text and gzip are read)"));
    }
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<std::unique_ptr<ByteSource>> DecodeText(std::unique_ptr<ByteSource> source,
                                                       int64_t expansion_max) {
  ASSIGN_OR_RETURN(std::string head, Peek(*source));
  const bool gzip = absl::StartsWith(head, "\x1f\x8b");
  source = std::make_unique<PeekedSource>(std::move(head), std::move(source));
  if (gzip) source = std::make_unique<GunzipSource>(std::move(source), expansion_max);

  ASSIGN_OR_RETURN(std::string text_head, Peek(*source));
  RETURN_IF_ERROR(RefuseForeign(text_head));
  if (absl::StartsWith(text_head, kByteOrderMark)) text_head.erase(0, kByteOrderMark.size());
  return std::make_unique<PeekedSource>(std::move(text_head), std::move(source));
}

}  // namespace revops
