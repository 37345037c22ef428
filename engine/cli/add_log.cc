// revops log: events as they were appended.
#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "engine/base/status.h"
#include "engine/cli/command.h"
#include "engine/cli/event_text.h"
#include "engine/cli/message_text.h"

namespace revops {
namespace {

struct Options {
  std::string topic = "touchpoints";
  int partition = 0;
  uint64_t from = 0;
  int limit = 20;
};

absl::StatusOr<ExitCode> Run(Session& session, const Options& options) {
  v1::LogRequest request;
  request.set_topic(options.topic);
  request.set_partition(options.partition);
  request.set_from(options.from);
  request.set_records_max(options.limit);
  ASSIGN_OR_RETURN(const std::unique_ptr<Api> api, session.OpenToAsk());
  ASSIGN_OR_RETURN(const v1::LogResponse response, api->Log(request));
  Table table;
  table.columns = {"offset", "appended", "bytes"};
  for (const std::string& column : EventColumns()) table.columns.push_back(column);
  table.columns.push_back("link version");
  table.columns.push_back("error");
  for (const v1::LogRecord& record : response.records()) {
    std::vector<std::string> cells = {absl::StrCat(record.offset()), TimeText(record.appended_at()),
                                      absl::StrCat(record.size())};
    for (std::string& cell : record.has_event() ? EventCells(record.event())
                                                : std::vector<std::string>(EventColumns().size())) {
      cells.push_back(std::move(cell));
    }
    cells.push_back(options.topic == "routed" ? absl::StrCat(record.link_version()) : "");
    cells.push_back(record.error().empty()
                        ? ""
                        : absl::StrCat(record.error(), ": ",
                                       absl::BytesToHexString(record.value().substr(0, 32))));
    table.rows.push_back(std::move(cells));
  }
  DropEmptyColumns(table);
  table.remarks.push_back(absl::StrCat(
      options.topic, "/", options.partition, " holds offsets ", response.start(), " to ",
      response.end(), " (not included); it has ", response.partitions(), " partitions."));
  RETURN_IF_ERROR(WriteAnswer(session.format, response, table, session.terminal));
  return ExitCode::kOk;
}

}  // namespace

void AddLog(CLI::App& app, Session& session) {
  CLI::App* command = app.add_subcommand("log", "Records of the event log, as they were appended");
  const auto options = std::make_shared<Options>();
  command->add_option("--topic", options->topic, "touchpoints, routed or identities [touchpoints]");
  command->add_option("--partition", options->partition, "Which partition [0]");
  command->add_option("--from", options->from, "The first offset [0]");
  command->add_option("--limit", options->limit, "How many records, at most 1000 [20]");
  SetExamples(command, {"revops log --partition 3 --from 418 --limit 1 --format json",
                        "revops log --topic identities"});
  command->callback([&session, options] {
    session.run = [&session, options] { return Run(session, *options); };
  });
}

}  // namespace revops
