#include "engine/import/text_value.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "engine/base/status.h"

namespace revops {

size_t ColumnSet::PlaceOf(const std::string& name) {
  const auto at = std::find(names_.begin(), names_.end(), name);
  if (at != names_.end()) return static_cast<size_t>(at - names_.begin());
  names_.push_back(name);
  return names_.size() - 1;
}

void TextValue::AddColumn(const std::string& name, ColumnSet& columns) {
  parts_.push_back({.text = "", .cell = columns.PlaceOf(name)});
  columns_.push_back(name);
}

absl::Status TextValue::AddTemplate(absl::string_view text, ColumnSet& columns) {
  std::string literal;
  const auto flush = [&] {
    if (!literal.empty()) parts_.push_back({.text = std::move(literal), .cell = std::nullopt});
    literal.clear();
  };
  for (size_t i = 0; i < text.size(); ++i) {
    const bool doubled = i + 1 < text.size() && text[i + 1] == text[i];
    if ((text[i] == '{' || text[i] == '}') && doubled) {
      literal.push_back(text[i++]);
    } else if (text[i] == '{') {
      const size_t end = text.find('}', i);
      if (end == absl::string_view::npos || end == i + 1) {
        return absl::InvalidArgumentError(absl::StrCat(
            "template \"", text, "\": write {column}, and {{ for a brace that is text"));
      }
      flush();
      const absl::string_view name = text.substr(i + 1, end - i - 1);
      if (name == "#line") {
        parts_.push_back({.text = "", .cell = std::nullopt, .line = true});
        columns_.emplace_back(name);
      } else {
        AddColumn(std::string(name), columns);
      }
      i = end;
    } else if (text[i] == '}') {
      return absl::InvalidArgumentError(
          absl::StrCat("template \"", text, "\": write }} for a brace that is text"));
    } else {
      literal.push_back(text[i]);
    }
  }
  flush();
  return absl::OkStatus();
}

absl::StatusOr<TextValue> TextValue::Compile(const v1::Mapping::Field& field, ColumnSet& columns,
                                             std::vector<TableUse>& tables) {
  const int sources = !field.column().empty() + !field.text().empty() + !field.template_().empty();
  if (sources != 1) {
    return absl::InvalidArgumentError(
        "it takes exactly one of column, text and template; set the one that is meant");
  }
  TextValue value;
  if (!field.column().empty()) value.AddColumn(field.column(), columns);
  if (!field.text().empty()) value.parts_.push_back({.text = field.text(), .cell = std::nullopt});
  if (!field.template_().empty()) RETURN_IF_ERROR(value.AddTemplate(field.template_(), columns));
  for (const v1::Mapping::Rename& rename : field.rename()) {
    if (!value.renames_.emplace(rename.from(), rename.to()).second) {
      return absl::InvalidArgumentError(
          absl::StrCat("rename from \"", rename.from(), "\" stands there twice; keep one"));
    }
  }
  if (field.has_lookup()) {
    const auto table = std::find_if(tables.begin(), tables.end(), [&](const TableUse& use) {
      return use.declared.name() == field.lookup().table();
    });
    if (table == tables.end()) {
      return absl::InvalidArgumentError(absl::StrCat(
          "lookup.table \"", field.lookup().table(), "\" is not declared; add table { name: \"",
          field.lookup().table(), "\" ... } to the mapping"));
    }
    if (field.lookup().column().empty()) {
      return absl::InvalidArgumentError("lookup.column is missing; name a column of the table");
    }
    value.table_ = static_cast<size_t>(table - tables.begin());
    value.table_column_ = table->columns.PlaceOf(field.lookup().column());
    value.table_name_ = field.lookup().table();
  }
  if (field.has_otherwise()) value.otherwise_ = field.otherwise();
  value.required_ = field.required();
  return value;
}

std::optional<std::string> TextValue::Join(const Row& row) const {
  std::string text;
  for (const Part& part : parts_) {
    if (part.cell.has_value() && !row.cells[*part.cell].has_value()) return std::nullopt;
    if (part.line) absl::StrAppend(&text, row.line);
    absl::StrAppend(&text, part.cell.has_value() ? *row.cells[*part.cell] : part.text);
  }
  return text;
}

absl::StatusOr<std::optional<std::string>> TextValue::Get(
    const Row& row, const std::vector<LookupTable>& tables) const {
  std::optional<std::string> text = Join(row);
  if (text.has_value()) {
    const auto renamed = renames_.find(*text);
    if (renamed != renames_.end()) text = renamed->second;
    if (text->empty()) text.reset();
  }
  std::string missed;
  if (text.has_value() && table_.has_value()) {
    const LookupTable& table = tables[*table_];
    const auto found = table.find(*text);
    if (found == table.end()) missed = *text;
    text = found == table.end() ? std::nullopt : found->second[table_column_];
  }
  if (!text.has_value() && otherwise_.has_value()) text = otherwise_;
  if (!text.has_value() && required_) {
    return missed.empty()
               ? absl::InvalidArgumentError("has no value, but one is required; fill it in")
               : absl::InvalidArgumentError(
                     absl::StrCat("\"", missed.substr(0, 64), "\" is not in table ", table_name_,
                                  "; add it there, rename it in the mapping, or set otherwise"));
  }
  return text;
}

std::string TextValue::Name() const {
  if (columns_.empty()) return "constant";
  return absl::StrCat(columns_.size() == 1 ? "column " : "columns ",
                      absl::StrJoin(columns_, ", ", [](std::string* out, const std::string& name) {
                        absl::StrAppend(out, "\"", name, "\"");
                      }));
}

}  // namespace revops
