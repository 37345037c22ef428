// The text of one field of a mapping: column, constant or template; renamed, looked up, or the
// stand-in when there is none.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "engine/import/lookup_table.h"
#include "engine/import/row_reader.h"
#include "revops/v1/mapping.pb.h"

namespace revops {

// Columns that a mapping uses, each with its place in Row::cells.
class ColumnSet final {
 public:
  size_t PlaceOf(const std::string& name);
  const std::vector<std::string>& names() const { return names_; }

 private:
  std::vector<std::string> names_;
};

// A lookup table as the mapping uses it.
struct TableUse {
  v1::Mapping::Table declared;
  ColumnSet columns;
};

class TextValue final {
 public:
  // Notes the columns it needs in `columns` and `tables`.
  // Errors: kInvalidArgument if not exactly one of column, text and template is set, a template is
  // malformed, or the lookup's table is not declared.
  static absl::StatusOr<TextValue> Compile(const v1::Mapping::Field& field, ColumnSet& columns,
                                           std::vector<TableUse>& tables);

  // `tables` has one entry per TableUse. Absent: there is no value.
  // Errors: kInvalidArgument if it is required and absent.
  absl::StatusOr<std::optional<std::string>> Get(const Row& row,
                                                 const std::vector<LookupTable>& tables) const;

  // Whether it depends on the row.
  bool from_columns() const { return !columns_.empty(); }

  // For messages: column "a", or columns "a", "b".
  std::string Name() const;

  void set_required() { required_ = true; }

 private:
  struct Part {
    std::string text;
    std::optional<size_t> cell;
    bool line = false;  // the number of the row's line
  };

  absl::Status AddTemplate(absl::string_view text, ColumnSet& columns);
  void AddColumn(const std::string& name, ColumnSet& columns);
  std::optional<std::string> Join(const Row& row) const;

  std::vector<Part> parts_;
  std::vector<std::string> columns_;
  absl::flat_hash_map<std::string, std::string> renames_;
  std::optional<size_t> table_;
  size_t table_column_ = 0;
  std::string table_name_;
  std::optional<std::string> otherwise_;
  bool required_ = false;
};

}  // namespace revops
