// revops bridge: how the pipeline of one day became that of another.
#include <iterator>
#include <set>
#include <string>
#include <vector>

#include "engine/base/status.h"
#include "engine/cli/command.h"
#include "engine/cli/message_text.h"
#include "engine/cli/rows.h"
#include "engine/report/kpi_text.h"

namespace revops {
namespace {

struct Options {
  v1::BridgeRequest request;
  std::vector<std::string> values;
  std::string at;
  AwaitOptions await;
};

std::string Label(std::string flow) {
  for (char& c : flow) {
    if (c == '_') c = ' ';
  }
  return flow;
}

std::string NameOfSlice(const v1::BridgeRequest& request) {
  return request.slice().empty() ? "slice" : request.slice();
}

// A row for each line of each bridge, as programs read them.
Table Rows(const v1::BridgeRequest& request, const v1::BridgeResponse& response) {
  Table table;
  table.columns = {NameOfSlice(request), "flow", "deals", "amount", "currency"};
  for (const v1::Bridge& bridge : response.bridges()) {
    for (const v1::BridgeLine& line : bridge.lines()) {
      table.rows.push_back(
          {bridge.value(), line.flow(), line.count(), line.value(), bridge.currency()});
    }
  }
  return table;
}

// The bridges of one value side by side: its deals are counted whatever their currency, so once.
Table ForPerson(const v1::BridgeRequest& request, const v1::BridgeResponse& response) {
  std::set<std::string> currencies;
  for (const v1::Bridge& bridge : response.bridges()) currencies.insert(bridge.currency());
  Table table;
  table.columns = {NameOfSlice(request), "flow", "deals"};
  for (const std::string& currency : currencies) {
    table.columns.push_back(currency.empty() ? "amount" : currency);
  }
  size_t first_row = 0;
  for (int b = 0; b < response.bridges_size(); ++b) {
    const v1::Bridge& bridge = response.bridges(b);
    if (b == 0 || bridge.value() != response.bridges(b - 1).value()) {
      first_row = table.rows.size();
      for (const v1::BridgeLine& line : bridge.lines()) {
        table.rows.push_back({bridge.value(), Label(line.flow()), line.count()});
        table.rows.back().resize(table.columns.size());
      }
    }
    const auto column = 3 + static_cast<size_t>(std::distance(currencies.begin(),
                                                              currencies.find(bridge.currency())));
    for (int i = 0; i < bridge.lines_size(); ++i) {
      table.rows[first_row + static_cast<size_t>(i)][column] =
          KpiText({bridge.lines(i).value(), "money", bridge.currency()});
    }
  }
  DropEmptyColumns(table);
  return table;
}

absl::StatusOr<ExitCode> Run(Session& session, Options& options) {
  v1::BridgeRequest& request = options.request;
  for (const std::string& value : options.values) request.add_values(value);
  if (!options.at.empty()) {
    ASSIGN_OR_RETURN(const int64_t at, ParseTime(options.at));
    request.set_at(at);
  }
  *request.mutable_await() = options.await.ToProto();
  ASSIGN_OR_RETURN(const std::unique_ptr<Api> api, session.OpenToAsk());
  ASSIGN_OR_RETURN(const v1::BridgeResponse response, api->Bridge(request));
  Table table = session.format == TableFormat::kTable ? ForPerson(request, response)
                                                      : Rows(request, response);
  for (const std::string& remark : response.remarks()) table.remarks.push_back(remark);
  table.remarks.push_back(SeenText(response.seen()));
  RETURN_IF_ERROR(WriteAnswer(session.format, response, table, session.terminal));
  return ExitCode::kOk;
}

}  // namespace

void AddBridge(CLI::App& app, Session& session) {
  CLI::App* command =
      app.add_subcommand("bridge", "How the open pipeline of one day became that of another");
  const auto options = std::make_shared<Options>();
  const auto text = [command](const std::string& name, std::string* target,
                              const std::string& help) {
    return command->add_option(name, *target, help);
  };
  text("--from", options->request.mutable_from_day(), "From the start of this day: 2025-01-01")
      ->required();
  text("--to", options->request.mutable_end_day(), "To the start of this day: 2025-04-01")
      ->required();
  text("--by", options->request.mutable_slice(),
       "A bridge for each pipeline, stage, owner, team, close_month, sourced_by or motion; for two "
       "at once: team,close_month or sourced_by,close_month or team,sourced_by");
  command
      ->add_option("--only", options->values,
                   "One bridge over these values of --by together: 2025-04,2025-05,2025-06")
      ->delimiter(',')
      ->allow_extra_args(false);
  text("--currency", options->request.mutable_currency(), "What amounts are converted to: EUR");
  text("--at", &options->at, "Look at this instant [now]");
  AddAwaitOptions(command, &options->await);
  SetExamples(command, {"revops bridge --from 2025-04-01 --to 2025-07-01",
                        "revops bridge --from 2025-04-01 --to 2025-07-01 --by team",
                        "revops bridge --from 2025-04-01 --to 2025-04-08 --by close_month --only "
                        "2025-04,2025-05,2025-06",
                        "revops bridge --from 2025-04-01 --to 2025-07-01 --by team,close_month"});
  command->callback([&session, options] {
    session.run = [&session, options] { return Run(session, *options); };
  });
}

}  // namespace revops
