#include "engine/import/cell_splitter.h"

#include <csv.h>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "engine/base/status.h"
#include "engine/import/line_reader.h"

namespace revops {
namespace {

absl::Status CheckCells(const std::vector<std::string>& cells, const ImportLimits& limits) {
  if (cells.size() > static_cast<size_t>(limits.columns_max)) {
    return absl::InvalidArgumentError(
        absl::StrCat("the row has more than ", limits.columns_max,
                     " columns; check the delimiter or raise limits.columns_max"));
  }
  for (size_t i = 0; i < cells.size(); ++i) {
    if (cells[i].size() > static_cast<size_t>(limits.field_bytes_max)) {
      return absl::InvalidArgumentError(
          absl::StrCat("cell ", i + 1, " has ", cells[i].size(), " bytes, more than ",
                       limits.field_bytes_max, "; shorten it or raise limits.field_bytes_max"));
    }
  }
  return absl::OkStatus();
}

// Quoted fields, read by libcsv in its strict mode. A record ends where libcsv says so: this class
// knows nothing of quotes itself.
class QuotedSplitter final : public CellSplitter {
 public:
  QuotedSplitter(char delimiter, const ImportLimits& limits)
      : delimiter_(delimiter), limits_(limits) {
    Start();
  }
  ~QuotedSplitter() override { csv_free(&parser_); }

  absl::StatusOr<bool> Add(absl::string_view line, std::vector<std::string>& cells) override {
    if (!begun_ && absl::StripAsciiWhitespace(line).empty()) {
      cells.clear();
      return true;
    }
    begun_ = true;
    const size_t done = csv_parse(&parser_, line.data(), line.size(), OnCell, OnRow, this);
    if (done < line.size() || csv_error(&parser_) != CSV_SUCCESS) {
      Reset();
      return absl::InvalidArgumentError(absl::StrCat(
          "a quote stands before character ", CountCharacters(line.substr(0, done)),
          " where none may; put the whole cell in quotes and double the quotes inside it"));
    }
    REVOPS_CHECK(csv_parse(&parser_, "\n", 1, OnCell, OnRow, this) == 1);
    if (!row_ended_) return false;
    cells.swap(cells_);
    row_ended_ = false;
    begun_ = false;
    cells_.clear();
    RETURN_IF_ERROR(CheckCells(cells, limits_));
    return true;
  }

  void Reset() override {
    csv_free(&parser_);
    Start();
  }

 private:
  void Start() {
    REVOPS_CHECK(csv_init(&parser_, CSV_STRICT) == 0);
    csv_set_delim(&parser_, static_cast<unsigned char>(delimiter_));
    // Only our own LF ends a row; a lone CR is text.
    csv_set_term_func(&parser_, [](unsigned char c) { return c == '\n' ? 1 : 0; });
    cells_.clear();
    row_ended_ = false;
    begun_ = false;
  }

  static void OnCell(void* text, size_t size, void* self) {
    auto& cells = static_cast<QuotedSplitter*>(self)->cells_;
    // One more than allowed is enough to tell.
    if (cells.size() > static_cast<size_t>(static_cast<QuotedSplitter*>(self)->limits_.columns_max))
      return;
    cells.emplace_back(static_cast<const char*>(text), size);
  }
  static void OnRow(int, void* self) { static_cast<QuotedSplitter*>(self)->row_ended_ = true; }

  const char delimiter_;
  const ImportLimits limits_;
  csv_parser parser_;
  std::vector<std::string> cells_;
  bool row_ended_ = false;
  bool begun_ = false;
};

// A line is a record; quotes are ordinary characters.
class PlainSplitter final : public CellSplitter {
 public:
  PlainSplitter(bool tabs, const ImportLimits& limits) : tabs_(tabs), limits_(limits) {}

  absl::StatusOr<bool> Add(absl::string_view line, std::vector<std::string>& cells) override {
    cells.clear();
    if (absl::StripAsciiWhitespace(line).empty()) return true;
    const auto add = [&](absl::string_view cell) {
      if (cells.size() <= static_cast<size_t>(limits_.columns_max)) cells.emplace_back(cell);
    };
    if (tabs_) {
      for (const absl::string_view cell : absl::StrSplit(line, '\t')) add(cell);
    } else {
      for (const absl::string_view cell :
           absl::StrSplit(line, absl::ByAnyChar(" \t\r\v\f"), absl::SkipEmpty())) {
        add(cell);
      }
    }
    RETURN_IF_ERROR(CheckCells(cells, limits_));
    return true;
  }

  void Reset() override {}

 private:
  const bool tabs_;
  const ImportLimits limits_;
};

}  // namespace

std::unique_ptr<CellSplitter> MakeCellSplitter(const v1::Mapping::Format& format,
                                               const ImportLimits& limits) {
  if (format.kind() == v1::Mapping::Format::CSV) {
    const char delimiter = format.delimiter().empty() ? ',' : format.delimiter()[0];
    return std::make_unique<QuotedSplitter>(delimiter, limits);
  }
  return std::make_unique<PlainSplitter>(format.kind() == v1::Mapping::Format::TSV, limits);
}

}  // namespace revops
