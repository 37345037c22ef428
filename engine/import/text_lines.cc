#include "engine/import/text_lines.h"

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "engine/base/status.h"

namespace revops {

absl::StatusOr<bool> TextLines::Next(Line& line, absl::Status& status) {
  status = absl::OkStatus();
  while (true) {
    ASSIGN_OR_RETURN(const bool any, lines_.Next(line));
    if (!any) return false;
    if (first_) comments_ = absl::StartsWith(line.text, kRejectedMark);
    first_ = false;
    if (!comments_ || !absl::StartsWith(line.text, kRejectedComment)) break;
  }
  if (line.too_long) {
    status = absl::InvalidArgumentError(
        absl::StrCat("the line has ", line.bytes,
                     " bytes, more than limits.record_bytes_max; split it or raise the limit"));
    return true;
  }
  const size_t bad = FirstInvalidUtf8(line.text);
  if (bad < line.text.size()) {
    status = absl::InvalidArgumentError(absl::StrFormat(
        "character %d of the line is byte 0x%02X, which is not UTF-8; save the file as UTF-8",
        CountCharacters(absl::string_view(line.text).substr(0, bad)) + 1,
        static_cast<uint8_t>(line.text[bad])));
  }
  return true;
}

}  // namespace revops
