#include "engine/import/delimited_rows.h"

#include <deque>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "engine/base/status.h"
#include "engine/import/cell_splitter.h"

namespace revops {
namespace {

class DelimitedRows final : public RowReader {
 public:
  DelimitedRows(std::unique_ptr<TextLines> lines, const v1::Mapping::Format& format,
                const ImportLimits& limits)
      : lines_(std::move(lines)),
        format_(format),
        limits_(limits),
        splitter_(MakeCellSplitter(format, limits)) {}

  // Names the columns and finds those asked for.
  absl::Status Start(const std::vector<std::string>& columns) {
    std::vector<std::string> names(format_.column().begin(), format_.column().end());
    if (!format_.no_header()) {
      Row header;
      ASSIGN_OR_RETURN(const bool any, ReadRecord(header));
      if (!any) {
        return absl::InvalidArgumentError(
            "the file is empty; it needs at least a header row (or set format.no_header)");
      }
      if (!header.status.ok()) {
        return Annotate(header.status, absl::StrCat("line ", header.line, " (header)"));
      }
      header_ = std::move(header.raw);
      for (std::string& cell : cells_) {
        cell = std::string(absl::StripAsciiWhitespace(cell));
      }
      if (names.empty()) {
        names = cells_;
      } else if (names.size() != cells_.size()) {
        return absl::InvalidArgumentError(absl::StrCat(
            "the header has ", cells_.size(), " columns, but the mapping's format.column names ",
            names.size(), "; name every column of the file"));
      }
    }
    column_count_ = names.size();
    for (const std::string& column : columns) {
      std::vector<size_t> places;
      for (size_t i = 0; i < names.size(); ++i) {
        if (names[i] == column) places.push_back(i);
      }
      if (places.empty()) {
        return absl::InvalidArgumentError(
            absl::StrCat("there is no column \"", column,
                         "\"; the file has: ", absl::StrJoin(names, ", ").substr(0, 1000)));
      }
      if (places.size() > 1) {
        return absl::InvalidArgumentError(
            absl::StrCat("column \"", column, "\" stands in the header ", places.size(),
                         " times; give the columns names of their own with format.column"));
      }
      places_.push_back(places[0]);
    }
    return absl::OkStatus();
  }

  absl::StatusOr<bool> Next(Row& row) override {
    ASSIGN_OR_RETURN(const bool any, ReadRecord(row));
    if (!any) return false;
    row.cells.assign(places_.size(), std::nullopt);
    if (!row.status.ok()) return true;
    if (cells_.size() > column_count_ || (cells_.size() < column_count_ && !format_.short_rows())) {
      row.status = absl::InvalidArgumentError(
          absl::StrCat("the row has ", cells_.size(), " cells, but there are ", column_count_,
                       " columns; look for a lost or a stray delimiter"));
      return true;
    }
    for (size_t i = 0; i < places_.size(); ++i) {
      if (places_[i] < cells_.size()) row.cells[i] = CellOf(cells_[places_[i]], format_);
    }
    return true;
  }

  const std::string& header() const override { return header_; }
  int64_t bytes_taken() const override { return lines_->bytes_taken(); }

 private:
  struct Pending {
    Line line;
    absl::Status status;
  };

  // The next line: one given back, or one from the file.
  absl::StatusOr<bool> NextLine(Pending& pending) {
    if (!given_back_.empty()) {
      pending = std::move(given_back_.front());
      given_back_.pop_front();
      return true;
    }
    RETURN_IF_ERROR(broken_);
    absl::StatusOr<bool> any = lines_->Next(pending.line, pending.status);
    if (!any.ok()) broken_ = any.status();
    return any;
  }

  // Reads one record into cells_, `row.line`, `row.raw` and `row.status`.
  absl::StatusOr<bool> ReadRecord(Row& row) {
    row.raw.clear();
    row.status = absl::OkStatus();
    row.line = 0;
    std::vector<Pending> taken;
    int64_t bytes = 0;
    while (true) {
      Pending next;
      absl::StatusOr<bool> any = NextLine(next);
      if (!any.ok() && taken.empty()) return any.status();
      if (!any.ok() || !*any) {
        if (taken.empty()) return false;
        return Unclosed(std::move(taken), "before the end of the file", row);
      }
      if (taken.empty()) row.line = next.line.number;
      bytes += next.line.bytes + 1;
      if (!taken.empty() && (bytes > limits_.record_bytes_max ||
                             taken.size() >= static_cast<size_t>(limits_.record_lines_max))) {
        taken.push_back(std::move(next));
        return Unclosed(std::move(taken),
                        "within limits.record_lines_max lines and limits.record_bytes_max bytes",
                        row);
      }
      // Before it is parsed, so that a part of a value is never taken for the whole.
      if (next.status.ok() && !next.line.ended) {
        LookForBreak();
        if (!broken_.ok()) {
          next.status = absl::InvalidArgumentError(
              "the input breaks off in this row; fetch the whole file again");
        }
      }
      if (!taken.empty()) row.raw.push_back('\n');
      row.raw.append(next.line.text);
      if (next.line.too_long) row.raw.clear();
      if (!next.status.ok()) {
        splitter_->Reset();
        row.status = next.status;
        return true;
      }
      absl::StatusOr<bool> complete = splitter_->Add(next.line.text, cells_);
      if (!complete.ok()) {
        row.status = complete.status();
        if (!taken.empty()) {
          row.status = Annotate(row.status, absl::StrCat("in line ", next.line.number));
        }
        return true;
      }
      if (!*complete) {
        taken.push_back(std::move(next));
        continue;
      }
      if (!cells_.empty()) return true;
      row.raw.clear();  // a blank line
      bytes = 0;
    }
  }

  // The last line has no line end: whether the file ends here or broke off, the next read tells.
  void LookForBreak() {
    if (!given_back_.empty()) return;
    Pending after;
    absl::StatusOr<bool> any = NextLine(after);
    if (any.ok() && *any) given_back_.push_back(std::move(after));
  }

  // A quote that nothing closes: only its own line is set aside, those after it are read anew.
  absl::StatusOr<bool> Unclosed(std::vector<Pending> taken, absl::string_view where, Row& row) {
    splitter_->Reset();
    row.raw = taken[0].line.text;
    row.status = absl::InvalidArgumentError(
        absl::StrCat("a quoted cell of this line is not closed ", where,
                     "; close the quote, or double it if it is part of the text"));
    for (size_t i = taken.size(); i > 1; --i) given_back_.push_front(std::move(taken[i - 1]));
    return true;
  }

  const std::unique_ptr<TextLines> lines_;
  const v1::Mapping::Format format_;
  const ImportLimits limits_;
  const std::unique_ptr<CellSplitter> splitter_;
  std::string header_;
  size_t column_count_ = 0;
  std::vector<size_t> places_;  // column asked for -> place in a row
  std::vector<std::string> cells_;
  std::deque<Pending> given_back_;  // at most limits.record_lines_max lines
  absl::Status broken_;
};

}  // namespace

absl::StatusOr<std::unique_ptr<RowReader>> OpenDelimitedRows(
    std::unique_ptr<TextLines> lines, const v1::Mapping::Format& format, const ImportLimits& limits,
    const std::vector<std::string>& columns) {
  auto rows = std::make_unique<DelimitedRows>(std::move(lines), format, limits);
  RETURN_IF_ERROR(rows->Start(columns));
  return rows;
}

}  // namespace revops
