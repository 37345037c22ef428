#include "engine/cli/rows.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_join.h"
#include "engine/base/status.h"
#include "engine/cli/message_text.h"
#include "engine/cli/progress_bar.h"
#include "engine/event/id.h"

namespace revops {
namespace {

// Puts the columns in the wanted order.
absl::Status Choose(const std::vector<std::string>& columns, Table& table) {
  std::vector<size_t> places;
  for (const std::string& name : columns) {
    const auto found = std::find(table.columns.begin(), table.columns.end(), name);
    if (found == table.columns.end()) {
      return absl::InvalidArgumentError(absl::StrCat(
          "there is no column \"", name, "\"; there are ", absl::StrJoin(table.columns, ", ")));
    }
    places.push_back(static_cast<size_t>(found - table.columns.begin()));
  }
  const auto choose = [&](std::vector<std::string>& cells) {
    std::vector<std::string> chosen;
    for (const size_t place : places) chosen.push_back(cells[place]);
    cells = std::move(chosen);
  };
  choose(table.columns);
  for (auto& row : table.rows) choose(row);
  return absl::OkStatus();
}

// Columns with longer cells come last. Units: bytes.
constexpr size_t kShortCellMax = 28;

bool IsIdle(const std::string& cell) {
  return cell.empty() || cell == "0" || cell == "no" || cell == "0%";
}

// For people: zeros and noes say something only beside other values, a yes of all rows nothing;
// long texts come last.
void ArrangeColumns(Table& table) {
  std::vector<std::string> short_ones;
  std::vector<std::string> long_ones;
  for (size_t column = 0; column < table.columns.size(); ++column) {
    const auto all = [&](auto holds) {
      return std::all_of(table.rows.begin(), table.rows.end(),
                         [&](const auto& row) { return holds(row[column]); });
    };
    if (all(IsIdle)) continue;
    if (table.rows.size() > 1 && all([](const auto& cell) { return cell == "yes"; })) continue;
    const bool fits =
        column < 2 || all([](const auto& cell) { return cell.size() <= kShortCellMax; });
    (fits ? short_ones : long_ones).push_back(table.columns[column]);
  }
  short_ones.insert(short_ones.end(), long_ones.begin(), long_ones.end());
  REVOPS_CHECK(Choose(short_ones, table).ok());
}

// For spreadsheets: every column, whatever the rows hold, so that the same question always has the
// same header; a row's own fields come before those of messages in it ("traits.name").
void PutOwnFieldsFirst(Table& table) {
  std::vector<std::string> columns = table.columns;
  std::stable_partition(columns.begin(), columns.end(), [](const std::string& name) {
    const size_t dot = name.find('.');
    return dot == std::string::npos || name.compare(dot, std::string::npos, ".currency") == 0;
  });
  REVOPS_CHECK(Choose(columns, table).ok());
}

// A row usually repeats what it is about.
void DropRepeatedId(Table& table) {
  for (size_t column = 1; column < table.columns.size(); ++column) {
    const bool same = std::all_of(table.rows.begin(), table.rows.end(),
                                  [&](const auto& row) { return row[column] == row[0]; });
    if (!same) continue;
    const auto at = static_cast<ptrdiff_t>(column--);
    table.columns.erase(table.columns.begin() + at);
    for (auto& row : table.rows) row.erase(row.begin() + at);
  }
}

}  // namespace

absl::StatusOr<Table> RowTable(const google::protobuf::RepeatedPtrField<v1::Row>& rows,
                               const std::vector<std::string>& columns, TableFormat format) {
  Table table;
  for (const v1::Row& row : rows) {
    ASSIGN_OR_RETURN(const auto message, Unpack(row.value()));
    const auto fields = FlatFields(
        *message, format == TableFormat::kCsv ? ColumnsFor::kSpreadsheet : ColumnsFor::kPerson);
    if (table.columns.empty()) {
      table.columns = {"id", "of", "past"};
      for (const auto& field : fields) table.columns.push_back(field.first);
    }
    std::vector<std::string> cells = {
        IdText(row.entity()), IdText(row.root()) == IdText(row.entity()) ? "" : IdText(row.root()),
        row.current() ? "" : "yes"};
    for (const auto& field : fields) cells.push_back(field.second);
    if (cells.size() != table.columns.size()) {
      return absl::InternalError("the rows of one answer are not of one kind");
    }
    table.rows.push_back(std::move(cells));
  }
  if (table.rows.empty()) return table;
  if (!columns.empty()) {
    RETURN_IF_ERROR(Choose(columns, table));
  } else if (format == TableFormat::kCsv) {
    PutOwnFieldsFirst(table);
  } else if (format == TableFormat::kTable) {
    DropRepeatedId(table);
    ArrangeColumns(table);
  }
  return table;
}

absl::StatusOr<std::vector<std::string>> RowParagraphs(
    const google::protobuf::RepeatedPtrField<v1::Row>& rows) {
  std::vector<std::string> lines;
  for (const v1::Row& row : rows) {
    ASSIGN_OR_RETURN(const auto message, Unpack(row.value()));
    if (!lines.empty()) lines.emplace_back();
    lines.push_back(absl::StrCat(
        IdText(row.entity()),
        IdText(row.root()) == IdText(row.entity()) ? "" : absl::StrCat(" of ", IdText(row.root())),
        row.current() ? "" : " (of the past)"));
    for (const std::string& line : LongText(*message)) lines.push_back("  " + line);
  }
  return lines;
}

std::string SeenText(const v1::Seen& seen) {
  std::string text =
      seen.settled() ? "settled"
                     : absl::StrCat("not settled: ", seen.staleness_micros() / 1000, " ms behind");
  if (!seen.model_version().empty()) absl::StrAppend(&text, ", model ", seen.model_version());
  if (!seen.generation().empty())
    absl::StrAppend(&text, ", generation ", seen.generation().substr(0, 12));
  absl::StrAppend(&text, ", ", WithCommas(seen.dead_letters()), " dead letters");
  return text;
}

std::string IdText(const v1::Id& id) { return CheckId(id).ok() ? ToText(Id(id)) : ""; }

}  // namespace revops
