// revops explain: the events behind a row or a KPI, and what each added.
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "engine/base/clock.h"
#include "engine/base/status.h"
#include "engine/cli/command.h"
#include "engine/cli/grain_option.h"
#include "engine/cli/message_text.h"
#include "engine/cli/progress_bar.h"
#include "engine/cli/rows.h"
#include "engine/event/id.h"
#include "engine/report/kpi_text.h"

namespace revops {
namespace {

struct Options {
  std::string what;
  std::string name;
  std::vector<std::string> only;
  std::string from;
  std::string to;
  std::string at;
  std::string root;
  std::string currency;
  v1::KpiRequest::Grain grain = v1::KpiRequest::TOTAL;
  int limit = 50;
  AwaitOptions await;
};

absl::StatusOr<v1::ExplainRequest> MakeRequest(const Options& options) {
  v1::ExplainRequest request;
  if (options.what == "kpi") {
    request.set_kpi(options.name);
  } else {
    request.set_view(options.what);
    ASSIGN_OR_RETURN(const Id id, ParseId(options.name));
    *request.mutable_id() = id.ToProto();
  }
  for (const std::string& text : options.only) {
    const size_t equals = text.find('=');
    if (equals == std::string::npos || equals == 0) {
      return absl::InvalidArgumentError(
          absl::StrCat("--slice ", text, " is no slice; write dimension=value"));
    }
    auto& slice = *request.add_only();
    slice.set_dimension(text.substr(0, equals));
    slice.set_value(text.substr(equals + 1));
  }
  if (!options.root.empty()) {
    ASSIGN_OR_RETURN(const Id root, ParseId(options.root));
    *request.mutable_root() = root.ToProto();
  }
  request.set_grain(options.grain);
  request.set_from_day(options.from);
  request.set_end_day(options.to);
  request.set_currency(options.currency);
  request.set_events_max(options.limit);
  if (!options.at.empty()) {
    ASSIGN_OR_RETURN(const int64_t at, ParseTime(options.at));
    request.set_at(at);
  }
  *request.mutable_await() = options.await.ToProto();
  return request;
}

std::string ChangeOf(const v1::FieldChange& change) {
  if (change.has_added()) {
    const bool down = change.added().substr(0, 1) == "-";
    return absl::StrCat(change.field(), " ", down ? "" : "+", change.added());
  }
  if (change.from().empty()) return absl::StrCat(change.field(), ": ", change.to());
  return absl::StrCat(change.field(), ": ", change.from(), " -> ",
                      change.to().empty() ? "nothing" : change.to());
}

std::string ChangeOf(const v1::CellChange& change) {
  std::vector<std::string> slice;
  for (const auto& part : change.slice()) {
    slice.push_back(absl::StrCat(part.dimension(), "=", part.value()));
  }
  const bool down = change.added().substr(0, 1) == "-";
  return absl::StrCat(change.measure(),
                      slice.empty() ? "" : absl::StrCat("[", absl::StrJoin(slice, ", "), "]"), " ",
                      down ? "" : "+", change.added(), " on ", change.day());
}

// Of a KPI of credit: where to see what each touch of a deal added.
std::string CreditRemark(const v1::ExplainResponse& response) {
  for (const v1::ExplainedEvent& event : response.events()) {
    for (const v1::CellChange& cell : event.cells()) {
      if (!event.has_opportunity() || !absl::StartsWith(cell.measure(), "attributed_")) continue;
      return absl::StrCat("By touch, deal by deal: revops explain attribution ",
                          ToText(Id(event.opportunity())));
    }
  }
  return "";
}

Table Listed(const v1::ExplainResponse& response) {
  Table table;
  table.columns = {"when", "event", "who", "by", "source", "id", "added"};
  for (const v1::ExplainedEvent& event : response.events()) {
    std::vector<std::string> changes;
    for (const auto& change : event.fields()) changes.push_back(ChangeOf(change));
    for (const auto& change : event.cells()) changes.push_back(ChangeOf(change));
    table.rows.push_back({TimeText(event.at()), event.kind(),
                          IdText(event.has_opportunity() ? event.opportunity()
                                 : event.has_person()    ? event.person()
                                                         : event.root()),
                          event.actor(), event.source(), event.id(), absl::StrJoin(changes, "; ")});
  }
  if (response.has_kpi() && response.kpi().points_size() > 0) {
    const v1::KpiSeries& kpi = response.kpi();
    const v1::KpiPoint& point = kpi.points(0);
    table.remarks.push_back(absl::StrCat(
        kpi.label(), ", ", point.from_day(), " to ", point.end_day(), ": ",
        point.has_value() ? KpiText({point.value(), kpi.unit(), point.currency()}) : "unknown",
        " = ", kpi.formula()));
  }
  for (const v1::ExplainedTerm& term : response.terms()) {
    table.remarks.push_back(absl::StrCat(term.term(), term.currency().empty() ? "" : " ",
                                         term.currency(), ": counted ", term.counted(),
                                         ", the events add up to ", term.added()));
  }
  const std::string credit = CreditRemark(response);
  if (!credit.empty()) table.remarks.push_back(credit);
  if (response.events_count() > static_cast<uint64_t>(response.events_size())) {
    table.remarks.push_back(absl::StrCat(response.events_size(), " of ", response.events_count(),
                                         " events are shown; --limit shows more."));
  }
  table.remarks.push_back(response.equal() ? "The events add up to what is counted."
                                           : "The events do NOT add up to what is counted; run "
                                             "revops verify.");
  table.remarks.push_back(SeenText(response.seen()));
  return table;
}

absl::StatusOr<ExitCode> Run(Session& session, const Options& options) {
  if (options.limit < 1 || options.limit > 10'000) {
    return absl::InvalidArgumentError(
        absl::StrCat("--limit ", options.limit, " is out of range; give 1 to 10000"));
  }
  ASSIGN_OR_RETURN(const v1::ExplainRequest request, MakeRequest(options));
  ASSIGN_OR_RETURN(const std::unique_ptr<Api> api, session.OpenToAsk());
  const SystemClock clock;
  ProgressBar bar(session.terminal, clock, "folding again", "journeys");
  ASSIGN_OR_RETURN(
      const v1::ExplainResponse response,
      api->Explain(request, [&bar](uint64_t done, uint64_t total) { bar.Show(done, total); }));
  bar.Finish();
  RETURN_IF_ERROR(WriteAnswer(session.format, response, Listed(response), session.terminal));
  return response.equal() ? ExitCode::kOk : ExitCode::kDifferent;
}

}  // namespace

void AddExplain(CLI::App& app, Session& session) {
  CLI::App* command =
      app.add_subcommand("explain", "The events behind a row or a KPI, and what each added");
  const auto options = std::make_shared<Options>();
  command->add_option("WHAT", options->what, "A view, or \"kpi\"")->required();
  command->add_option("NAME", options->name, "The row's id: contact:crm:42; or the KPI's name")
      ->required();
  command
      ->add_option("--slice,--only", options->only,
                   "Of a KPI: only this slice, team=emea; may be repeated")
      ->allow_extra_args(false);
  command->add_option("--root", options->root,
                      "Of a row: that in the journey of this root: a campaign's in account:crm:7");
  AddGrainOption(command, &options->grain,
                 "Of a KPI that counts by period: month, quarter, …, one of which holds the days "
                 "[total]");
  command->add_option("--from", options->from, "Of a KPI: first day [when counting began]");
  command->add_option("--to", options->to, "Of a KPI: the day after the last [tomorrow]");
  command->add_option("--currency", options->currency, "What amounts are converted to: EUR");
  command->add_option("--at", options->at, "Look at this instant [now]");
  command->add_option("--limit", options->limit, "At most so many events, up to 10000 [50]");
  AddAwaitOptions(command, &options->await);
  SetExamples(command,
              {"revops explain lead contact:crm:42", "revops explain opportunity opportunity:crm:7",
               "revops explain kpi bookings --from 2025-01-01 --to 2025-04-01",
               "revops explain kpi win_rate_narrow --slice team=emea",
               "revops explain kpi nrr --grain month --from 2025-03-01 --to 2025-04-01",
               "revops explain campaign campaign::webinar-05 --root account:crm:7"});
  command->callback([&session, options] {
    session.run = [&session, options] { return Run(session, *options); };
  });
}

}  // namespace revops
