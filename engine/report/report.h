// The weekly joint report: the numbers that sales and marketing share, on one page, asked of any
// Api. Each number carries the command that explains it; no table ranks people.
//
// What a report says is made here, how it looks in a terminal or a browser in report_text.h and
// report_html.h.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "engine/serve/api.h"

namespace revops {

// One text of a table; of a number, what explains it.
struct ReportCell {
  std::string text;
  std::string command;  // "revops explain …"; empty: text that needs none
};

struct ReportTable {
  std::string title;
  std::vector<std::string> columns;
  std::vector<std::vector<ReportCell>> rows;
};

// Bars or lines over labels. A bar that floats goes from `from` to the value.
struct ReportChart {
  enum class Kind { kBars, kStackedBars, kLines, kFloating };
  struct Series {
    std::string name;
    std::vector<std::string> values;  // decimal; "" is not known
    std::vector<std::string> from;    // of floating bars
  };
  std::string title;
  Kind kind = Kind::kBars;
  std::string unit;  // as KpiSeries.unit
  std::string currency;
  std::vector<std::string> labels;
  std::vector<Series> series;
};

// A number on its own.
struct ReportFigure {
  std::string label;
  std::string value;   // "unknown" if it is
  std::string change;  // against the period before; empty: none
  std::string note;    // target, n, maturity
  std::string command;
};

struct ReportSection {
  std::string title;
  std::string lead;  // one or two sentences
  std::vector<ReportFigure> figures;
  std::vector<ReportChart> charts;
  std::vector<ReportTable> tables;
  std::vector<std::string> notes;
};

struct Report {
  std::string title;     // "2025-W12"
  std::string subtitle;  // days, model, what it saw
  std::vector<ReportSection> sections;
};

struct ReportOptions {
  int64_t at = 0;  // Units: microseconds; the report is of the last whole week before.
  // What amounts are converted to; empty: as the model says, or to that of the bookings' targets.
  std::string currency;
  std::string where;  // "--data my-company", put into every command
};

// Errors: those of the Api, but what the model does not define is said in the report.
absl::StatusOr<Report> MakeReport(Api& api, const ReportOptions& options);

}  // namespace revops
