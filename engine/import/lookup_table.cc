#include "engine/import/lookup_table.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "engine/base/status.h"

namespace revops {

absl::StatusOr<LookupTable> LoadLookupTable(const std::string& path,
                                            const v1::Mapping::Table& table,
                                            const std::vector<std::string>& columns,
                                            const ImportLimits& limits) {
  std::vector<std::string> wanted = columns;
  wanted.push_back(table.key());
  ASSIGN_OR_RETURN(std::unique_ptr<ByteSource> source, OpenFile(path));
  auto rows = OpenRows(std::move(source), table.format(), limits, wanted);
  if (!rows.ok()) return Annotate(rows.status(), path);

  LookupTable loaded;
  Row row;
  while (true) {
    const absl::StatusOr<bool> any = (*rows)->Next(row);
    if (!any.ok()) return Annotate(any.status(), path);
    if (!*any) return loaded;
    const std::string where = absl::StrCat(path, ":", row.line);
    if (!row.status.ok()) return Annotate(row.status, where);
    if (!row.cells.back().has_value()) {
      return absl::InvalidArgumentError(
          absl::StrCat(where, ": column \"", table.key(),
                       "\" is empty, but lookups find rows by it; fill it or remove the row"));
    }
    if (loaded.size() >= static_cast<size_t>(limits.table_rows_max)) {
      return absl::InvalidArgumentError(absl::StrCat(where, ": the table has more than ",
                                                     limits.table_rows_max,
                                                     " rows; raise limits.table_rows_max"));
    }
    std::string key = *std::move(row.cells.back());
    row.cells.pop_back();
    const auto [at, added] = loaded.emplace(std::move(key), std::move(row.cells));
    if (!added) {
      return absl::InvalidArgumentError(
          absl::StrCat(where, ": column \"", table.key(), "\": \"", at->first.substr(0, 64),
                       "\" stands there twice; keep one of the rows"));
    }
  }
}

}  // namespace revops
