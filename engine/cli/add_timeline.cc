// revops timeline: everything that happened with one person or company.
#include <algorithm>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "engine/base/status.h"
#include "engine/cli/command.h"
#include "engine/cli/event_text.h"
#include "engine/cli/message_text.h"
#include "engine/cli/rows.h"
#include "engine/event/id.h"

namespace revops {
namespace {

constexpr int kPageMax = 1000;

struct Options {
  std::string id;
  std::string from;
  std::string to;
  bool descending = false;
  int limit = 100;
  AwaitOptions await;
};

absl::StatusOr<v1::TimelineRequest> MakeRequest(const Options& options) {
  v1::TimelineRequest request;
  ASSIGN_OR_RETURN(const Id id, ParseId(options.id));
  *request.mutable_id() = id.ToProto();
  if (!options.from.empty()) {
    ASSIGN_OR_RETURN(const int64_t from, ParseTime(options.from));
    request.set_from(from);
  }
  if (!options.to.empty()) {
    ASSIGN_OR_RETURN(const int64_t to, ParseTime(options.to));
    request.set_to(to);
  }
  request.set_descending(options.descending);
  *request.mutable_await() = options.await.ToProto();
  return request;
}

Table TimelineTable(const v1::TimelineResponse& response) {
  Table table;
  table.columns = EventColumns();
  table.columns.push_back("remark");
  for (const auto& entry : response.entries()) {
    std::vector<std::string> cells = EventCells(entry.event());
    std::vector<std::string> remarks;
    if (entry.event().voided()) remarks.push_back("voided");
    if (entry.superseded_size() > 0) {
      remarks.push_back(absl::StrCat(entry.superseded_size(), " other copies"));
    }
    if (entry.dead_letter_of_size() > 0) {
      remarks.push_back(
          absl::StrCat("does not apply to ", absl::StrJoin(entry.dead_letter_of(), ", ")));
    }
    cells.push_back(absl::StrJoin(remarks, "; "));
    table.rows.push_back(std::move(cells));
  }
  DropEmptyColumns(table);
  return table;
}

absl::StatusOr<ExitCode> Run(Session& session, const Options& options) {
  if (options.limit < 0) {
    return absl::InvalidArgumentError(
        absl::StrCat("--limit ", options.limit, " is negative; 0 shows all"));
  }
  ASSIGN_OR_RETURN(v1::TimelineRequest request, MakeRequest(options));
  ASSIGN_OR_RETURN(const std::unique_ptr<Api> api, session.OpenToAsk());
  const int limit = options.limit == 0 ? INT32_MAX : options.limit;
  v1::TimelineResponse all;
  do {
    request.set_page_size(std::min(limit - all.entries_size(), kPageMax));
    ASSIGN_OR_RETURN(v1::TimelineResponse page, api->Timeline(request));
    all.mutable_entries()->MergeFrom(page.entries());
    all.set_next_page_token(page.next_page_token());
    *all.mutable_root() = page.root();
    *all.mutable_seen() = page.seen();
    request.set_page_token(page.next_page_token());
    request.clear_await();
  } while (!all.next_page_token().empty() && all.entries_size() < limit);

  Table table = TimelineTable(all);
  table.remarks.push_back(absl::StrCat("Journey of ", IdText(all.root()), "; times are UTC."));
  if (!all.next_page_token().empty()) {
    table.remarks.push_back("There are more: --limit 0 shows all.");
  }
  table.remarks.push_back(SeenText(all.seen()));
  RETURN_IF_ERROR(WriteAnswer(session.format, all, table, session.terminal));
  return ExitCode::kOk;
}

}  // namespace

void AddTimeline(CLI::App& app, Session& session) {
  CLI::App* command = app.add_subcommand(
      "timeline", "Everything that happened with one person or company, in order");
  const auto options = std::make_shared<Options>();
  command->add_option("ID", options->id, "contact:crm:42 for one person, account:crm:7 for all")
      ->required();
  command->add_option("--from", options->from, "From this instant on: 2025-03-04 or RFC 3339");
  command->add_option("--to", options->to, "Up to, not including, this instant");
  command->add_flag("--descending,--desc", options->descending, "Newest first");
  command->add_option("--limit", options->limit, "At most so many events; 0: all [100]");
  AddAwaitOptions(command, &options->await);
  SetExamples(command, {"revops timeline account:crm:7 --desc --limit 20",
                        "revops timeline contact:crm:42 --from 2025-01-01 --to 2025-02-01"});
  command->callback([&session, options] {
    session.run = [&session, options] { return Run(session, *options); };
  });
}

}  // namespace revops
