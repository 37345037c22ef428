// revops list: the rows of a view, sorted and filtered.
#include <algorithm>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "engine/base/status.h"
#include "engine/cli/command.h"
#include "engine/cli/filter_text.h"
#include "engine/cli/message_text.h"
#include "engine/cli/rows.h"

namespace revops {
namespace {

constexpr int kPageMax = 1000;

struct Options {
  std::string view;
  std::string index;
  bool descending = false;
  std::vector<std::string> where;
  int limit = 20;
  std::string at;
  std::vector<std::string> columns;
  AwaitOptions await;
};

absl::StatusOr<v1::ListRequest> MakeRequest(const Options& options) {
  v1::ListRequest request;
  request.set_view(options.view);
  request.set_index(options.index);
  request.set_descending(options.descending);
  for (const std::string& text : options.where) {
    ASSIGN_OR_RETURN(*request.add_filters(), ParseFilter(text));
  }
  if (!options.at.empty()) {
    ASSIGN_OR_RETURN(const int64_t at, ParseTime(options.at));
    request.set_at(at);
  }
  *request.mutable_await() = options.await.ToProto();
  return request;
}

absl::StatusOr<ExitCode> Run(Session& session, const Options& options) {
  if (options.limit < 0) {
    return absl::InvalidArgumentError(
        absl::StrCat("--limit ", options.limit, " is negative; 0 lists all"));
  }
  ASSIGN_OR_RETURN(v1::ListRequest request, MakeRequest(options));
  ASSIGN_OR_RETURN(const std::unique_ptr<Api> api, session.OpenToAsk());
  const int limit = options.limit == 0 ? INT32_MAX : options.limit;
  v1::ListResponse all;
  do {
    request.set_page_size(std::min(limit - all.rows_size(), kPageMax));
    ASSIGN_OR_RETURN(v1::ListResponse page, api->List(request));
    all.mutable_rows()->MergeFrom(page.rows());
    all.set_next_page_token(page.next_page_token());
    *all.mutable_seen() = page.seen();
    request.set_page_token(page.next_page_token());
    request.clear_await();
  } while (!all.next_page_token().empty() && all.rows_size() < limit);

  Table table;
  if (session.format != TableFormat::kJson) {
    ASSIGN_OR_RETURN(table, RowTable(all.rows(), options.columns, session.format));
    if (!all.next_page_token().empty()) {
      table.remarks.push_back(absl::StrCat("There are more: --limit 0 lists all."));
    }
    table.remarks.push_back(SeenText(all.seen()));
  }
  RETURN_IF_ERROR(WriteAnswer(session.format, all, table, session.terminal));
  return ExitCode::kOk;
}

}  // namespace

void AddList(CLI::App& app, Session& session) {
  CLI::App* command = app.add_subcommand("list", "The rows of a view, sorted and filtered");
  const auto options = std::make_shared<Options>();
  command->add_option("VIEW", options->view, "A view's name; `revops views` lists them")
      ->required();
  command->add_option("--by", options->index, "The index to sort by [the view's first]");
  command->add_flag("--descending,--desc", options->descending, "From the last to the first");
  command
      ->add_option("--where", options->where,
                   "Only rows whose field compares so: field=value, !=, <, <=, >, >=, ~ "
                   "(contains), \"field is set\", \"field is not set\"; may be repeated")
      ->allow_extra_args(false);
  command->add_option("--limit", options->limit, "At most so many rows; 0: all [20]");
  command->add_option("--columns", options->columns, "Only these columns, in this order: a,b,c")
      ->delimiter(',')
      ->allow_extra_args(false);
  command->add_option("--at", options->at, "Look at this instant: 2025-03-04 or RFC 3339 [now]");
  AddAwaitOptions(command, &options->await);
  SetExamples(
      command,
      {"revops list lead --limit 10",
       "revops list opportunity --by closed --where state=WON --where 'closed_at>=2025-07-01'",
       "revops list opportunity --limit 0 --format csv > deals.csv"});
  command->callback([&session, options] {
    session.run = [&session, options] { return Run(session, *options); };
  });
}

}  // namespace revops
