#include "engine/import/row_reader.h"

#include <utility>

#include "absl/strings/ascii.h"
#include "engine/base/status.h"
#include "engine/import/delimited_rows.h"
#include "engine/import/json_rows.h"
#include "engine/import/text_lines.h"

namespace revops {

std::optional<std::string> CellOf(absl::string_view text, const v1::Mapping::Format& format) {
  text = absl::StripAsciiWhitespace(text);
  if (text.empty()) return std::nullopt;
  for (const std::string& null_text : format.null_text()) {
    if (text == null_text) return std::nullopt;
  }
  return std::string(text);
}

absl::StatusOr<std::unique_ptr<RowReader>> OpenRows(std::unique_ptr<ByteSource> source,
                                                    const v1::Mapping::Format& format,
                                                    const ImportLimits& limits,
                                                    std::vector<std::string> columns) {
  ASSIGN_OR_RETURN(source, DecodeText(std::move(source), limits.expansion_max));
  auto lines = std::make_unique<TextLines>(std::move(source), limits.record_bytes_max);
  if (format.kind() == v1::Mapping::Format::JSON_LINES) {
    return OpenJsonRows(std::move(lines), format, limits, columns);
  }
  return OpenDelimitedRows(std::move(lines), format, limits, columns);
}

}  // namespace revops
