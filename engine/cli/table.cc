#include "engine/cli/table.h"

#include <algorithm>
#include <cstdint>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "engine/base/status.h"
#include "engine/serve/json.h"

namespace revops {
namespace {

constexpr size_t kGap = 2;
constexpr size_t kCellMax = 48;
constexpr size_t kCellMin = 16;

// Columns on the screen, taking every code point for one.
size_t Width(absl::string_view text) {
  return static_cast<size_t>(std::count_if(
      text.begin(), text.end(), [](char c) { return (static_cast<uint8_t>(c) & 0xc0) != 0x80; }));
}

std::string Cut(const std::string& text, size_t width) {
  if (Width(text) <= width) return text;
  std::string cut;
  size_t used = 0;
  for (const char c : text) {
    const bool starts = (static_cast<uint8_t>(c) & 0xc0) != 0x80;
    if (starts && ++used >= width) break;
    cut += c;
  }
  return cut + "…";
}

std::string Pad(const std::string& text, size_t width, bool right) {
  const std::string spaces(width - std::min(width, Width(text)), ' ');
  return right ? spaces + text : text + spaces;
}

bool IsNumber(const std::string& text) {
  bool digit = false;
  for (const char c : text) {
    digit = digit || absl::ascii_isdigit(c);
    if (!absl::ascii_isdigit(c) && c != '-' && c != '.' && c != '%' && c != ',') return false;
  }
  return digit;
}

struct Layout {
  std::vector<size_t> widths;
  std::vector<bool> right;
  size_t shown = 0;  // columns that fit
};

Layout LayOut(const Table& table, const Terminal& terminal) {
  Layout layout;
  const size_t cell_max = terminal.width > 0 ? kCellMax : SIZE_MAX;
  const size_t screen = terminal.width > 0 ? static_cast<size_t>(terminal.width) : SIZE_MAX;
  size_t used = 0;
  for (size_t column = 0; column < table.columns.size(); ++column) {
    size_t width = Width(table.columns[column]);
    bool right = !table.rows.empty();
    for (const auto& row : table.rows) {
      width = std::max(width, Width(row[column]));
      right = right && (row[column].empty() || IsNumber(row[column]));
    }
    width = std::min(width, cell_max);
    const size_t gap = column == 0 ? 0 : kGap;
    const size_t left = screen - std::min(screen, used + gap);
    // The last column that fits may be cut shorter.
    if (width > left && left >= kCellMin) width = left;
    used += width + gap;
    if (used <= screen && layout.shown == column) ++layout.shown;
    layout.widths.push_back(width);
    layout.right.push_back(right);
  }
  layout.shown = std::max<size_t>(layout.shown, 1);
  return layout;
}

void WriteLine(const std::vector<std::string>& cells, const Layout& layout, bool bold,
               std::ostream& out) {
  std::string line;
  for (size_t column = 0; column < layout.shown; ++column) {
    if (column > 0) line.append(kGap, ' ');
    const size_t width = layout.widths[column];
    line += Pad(Cut(cells[column], width), width, layout.right[column]);
  }
  out << Styled(bold, Style::kBold, absl::StripTrailingAsciiWhitespace(line)) << "\n";
}

std::string CsvCell(const std::string& text) {
  const bool formula = !text.empty() && (text[0] == '=' || text[0] == '@' || text[0] == '\t' ||
                                         ((text[0] == '+' || text[0] == '-') && !IsNumber(text)));
  const std::string safe = formula ? "'" + text : text;
  if (safe.find_first_of("\",\r\n") == std::string::npos) return safe;
  std::string quoted = "\"";
  for (const char c : safe) {
    if (c == '"') quoted += '"';
    quoted += c;
  }
  return quoted + "\"";
}

}  // namespace

void DropEmptyColumns(Table& table) {
  if (table.rows.empty()) return;
  for (size_t column = table.columns.size(); column-- > 0;) {
    const bool empty = std::all_of(table.rows.begin(), table.rows.end(),
                                   [&](const auto& row) { return row[column].empty(); });
    if (!empty) continue;
    const auto at = static_cast<ptrdiff_t>(column);
    table.columns.erase(table.columns.begin() + at);
    for (auto& row : table.rows) row.erase(row.begin() + at);
  }
}

void WriteAligned(const Table& table, Terminal& terminal) {
  if (table.rows.empty()) {
    terminal.out << "Nothing to show.\n";
  } else {
    const Layout layout = LayOut(table, terminal);
    WriteLine(table.columns, layout, terminal.out_is_person, terminal.out);
    for (const auto& row : table.rows) WriteLine(row, layout, false, terminal.out);
    if (layout.shown < table.columns.size()) {
      terminal.out << Styled(terminal.out_is_person, Style::kDim,
                             absl::StrCat("… ", table.columns.size() - layout.shown,
                                          " more columns: choose with --columns, or --format json"))
                   << "\n";
    }
  }
  for (const std::string& remark : table.remarks) {
    terminal.out << Styled(terminal.out_is_person, Style::kDim, remark) << "\n";
  }
}

void WriteCsv(const Table& table, std::ostream& out) {
  const auto line = [&](const std::vector<std::string>& cells) {
    for (size_t column = 0; column < cells.size(); ++column) {
      out << (column == 0 ? "" : ",") << CsvCell(cells[column]);
    }
    out << "\n";
  };
  line(table.columns);
  for (const auto& row : table.rows) line(row);
}

absl::Status WriteAnswer(TableFormat format, const google::protobuf::Message& answer,
                         const Table& table, Terminal& terminal) {
  if (format == TableFormat::kJson) {
    ASSIGN_OR_RETURN(const std::string json, ToJson(answer, JsonStyle::kIndented));
    terminal.out << json;
    return absl::OkStatus();
  }
  if (format == TableFormat::kCsv) {
    WriteCsv(table, terminal.out);
  } else {
    WriteAligned(table, terminal);
  }
  return absl::OkStatus();
}

}  // namespace revops
