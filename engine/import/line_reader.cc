#include "engine/import/line_reader.h"

#include <algorithm>
#include <cstring>
#include <utility>

#include "engine/base/status.h"

namespace revops {
namespace {

constexpr size_t kBufferBytes = 64 << 10;

}  // namespace

LineReader::LineReader(std::unique_ptr<ByteSource> source, int64_t line_bytes_max)
    : source_(std::move(source)), line_bytes_max_(line_bytes_max), buffer_(kBufferBytes) {}

absl::Status LineReader::Fill() {
  RETURN_IF_ERROR(broken_);
  absl::StatusOr<size_t> got = source_->Read(buffer_.data(), buffer_.size());
  if (!got.ok()) {
    broken_ = got.status();
    return broken_;
  }
  begin_ = 0;
  end_ = *got;
  at_end_ = *got == 0;
  return absl::OkStatus();
}

absl::StatusOr<bool> LineReader::Next(Line& line) {
  line.text.clear();
  line.bytes = 0;
  line.too_long = false;
  line.ended = false;
  bool any = false;
  while (!line.ended) {
    if (begin_ == end_) {
      if (at_end_) break;
      const absl::Status filled = Fill();
      if (!filled.ok() && any) break;
      RETURN_IF_ERROR(filled);
      if (at_end_) break;
    }
    any = true;
    const char* from = buffer_.data() + begin_;
    const void* feed = std::memchr(from, '\n', end_ - begin_);
    const size_t size = feed != nullptr ? static_cast<size_t>(static_cast<const char*>(feed) - from)
                                        : end_ - begin_;
    // One byte more than allowed, so that a CR before the LF does not make a line too long.
    const size_t room = static_cast<size_t>(line_bytes_max_) + 1 - line.text.size();
    line.text.append(from, std::min(size, room));
    line.bytes += static_cast<int64_t>(size);
    line.ended = feed != nullptr;
    begin_ += size + (line.ended ? 1 : 0);
  }
  if (!any) return false;
  if (line.ended && line.bytes == static_cast<int64_t>(line.text.size()) && !line.text.empty() &&
      line.text.back() == '\r') {
    line.text.pop_back();
    --line.bytes;
  }
  line.too_long = line.bytes > line_bytes_max_;
  line.number = ++lines_;
  return true;
}

size_t FirstInvalidUtf8(absl::string_view text) {
  const auto byte = [&](size_t at) { return static_cast<uint8_t>(text[at]); };
  const auto within = [&](size_t at, uint8_t low, uint8_t high) {
    return at < text.size() && byte(at) >= low && byte(at) <= high;
  };
  size_t at = 0;
  while (at < text.size()) {
    const uint8_t lead = byte(at);
    size_t size = 0;
    if (lead < 0x80) {
      size = 1;
    } else if (lead >= 0xc2 && lead <= 0xdf) {
      size = 2;
    } else if (lead >= 0xe0 && lead <= 0xef) {
      size = 3;
    } else if (lead >= 0xf0 && lead <= 0xf4) {
      size = 4;
    } else {
      return at;
    }
    // The second byte shuts out overlong forms, surrogates and what lies beyond U+10FFFF.
    const uint8_t low = lead == 0xe0 ? 0xa0 : lead == 0xf0 ? 0x90 : 0x80;
    const uint8_t high = lead == 0xed ? 0x9f : lead == 0xf4 ? 0x8f : 0xbf;
    if (size > 1 && !within(at + 1, low, high)) return at;
    if (size > 2 && !within(at + 2, 0x80, 0xbf)) return at;
    if (size > 3 && !within(at + 3, 0x80, 0xbf)) return at;
    at += size;
  }
  return at;
}

int64_t CountCharacters(absl::string_view text) {
  return std::count_if(text.begin(), text.end(),
                       [](char c) { return (static_cast<uint8_t>(c) & 0xc0) != 0x80; });
}

}  // namespace revops
