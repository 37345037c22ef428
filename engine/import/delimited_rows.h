// Rows of CSV, TSV and text split at white space.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "engine/import/row_reader.h"
#include "engine/import/text_lines.h"

namespace revops {

// As OpenRows.
absl::StatusOr<std::unique_ptr<RowReader>> OpenDelimitedRows(
    std::unique_ptr<TextLines> lines, const v1::Mapping::Format& format, const ImportLimits& limits,
    const std::vector<std::string>& columns);

}  // namespace revops
