// Answers as people and programs read them: an aligned table, CSV, or the answer's own JSON.
#pragma once

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "engine/cli/terminal.h"
#include "google/protobuf/message.h"

namespace revops {

enum class TableFormat { kTable, kJson, kCsv };

// Every row has one cell a column. A cell is one line of text; "" is "not known".
struct Table {
  std::vector<std::string> columns;
  std::vector<std::vector<std::string>> rows;
  // Lines under the table, for people only.
  std::vector<std::string> remarks;
};

// Leaves out columns that no row fills.
void DropEmptyColumns(Table& table);

// Aligned: numbers to the right, cells cut and last columns left out (with a remark) where the
// screen is narrower; an empty table says so. Colours for a person.
void WriteAligned(const Table& table, Terminal& terminal);

// Source: RFC 4180, with LF. Without remarks. A cell that a spreadsheet would run as a formula is
// marked by a leading "'".
void WriteCsv(const Table& table, std::ostream& out);

// `answer` as JSON, or the table. Errors: those of ToJson.
absl::Status WriteAnswer(TableFormat format, const google::protobuf::Message& answer,
                         const Table& table, Terminal& terminal);

}  // namespace revops
