#include "engine/report/asker.h"

#include <algorithm>
#include <cstdlib>
#include <set>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/time/time.h"
#include "engine/base/status.h"
#include "engine/query/kpi_periods.h"
#include "engine/report/kpi_text.h"

namespace revops {
namespace {

double Size(const std::string& decimal) { return std::strtod(decimal.c_str(), nullptr); }

// What it means that a slice has no value of a dimension.
std::string Shown(const std::string& value, const std::string& dimension) {
  if (!value.empty()) return value;
  if (dimension == "campaign") return "(no campaign)";
  if (dimension == "answer") return "(not answered)";
  return "(not known)";
}

std::string SliceText(const v1::KpiPoint& point, const std::vector<std::string>& by) {
  std::vector<std::string> values;
  for (int i = 0; i < point.slice_size(); ++i) {
    values.push_back(Shown(point.slice(i), by[static_cast<size_t>(i)]));
  }
  return absl::StrJoin(values, " / ");
}

// Credit that nobody earned: never left out for being small.
constexpr absl::string_view kUnattributed = "unattributed";

// The currency of the largest amount; empty if there is none.
std::string MainCurrency(const std::vector<v1::KpiSeries>& series) {
  std::map<std::string, double> sums;
  for (const auto& one : series) {
    if (one.unit() != "money") continue;
    for (const auto& point : one.points()) {
      sums[point.currency()] += std::abs(Size(point.value()));
    }
  }
  std::string best;
  double most = -1;
  for (const auto& [currency, sum] : sums) {
    if (sum > most) {
      most = sum;
      best = currency;
    }
  }
  return best;
}

}  // namespace

std::string Argument(const std::string& text) {
  for (const char c : text) {
    if (!absl::ascii_isalnum(c) && std::string("_-.:=/,").find(c) == std::string::npos) {
      std::string quoted = "'";
      for (const char each : text) {
        if (each == '\'') {
          quoted += "'\\''";
        } else {
          quoted += each;
        }
      }
      return quoted + "'";
    }
  }
  return text;
}

std::string PointText(const v1::KpiPoint& point, const std::string& unit) {
  return point.has_value() ? KpiText({point.value(), unit, point.currency()}) : "unknown";
}

std::string PointNote(const v1::KpiPoint& point, const std::string& unit) {
  std::vector<std::string> notes;
  if (point.has_target()) {
    notes.push_back(absl::StrCat("target ", KpiText({point.target(), unit, point.currency()})));
  }
  if (point.has_n()) notes.push_back(absl::StrCat("n = ", DecimalText(point.n(), 1)));
  if (point.has_resolved()) {
    notes.push_back(absl::StrCat(KpiText({point.resolved(), "ratio", ""}), " resolved"));
  }
  if (point.immature()) notes.push_back("immature");
  if (point.partial()) notes.push_back("under way");
  return absl::StrJoin(notes, ", ");
}

absl::StatusOr<std::vector<v1::KpiSeries>> ReportAsker::Ask(const Question& question,
                                                            std::vector<std::string>& notes) {
  std::vector<v1::KpiSeries> series;
  for (const std::string& name : question.names) {
    v1::KpiRequest request;
    request.add_names(name);
    for (const std::string& dimension : question.by) request.add_by(dimension);
    for (const auto& [dimension, value] : question.only) {
      v1::KpiSlice& slice = *request.add_only();
      slice.set_dimension(dimension);
      slice.set_value(value);
    }
    request.set_grain(question.grain);
    request.set_from_day(FormatDay(question.days.from));
    request.set_end_day(FormatDay(question.days.end));
    request.set_compare(question.compare);
    request.set_at(options_.at);
    request.set_currency(options_.currency);
    absl::StatusOr<v1::KpiResponse> response = api_.Kpi(request);
    if (absl::IsNotFound(response.status())) {
      notes.push_back(absl::StrCat("The revenue model defines no KPI \"", name, "\"."));
      continue;
    }
    if (absl::IsInvalidArgument(response.status())) {
      notes.push_back(std::string(response.status().message()));
      continue;
    }
    RETURN_IF_ERROR(response.status());
    seen_ = response->seen();
    for (const std::string& remark : response->kpis(0).remarks()) {
      const std::string note = absl::StrCat(response->kpis(0).label(), ": ", remark, ".");
      if (std::find(notes.begin(), notes.end(), note) == notes.end()) notes.push_back(note);
    }
    series.push_back(std::move(*response->mutable_kpis(0)));
  }
  return series;
}

std::string ReportAsker::Command(const std::string& rest) const {
  return absl::StrCat("revops ", rest, options_.where.empty() ? "" : " ", options_.where);
}

std::string ReportAsker::ExplainCommand(const std::string& kpi, const v1::KpiPoint& point,
                                        const Question& question) const {
  std::string command =
      absl::StrCat("explain kpi ", kpi, " --from ", point.from_day(), " --to ", point.end_day());
  if (question.grain != v1::KpiRequest::TOTAL) {
    absl::StrAppend(&command, " --grain ", NameOf(question.grain));
  }
  for (size_t i = 0; i < question.by.size(); ++i) {
    absl::StrAppend(&command, " --slice ",
                    Argument(absl::StrCat(question.by[i], "=", point.slice(static_cast<int>(i)))));
  }
  for (const auto& [dimension, value] : question.only) {
    absl::StrAppend(&command, " --slice ", Argument(absl::StrCat(dimension, "=", value)));
  }
  if (!options_.currency.empty()) absl::StrAppend(&command, " --currency ", options_.currency);
  return Command(command + AtOption());
}

std::string ReportAsker::AtOption() const {
  const absl::Time at = absl::FromUnixMicros(options_.at);
  const bool midnight = options_.at % kMicrosPerDay == 0;
  return absl::StrCat(" --at ", absl::FormatTime(midnight ? "%Y-%m-%d" : "%Y-%m-%dT%H:%M:%E*SZ", at,
                                                 absl::UTCTimeZone()));
}

void ReportAsker::AddFigures(const v1::KpiSeries& series, const Question& question,
                             ReportSection& section) {
  for (const v1::KpiPoint& point : series.points()) {
    ReportFigure figure;
    figure.label = series.label();
    if (!point.slice().empty()) figure.label += ", " + SliceText(point, question.by);
    figure.value = PointText(point, series.unit());
    figure.change = ChangeText(point.value(), point.before(), series.unit());
    figure.note = PointNote(point, series.unit());
    figure.command = ExplainCommand(series.name(), point, question);
    section.figures.push_back(std::move(figure));
  }
}

ReportTable ReportAsker::SliceTable(const std::vector<v1::KpiSeries>& series,
                                    const Question& question, const std::string& title,
                                    int rows_max) {
  ReportTable table;
  table.title = title;
  table.columns.push_back(absl::StrJoin(question.by, " / "));
  std::map<std::string, std::vector<ReportCell>> rows;
  std::map<std::string, double> sizes;
  for (size_t s = 0; s < series.size(); ++s) {
    table.columns.push_back(series[s].label());
    for (const v1::KpiPoint& point : series[s].points()) {
      const std::string slice = SliceText(point, question.by);
      std::vector<ReportCell>& row = rows[slice];
      row.resize(series.size() + 1);
      row[0].text = slice;
      ReportCell& cell = row[s + 1];
      // Amounts of several currencies stand side by side.
      absl::StrAppend(&cell.text, cell.text.empty() ? "" : " + ",
                      PointText(point, series[s].unit()));
      if (point.has_target()) {
        absl::StrAppend(&cell.text, " of ",
                        KpiText({point.target(), series[s].unit(), point.currency()}));
      }
      if (point.has_n()) absl::StrAppend(&cell.text, " (n ", DecimalText(point.n(), 1), ")");
      if (point.immature()) absl::StrAppend(&cell.text, ", immature");
      cell.command = ExplainCommand(series[s].name(), point, question);
      if (s == 0) sizes[slice] += std::abs(Size(point.value()));
    }
  }
  std::vector<std::string> order;
  for (const auto& [slice, row] : rows) order.push_back(slice);
  std::stable_sort(order.begin(), order.end(),
                   [&sizes](const auto& a, const auto& b) { return sizes[a] > sizes[b]; });
  if (static_cast<int>(order.size()) > rows_max) {
    table.title += absl::StrCat(" (the ", rows_max, " largest of ", order.size(), ")");
    const auto left_out = order.begin() + rows_max;
    const bool unattributed = std::find(left_out, order.end(), kUnattributed) != order.end();
    order.erase(left_out, order.end());
    if (unattributed) order.emplace_back(kUnattributed);
  }
  for (const std::string& slice : order) table.rows.push_back(rows[slice]);
  return table;
}

absl::Status ReportAsker::AddSum(const Question& question, ReportTable& table) {
  Question whole = question;
  whole.by.clear();
  std::vector<std::string> said;  // of the same KPIs, with the slices
  ASSIGN_OR_RETURN(const auto sums, Ask(whole, said));
  std::vector<ReportCell> row = {{"all", ""}};
  for (const v1::KpiSeries& series : sums) {
    ReportCell& cell = row.emplace_back();
    for (const v1::KpiPoint& point : series.points()) {
      absl::StrAppend(&cell.text, cell.text.empty() ? "" : " + ", PointText(point, series.unit()));
      cell.command = ExplainCommand(series.name(), point, whole);
    }
  }
  if (row.size() == table.columns.size()) table.rows.push_back(std::move(row));
  return absl::OkStatus();
}

ReportTable ReportAsker::PeriodTable(const std::vector<v1::KpiSeries>& series,
                                     const Question& question, const std::string& title) {
  ReportTable table;
  table.title = title;
  table.columns.push_back("period");
  std::vector<std::string> order;
  std::map<std::string, std::vector<ReportCell>> rows;
  for (size_t s = 0; s < series.size(); ++s) {
    table.columns.push_back(series[s].label());
    for (const v1::KpiPoint& point : series[s].points()) {
      if (rows.count(point.period()) == 0) order.push_back(point.period());
      std::vector<ReportCell>& row = rows[point.period()];
      row.resize(series.size() + 1);
      row[0].text = point.period();
      ReportCell& cell = row[s + 1];
      absl::StrAppend(&cell.text, cell.text.empty() ? "" : " + ",
                      PointText(point, series[s].unit()));
      const std::string note = PointNote(point, series[s].unit());
      if (!note.empty()) absl::StrAppend(&cell.text, " (", note, ")");
      cell.command = ExplainCommand(series[s].name(), point, question);
    }
  }
  for (const std::string& period : order) table.rows.push_back(rows[period]);
  return table;
}

ReportChart ReportAsker::SliceChart(const v1::KpiSeries& series, const Question& question,
                                    const std::string& title, int bars_max) {
  ReportChart chart;
  chart.title = title;
  chart.unit = series.unit();
  chart.currency = MainCurrency({series});
  std::vector<const v1::KpiPoint*> points;
  for (const v1::KpiPoint& point : series.points()) {
    if (chart.unit == "money" && point.currency() != chart.currency) continue;
    points.push_back(&point);
  }
  std::stable_sort(points.begin(), points.end(), [](const auto* a, const auto* b) {
    return Size(a->value()) > Size(b->value());
  });
  if (static_cast<int>(points.size()) > bars_max) points.resize(static_cast<size_t>(bars_max));
  ReportChart::Series bars;
  bars.name = series.label();
  for (const v1::KpiPoint* point : points) {
    chart.labels.push_back(SliceText(*point, question.by));
    bars.values.push_back(point->value());
  }
  chart.series.push_back(std::move(bars));
  return chart;
}

ReportChart ReportAsker::PeriodChart(const std::vector<v1::KpiSeries>& series,
                                     const std::string& title) {
  ReportChart chart;
  chart.title = title;
  chart.kind = ReportChart::Kind::kLines;
  chart.currency = MainCurrency(series);
  for (const v1::KpiSeries& one : series) {
    chart.unit = one.unit();
    ReportChart::Series line;
    line.name = one.label();
    std::vector<std::string> labels;
    for (const v1::KpiPoint& point : one.points()) {
      if (one.unit() == "money" && point.currency() != chart.currency) continue;
      labels.push_back(point.period());
      line.values.push_back(point.value());
    }
    if (labels.size() > chart.labels.size()) chart.labels = labels;
    chart.series.push_back(std::move(line));
  }
  return chart;
}

absl::StatusOr<v1::OpportunityView> ReportAsker::Deal(const v1::Id& id) {
  v1::GetRequest request;
  request.set_view("opportunity");
  *request.mutable_id() = id;
  request.set_at(options_.at);
  ASSIGN_OR_RETURN(const v1::GetResponse response, api_.Get(request));
  v1::OpportunityView deal;
  if (response.rows().empty() || !response.rows(0).value().UnpackTo(&deal)) {
    return absl::NotFoundError("there is no such deal");
  }
  return deal;
}

absl::StatusOr<v1::ListResponse> ReportAsker::List(v1::ListRequest request,
                                                   std::vector<std::string>& notes) {
  request.set_at(options_.at);
  absl::StatusOr<v1::ListResponse> response = api_.List(request);
  if (absl::IsNotFound(response.status()) || absl::IsInvalidArgument(response.status())) {
    notes.push_back(std::string(response.status().message()));
    return v1::ListResponse();
  }
  return response;
}

}  // namespace revops
