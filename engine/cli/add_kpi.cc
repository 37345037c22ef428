// revops kpi: the numbers of the revenue model, by period and slice.
#include <algorithm>
#include <map>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "engine/base/status.h"
#include "engine/cli/command.h"
#include "engine/cli/grain_option.h"
#include "engine/cli/message_text.h"
#include "engine/cli/rows.h"
#include "engine/report/kpi_text.h"

namespace revops {
namespace {

struct Options {
  std::vector<std::string> names;
  std::vector<std::string> by;
  std::vector<std::string> only;
  v1::KpiRequest::Grain grain = v1::KpiRequest::TOTAL;
  std::string from;
  std::string to;
  std::string at;
  std::string currency;
  bool compare = false;
  bool measures = false;
  AwaitOptions await;
};

absl::StatusOr<v1::KpiRequest> MakeRequest(const Options& options) {
  v1::KpiRequest request;
  for (const std::string& name : options.names) request.add_names(name);
  for (const std::string& dimension : options.by) request.add_by(dimension);
  for (const std::string& text : options.only) {
    const size_t equals = text.find('=');
    if (equals == std::string::npos || equals == 0) {
      return absl::InvalidArgumentError(
          absl::StrCat("--only ", text, " is no slice; write dimension=value"));
    }
    v1::KpiSlice& slice = *request.add_only();
    slice.set_dimension(text.substr(0, equals));
    slice.set_value(text.substr(equals + 1));
  }
  request.set_grain(options.grain);
  request.set_from_day(options.from);
  request.set_end_day(options.to);
  request.set_compare(options.compare);
  request.set_currency(options.currency);
  request.set_describe_measures(options.measures);
  if (!options.at.empty()) {
    ASSIGN_OR_RETURN(const int64_t at, ParseTime(options.at));
    request.set_at(at);
  }
  *request.mutable_await() = options.await.ToProto();
  return request;
}

Table Described(const v1::KpiResponse& response) {
  Table table;
  table.columns = {"kpi", "label", "slices", "formula"};
  for (const v1::KpiSeries& series : response.kpis()) {
    table.rows.push_back(
        {series.name(), series.label(), absl::StrJoin(series.slices(), ", "), series.formula()});
  }
  table.remarks.push_back("revops kpi NAME... answers; --measures lists what formulas can name.");
  return table;
}

Table MeasureTable(const v1::KpiResponse& response) {
  Table table;
  table.columns = {"measure", "view", "unit", "by"};
  for (const v1::MeasureInfo& info : response.measures()) {
    std::vector<std::string> sets;
    for (const auto& set : info.slices()) {
      sets.push_back(set.dimensions_size() == 0 ? "total" : absl::StrJoin(set.dimensions(), "+"));
    }
    table.rows.push_back({info.name(), info.view(), info.unit(), absl::StrJoin(sets, ", ")});
  }
  return table;
}

std::string NotesOf(const v1::KpiPoint& point, const std::string& unit) {
  std::vector<std::string> notes;
  if (!point.has_value()) notes.push_back("unknown");
  if (point.partial()) notes.push_back("under way");
  if (point.immature()) notes.push_back("immature");
  if (point.has_resolved()) {
    notes.push_back(absl::StrCat(KpiText({point.resolved(), "ratio", ""}), " resolved"));
  }
  if (point.has_target()) {
    notes.push_back(absl::StrCat("target ", KpiText({point.target(), unit, point.currency()})));
  }
  return absl::StrJoin(notes, ", ");
}

Table Answered(const v1::KpiResponse& response, const v1::KpiRequest& request, TableFormat format) {
  const bool person = format == TableFormat::kTable;
  Table table;
  table.columns = {"kpi", "period"};
  for (const std::string& dimension : request.by()) table.columns.push_back(dimension);
  for (const char* column : {"value", "currency", "n", "before", "change", "notes"}) {
    table.columns.push_back(column);
  }
  for (const v1::KpiSeries& series : response.kpis()) {
    const auto text = [&](const std::string& decimal, const std::string& currency) {
      return person ? KpiText({decimal, series.unit(), currency}) : decimal;
    };
    for (const v1::KpiPoint& point : series.points()) {
      std::vector<std::string> row = {series.name(),
                                      point.period().empty()
                                          ? absl::StrCat(point.from_day(), " to ", point.end_day())
                                          : point.period()};
      row.insert(row.end(), point.slice().begin(), point.slice().end());
      row.resize(2 + static_cast<size_t>(request.by_size()));
      row.push_back(text(point.value(), point.currency()));
      row.push_back(person ? "" : point.currency());
      row.push_back(person ? DecimalText(point.n(), 2) : point.n());
      row.push_back(text(point.before(), point.currency()));
      row.push_back(person ? ChangeText(point.value(), point.before(), series.unit()) : "");
      row.push_back(NotesOf(point, series.unit()));
      table.rows.push_back(std::move(row));
    }
    if (!series.note().empty()) {
      table.remarks.push_back(absl::StrCat(series.name(), ": ", series.note()));
    }
    for (const std::string& remark : series.remarks()) {
      table.remarks.push_back(absl::StrCat(series.name(), ": ", remark));
    }
  }
  if (person) DropEmptyColumns(table);
  table.remarks.push_back(SeenText(response.seen()));
  return table;
}

absl::StatusOr<ExitCode> Run(Session& session, const Options& options) {
  ASSIGN_OR_RETURN(const v1::KpiRequest request, MakeRequest(options));
  ASSIGN_OR_RETURN(const std::unique_ptr<Api> api, session.OpenToAsk());
  ASSIGN_OR_RETURN(const v1::KpiResponse response, api->Kpi(request));
  const Table table = options.measures        ? MeasureTable(response)
                      : options.names.empty() ? Described(response)
                                              : Answered(response, request, session.format);
  RETURN_IF_ERROR(WriteAnswer(session.format, response, table, session.terminal));
  return ExitCode::kOk;
}

}  // namespace

void AddKpi(CLI::App& app, Session& session) {
  CLI::App* command =
      app.add_subcommand("kpi", "KPIs by period and slice; without a name: which there are");
  const auto options = std::make_shared<Options>();
  command->add_option("NAME", options->names, "KPIs of the revenue model");
  command
      ->add_option("--by", options->by, "A number for each value of these dimensions: owner,team")
      ->delimiter(',')
      ->allow_extra_args(false);
  command->add_option("--only", options->only, "Only this slice: team=emea; may be repeated")
      ->allow_extra_args(false);
  AddGrainOption(command, &options->grain,
                 "A number for each day, week, month, quarter, year, fiscal_quarter or fiscal_year "
                 "[total]");
  command->add_option("--from", options->from, "First day: 2025-01-01 [when counting began]");
  command->add_option("--to", options->to, "The day after the last: 2025-04-01 [tomorrow]");
  command->add_option("--at", options->at,
                      "Look at this instant: what is due later does not count [now]");
  command->add_flag("--compare", options->compare, "Each number with that of the period before");
  command->add_option("--currency", options->currency, "What amounts are converted to: EUR");
  command->add_flag("--measures", options->measures, "The measures that formulas can name");
  AddAwaitOptions(command, &options->await);
  SetExamples(command,
              {"revops kpi", "revops kpi bookings win_rate_narrow --grain quarter --compare",
               "revops kpi bookings --by owner --from 2025-01-01 --to 2025-04-01",
               "revops kpi win_rate_narrow --only team=emea --grain month --format csv"});
  command->callback([&session, options] {
    session.run = [&session, options] { return Run(session, *options); };
  });
}

}  // namespace revops
