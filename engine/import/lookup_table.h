// Another file, held in memory by its key: product -> price.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/status/statusor.h"
#include "engine/import/row_reader.h"
#include "revops/v1/mapping.pb.h"

namespace revops {

// key -> the values of the columns asked for, in their order
using LookupTable = absl::flat_hash_map<std::string, std::vector<std::optional<std::string>>>;

// Errors: kInvalidArgument, with the table file's line, if a row cannot be read, a key is missing
// or stands there twice, or there are more rows than limits.table_rows_max.
absl::StatusOr<LookupTable> LoadLookupTable(const std::string& path,
                                            const v1::Mapping::Table& table,
                                            const std::vector<std::string>& columns,
                                            const ImportLimits& limits);

}  // namespace revops
