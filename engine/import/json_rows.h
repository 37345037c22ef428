// Rows of JSON lines: one object a line.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "engine/import/row_reader.h"
#include "engine/import/text_lines.h"

namespace revops {

// As OpenRows; columns are paths: keys joined by ".", places in arrays as [0]. A "." or "[" that is
// part of a key is written with a backslash before it.
absl::StatusOr<std::unique_ptr<RowReader>> OpenJsonRows(std::unique_ptr<TextLines> lines,
                                                        const v1::Mapping::Format& format,
                                                        const ImportLimits& limits,
                                                        const std::vector<std::string>& columns);

}  // namespace revops
