// What both teams earn: the week, bookings against target, the bridge, pipeline by source.
#include <cstdlib>

#include "absl/strings/str_cat.h"
#include "engine/base/status.h"
#include "engine/report/kpi_text.h"
#include "engine/report/sections.h"

namespace revops {

using Question = ReportAsker::Question;

absl::StatusOr<ReportSection> WeekSection(ReportAsker& asker, Api& api, const ReportDays& days) {
  ReportSection section;
  section.title = absl::StrCat("The week ", days.week_name);
  Question week{{"touches", "leads_created", "opportunities_created", "deals_won"}, days.week};
  week.compare = true;
  ASSIGN_OR_RETURN(const auto series, asker.Ask(week, section.notes));
  for (const auto& one : series) asker.AddFigures(one, week, section);
  Question excluded{{"events_excluded"}, days.week};
  excluded.by = {"reason"};
  ASSIGN_OR_RETURN(const auto reasons, asker.Ask(excluded, section.notes));
  if (!reasons.empty() && !reasons[0].points().empty()) {
    section.tables.push_back(asker.SliceTable(reasons, excluded, "Events that do not count", 10));
  }
  ASSIGN_OR_RETURN(const v1::StatusResponse status, api.Status({}));
  const v1::Seen& seen = status.seen();
  section.lead = absl::StrCat(
      "What is known: ",
      seen.settled() ? "everything that was published" : "not yet everything that was published",
      ". What is excluded is counted below. ", seen.dead_letters(),
      " events could not be applied; `", asker.Command("dead-letters"), "` says why.");
  return section;
}

absl::StatusOr<ReportSection> TargetSection(ReportAsker& asker, const ReportDays& days) {
  ReportSection section;
  section.title = absl::StrCat("Bookings against target, ", days.quarter_name);
  Question quarter{{"bookings", "forecast_weighted", "forecast_commit", "forecast_best_case",
                    "coverage", "past_due_pipeline"},
                   days.quarter};
  ASSIGN_OR_RETURN(const auto series, asker.Ask(quarter, section.notes));
  for (const auto& one : series) asker.AddFigures(one, quarter, section);
  ReportChart chart;
  chart.title = "Bookings, target and forecast";
  chart.unit = "money";
  ReportChart::Series bars;
  bars.name = days.quarter_name;
  for (const auto& one : series) {
    if (one.unit() != "money" || one.points_size() == 0 || one.name() == "past_due_pipeline") {
      continue;
    }
    const v1::KpiPoint& point = one.points(0);
    chart.currency = point.currency();
    chart.labels.push_back(one.label());
    bars.values.push_back(point.value());
    if (!point.has_target()) continue;
    chart.labels.push_back("Target");
    bars.values.push_back(point.target());
  }
  chart.series.push_back(std::move(bars));
  if (!chart.labels.empty()) section.charts.push_back(std::move(chart));
  Question months{{"bookings"}, days.months, v1::KpiRequest::MONTH};
  ASSIGN_OR_RETURN(const auto trend, asker.Ask(months, section.notes));
  if (!trend.empty()) section.tables.push_back(asker.PeriodTable(trend, months, "By month"));
  section.lead =
      "Won amounts on the day they closed. The forecast counts open deals expected to close in the "
      "quarter; deals past their close date stand apart and are in no forecast's coverage.";
  return section;
}

absl::StatusOr<ReportSection> BridgeSection(ReportAsker& asker, Api& api, const ReportDays& days,
                                            const ReportOptions& options) {
  ReportSection section;
  section.title = "How the pipeline moved since the last report";
  v1::BridgeRequest request;
  request.set_from_day(FormatDay(days.week.from));
  request.set_end_day(FormatDay(days.week.end));
  request.set_currency(options.currency);
  request.set_at(options.at);
  ASSIGN_OR_RETURN(const v1::BridgeResponse response, api.Bridge(request));
  for (const std::string& remark : response.remarks()) section.notes.push_back(remark);
  const std::string command = asker.Command(absl::StrCat(
      "bridge --from ", request.from_day(), " --to ", request.end_day(),
      options.currency.empty() ? "" : " --currency ", options.currency, asker.AtOption()));
  section.lead = "From the start of the week to its end; it adds up in deals and in amount.";
  // Deals are counted whatever their currency, so once.
  ReportTable table;
  table.title = "Flows";
  table.columns = {"", "deals"};
  for (const v1::Bridge& bridge : response.bridges()) {
    const bool first = table.rows.empty();
    table.columns.push_back(bridge.currency().empty() ? "amount" : bridge.currency());
    ReportChart chart;
    chart.title = absl::StrCat("Pipeline bridge ", bridge.currency());
    chart.kind = ReportChart::Kind::kFloating;
    chart.unit = "money";
    chart.currency = bridge.currency();
    ReportChart::Series bars;
    bars.name = "amount";
    double level = 0;
    for (int i = 0; i < bridge.lines_size(); ++i) {
      const v1::BridgeLine& line = bridge.lines(i);
      std::string label = line.flow();
      for (char& c : label) c = c == '_' ? ' ' : c;
      if (first) table.rows.push_back({{label, ""}, {line.count(), command}});
      table.rows[static_cast<size_t>(i)].push_back(
          {KpiText({line.value(), "money", bridge.currency()}), command});
      const double amount = std::strtod(line.value().c_str(), nullptr);
      const bool whole = line.flow() == "opening" || line.flow() == "closing";
      const double from = whole ? 0 : level;
      level = whole ? amount : level + amount;
      chart.labels.push_back(label);
      bars.from.push_back(absl::StrCat(from));
      bars.values.push_back(absl::StrCat(level));
    }
    chart.series.push_back(std::move(bars));
    section.charts.push_back(std::move(chart));
  }
  if (!table.rows.empty()) section.tables.push_back(std::move(table));
  return section;
}

absl::StatusOr<ReportSection> PipelineSection(ReportAsker& asker, const ReportDays& days) {
  ReportSection section;
  section.title = absl::StrCat("Pipeline created against the joint target, ", days.quarter_name);
  section.lead = "Who sourced a deal is fixed when it is created; the sources add up to all of it.";
  Question all{{"pipeline_created", "opportunities_created"}, days.quarter};
  ASSIGN_OR_RETURN(const auto total, asker.Ask(all, section.notes));
  for (const auto& one : total) asker.AddFigures(one, all, section);
  Question by_source = all;
  by_source.by = {"sourced_by"};
  ASSIGN_OR_RETURN(const auto series, asker.Ask(by_source, section.notes));
  if (series.empty()) return section;
  section.charts.push_back(asker.SliceChart(series[0], by_source, "Pipeline created by source", 8));
  section.tables.push_back(asker.SliceTable(series, by_source, "By source", 8));
  return section;
}

}  // namespace revops
