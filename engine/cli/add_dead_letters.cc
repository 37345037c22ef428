// revops dead-letters: what could not be applied, and why.
#include <algorithm>

#include "absl/strings/str_cat.h"
#include "engine/base/status.h"
#include "engine/cli/command.h"
#include "engine/cli/event_text.h"
#include "engine/cli/rows.h"

namespace revops {
namespace {

constexpr int kPageMax = 1000;

struct Options {
  std::string projection;
  int limit = 50;
  AwaitOptions await;
};

// What cannot take part in the journey at all is a dead letter of every view.
std::string ViewText(const v1::DeadLetter& letter) {
  if (!letter.projection().empty()) return letter.projection();
  return letter.has_event() ? "(all)" : "(does not decode)";
}

absl::StatusOr<ExitCode> Run(Session& session, const Options& options) {
  if (options.limit < 0) {
    return absl::InvalidArgumentError(
        absl::StrCat("--limit ", options.limit, " is negative; 0 lists all"));
  }
  v1::DeadLettersRequest request;
  request.set_projection(options.projection);
  *request.mutable_await() = options.await.ToProto();
  ASSIGN_OR_RETURN(const std::unique_ptr<Api> api, session.OpenToAsk());
  const int limit = options.limit == 0 ? INT32_MAX : options.limit;
  v1::DeadLettersResponse all;
  do {
    request.set_page_size(std::min(limit - all.dead_letters_size(), kPageMax));
    ASSIGN_OR_RETURN(v1::DeadLettersResponse page, api->DeadLetters(request));
    all.mutable_dead_letters()->MergeFrom(page.dead_letters());
    all.set_next_page_token(page.next_page_token());
    *all.mutable_seen() = page.seen();
    request.set_page_token(page.next_page_token());
    request.clear_await();
  } while (!all.next_page_token().empty() && all.dead_letters_size() < limit);

  Table table;
  table.columns = {"view", "reason", "journey"};
  for (const std::string& column : EventColumns()) table.columns.push_back(column);
  for (const v1::DeadLetter& letter : all.dead_letters()) {
    std::vector<std::string> cells = {ViewText(letter), letter.reason(), IdText(letter.root())};
    for (std::string& cell : letter.has_event() ? EventCells(letter.event())
                                                : std::vector<std::string>(EventColumns().size())) {
      cells.push_back(std::move(cell));
    }
    table.rows.push_back(std::move(cells));
  }
  DropEmptyColumns(table);
  if (!all.next_page_token().empty())
    table.remarks.push_back("There are more: --limit 0 lists all.");
  table.remarks.push_back(SeenText(all.seen()));
  RETURN_IF_ERROR(WriteAnswer(session.format, all, table, session.terminal));
  return ExitCode::kOk;
}

}  // namespace

void AddDeadLetters(CLI::App& app, Session& session) {
  CLI::App* command =
      app.add_subcommand("dead-letters", "Events that a view could not apply, and why");
  const auto options = std::make_shared<Options>();
  command->add_option("--view", options->projection, "Only those of this view");
  command->add_option("--limit", options->limit, "At most so many; 0: all [50]");
  AddAwaitOptions(command, &options->await);
  SetExamples(command, {"revops dead-letters", "revops dead-letters --view opportunity"});
  command->callback([&session, options] {
    session.run = [&session, options] { return Run(session, *options); };
  });
}

}  // namespace revops
