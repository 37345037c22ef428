// Cuts a stream into lines of bounded length, with their numbers.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "engine/import/byte_source.h"

namespace revops {

struct Line {
  std::string text;    // without its LF or CRLF; when too long: its beginning
  int64_t number = 0;  // from 1
  int64_t bytes = 0;   // its true length
  bool too_long = false;
  // False for a last line without LF: whole all the same, unless the input broke off.
  bool ended = false;
};

// Not thread safe.
class LineReader final {
 public:
  LineReader(std::unique_ptr<ByteSource> source, int64_t line_bytes_max);

  // The next line; false at the end of the input. A line that the input broke off in is given with
  // ended = false, the error with the call after it.
  // Errors: those of ByteSource::Read.
  absl::StatusOr<bool> Next(Line& line);

  const ByteSource& source() const { return *source_; }

 private:
  absl::Status Fill();

  const std::unique_ptr<ByteSource> source_;
  const int64_t line_bytes_max_;
  std::vector<char> buffer_;
  size_t begin_ = 0;
  size_t end_ = 0;
  int64_t lines_ = 0;
  bool at_end_ = false;
  absl::Status broken_;
};

// Where `text` stops being UTF-8: the byte's index; the size when all of it is.
// Source: Unicode Standard, table 3-7, well-formed UTF-8 byte sequences.
size_t FirstInvalidUtf8(absl::string_view text);

// Characters (code points) of well-formed UTF-8.
int64_t CountCharacters(absl::string_view text);

}  // namespace revops
