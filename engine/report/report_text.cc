#include "engine/report/report_text.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <set>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "engine/report/kpi_text.h"

namespace revops {
namespace {

constexpr int kWidthDefault = 100;
constexpr int kBarMax = 30;
constexpr size_t kCommandsMax = 3;

// Characters of a UTF-8 text.
size_t Length(const std::string& text) {
  return static_cast<size_t>(
      std::count_if(text.begin(), text.end(), [](char c) { return (c & 0xC0) != 0x80; }));
}

std::string Padded(const std::string& text, size_t width) {
  return text + std::string(width - std::min(width, Length(text)), ' ');
}

void Wrapped(const std::string& text, int width, const std::string& indent, std::ostream& out) {
  std::string line = indent;
  for (const absl::string_view word : absl::StrSplit(text, ' ')) {
    if (line.size() > indent.size() && line.size() + word.size() + 1 > static_cast<size_t>(width)) {
      out << line << "\n";
      line = indent;
    }
    absl::StrAppend(&line, line.size() > indent.size() ? " " : "", word);
  }
  out << line << "\n";
}

// Collects the commands of what was written, to be listed once each.
class Commands final {
 public:
  void Add(const std::string& command) {
    if (!command.empty() && seen_.insert(command).second) list_.push_back(command);
  }
  void Write(std::ostream& out) {
    const size_t shown = list_.size() > kCommandsMax + 1 ? kCommandsMax : list_.size();
    for (size_t i = 0; i < shown; ++i) out << "  $ " << list_[i] << "\n";
    if (shown < list_.size()) {
      out << "  and so for each number: the HTML report carries all " << list_.size()
          << " commands\n";
    }
    list_.clear();
  }

 private:
  std::set<std::string> seen_;
  std::vector<std::string> list_;
};

// A table that is broader than the screen, row by row.
void WriteCards(const ReportTable& table, Commands& commands, std::ostream& out) {
  size_t width = 0;
  for (const std::string& column : table.columns) width = std::max(width, Length(column));
  for (const auto& row : table.rows) {
    for (size_t i = 0; i < row.size() && i < table.columns.size(); ++i) {
      commands.Add(row[i].command);
      if (i == 0) {
        out << "  " << row[i].text << "\n";
      } else if (!row[i].text.empty()) {
        out << "    " << Padded(table.columns[i], width) << "  " << row[i].text << "\n";
      }
    }
  }
}

void WriteTable(const ReportTable& table, int width, Commands& commands, std::ostream& out) {
  if (!table.title.empty()) out << "\n  " << table.title << "\n";
  std::vector<size_t> widths;
  for (const std::string& column : table.columns) widths.push_back(Length(column));
  for (const auto& row : table.rows) {
    for (size_t i = 0; i < row.size() && i < widths.size(); ++i) {
      widths[i] = std::max(widths[i], Length(row[i].text));
    }
  }
  size_t total = 2;
  for (const size_t one : widths) total += one + 2;
  if (total > static_cast<size_t>(width) + 2) {
    WriteCards(table, commands, out);
    return;
  }
  std::string line = "  ";
  for (size_t i = 0; i < widths.size(); ++i) line += Padded(table.columns[i], widths[i]) + "  ";
  out << line.substr(0, line.find_last_not_of(' ') + 1) << "\n";
  for (const auto& row : table.rows) {
    line = "  ";
    for (size_t i = 0; i < widths.size(); ++i) {
      line += Padded(i < row.size() ? row[i].text : "", widths[i]) + "  ";
      if (i < row.size()) commands.Add(row[i].command);
    }
    out << line.substr(0, line.find_last_not_of(' ') + 1) << "\n";
  }
}

// Bars of one series; others are in the table beside it.
void WriteChart(const ReportChart& chart, std::ostream& out) {
  if (chart.kind != ReportChart::Kind::kBars || chart.series.empty()) return;
  const auto& values = chart.series[0].values;
  double most = 0;
  size_t label_width = 0;
  for (size_t i = 0; i < values.size(); ++i) {
    most = std::max(most, std::fabs(std::strtod(values[i].c_str(), nullptr)));
    label_width = std::max(label_width, Length(chart.labels[i]));
  }
  if (most == 0) return;
  out << "\n  " << chart.title << "\n";
  for (size_t i = 0; i < values.size(); ++i) {
    const double share = std::fabs(std::strtod(values[i].c_str(), nullptr)) / most;
    std::string bar;
    for (int c = 0; c < static_cast<int>(std::lround(share * kBarMax)); ++c) bar += "█";
    out << "  " << Padded(chart.labels[i], label_width) << "  " << Padded(bar, kBarMax) << "  "
        << KpiText({values[i], chart.unit, chart.currency}) << "\n";
  }
}

}  // namespace

void WriteReportText(const Report& report, int width, std::ostream& out) {
  if (width <= 0) width = kWidthDefault;
  out << report.title << "\n" << report.subtitle << "\n";
  Commands commands;
  int number = 0;
  for (const ReportSection& section : report.sections) {
    out << "\n" << ++number << ". " << section.title << "\n";
    if (!section.lead.empty()) Wrapped(section.lead, width, "  ", out);
    size_t label_width = 0;
    size_t value_width = 0;
    for (const ReportFigure& figure : section.figures) {
      label_width = std::max(label_width, Length(figure.label));
      value_width = std::max(value_width, Length(figure.value));
    }
    for (const ReportFigure& figure : section.figures) {
      std::string line = absl::StrCat("  ", Padded(figure.label, label_width), "  ",
                                      Padded(figure.value, value_width));
      if (!figure.change.empty()) absl::StrAppend(&line, "  ", figure.change);
      if (!figure.note.empty()) absl::StrAppend(&line, "  (", figure.note, ")");
      out << line.substr(0, line.find_last_not_of(' ') + 1) << "\n";
      commands.Add(figure.command);
    }
    for (const ReportChart& chart : section.charts) WriteChart(chart, out);
    for (const ReportTable& table : section.tables) WriteTable(table, width, commands, out);
    for (const std::string& note : section.notes)
      Wrapped(absl::StrCat("! ", note), width, "  ", out);
    commands.Write(out);
  }
}

}  // namespace revops
