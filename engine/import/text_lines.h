// Lines of UTF-8 text, with what is wrong with one said in words.
#pragma once

#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "engine/import/line_reader.h"

namespace revops {

// The first line of a file of rows kept aside, and what its other comment lines begin with. Such a
// file can be imported again with the same mapping: comments are passed over.
inline constexpr absl::string_view kRejectedMark = "#! revops rejected rows";
inline constexpr absl::string_view kRejectedComment = "#! ";

// Lines less the comments of a file of rows kept aside. Not thread safe.
class TextLines final {
 public:
  TextLines(std::unique_ptr<ByteSource> source, int64_t line_bytes_max)
      : lines_(std::move(source), line_bytes_max) {}

  // As LineReader::Next; `status` tells whether the line can be used.
  // Errors: as ByteSource::Read.
  absl::StatusOr<bool> Next(Line& line, absl::Status& status);

  int64_t bytes_taken() const { return lines_.source().bytes_taken(); }

 private:
  LineReader lines_;
  bool first_ = true;
  bool comments_ = false;
};

}  // namespace revops
