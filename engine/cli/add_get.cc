// revops get: what a view says of one person, company or deal.
#include "engine/base/status.h"
#include "engine/cli/command.h"
#include "engine/cli/message_text.h"
#include "engine/cli/rows.h"
#include "engine/event/id.h"

namespace revops {
namespace {

struct Options {
  std::string view;
  std::string id;
  std::string at;
  std::string root;
  AwaitOptions await;
};

absl::StatusOr<ExitCode> Run(Session& session, const Options& options) {
  v1::GetRequest request;
  request.set_view(options.view);
  ASSIGN_OR_RETURN(const Id id, ParseId(options.id));
  *request.mutable_id() = id.ToProto();
  if (!options.at.empty()) {
    ASSIGN_OR_RETURN(const int64_t at, ParseTime(options.at));
    request.set_at(at);
  }
  if (!options.root.empty()) {
    ASSIGN_OR_RETURN(const Id root, ParseId(options.root));
    *request.mutable_root() = root.ToProto();
  }
  *request.mutable_await() = options.await.ToProto();
  ASSIGN_OR_RETURN(const std::unique_ptr<Api> api, session.OpenToAsk());
  ASSIGN_OR_RETURN(const v1::GetResponse response, api->Get(request));
  if (session.format == TableFormat::kTable) {
    ASSIGN_OR_RETURN(const std::vector<std::string> lines, RowParagraphs(response.rows()));
    for (const std::string& line : lines) session.terminal.out << line << "\n";
    session.terminal.out << Styled(session.terminal.out_is_person, Style::kDim,
                                   SeenText(response.seen()))
                         << "\n";
    return ExitCode::kOk;
  }
  ASSIGN_OR_RETURN(const Table table, RowTable(response.rows(), {}, session.format));
  RETURN_IF_ERROR(WriteAnswer(session.format, response, table, session.terminal));
  return ExitCode::kOk;
}

}  // namespace

void AddGet(CLI::App& app, Session& session) {
  CLI::App* command = app.add_subcommand("get", "What a view says of one person, company or deal");
  const auto options = std::make_shared<Options>();
  command->add_option("VIEW", options->view, "A view's name; `revops views` lists them")
      ->required();
  command
      ->add_option("ID", options->id,
                   "kind:namespace:value, e.g. contact:crm:42, account:crm:7, opportunity:crm:9")
      ->required();
  command->add_option("--at", options->at, "Look at this instant: 2025-03-04 or RFC 3339 [now]");
  command->add_option("--root", options->root,
                      "Only its row in the journey of this root: a campaign's in account:crm:7");
  AddAwaitOptions(command, &options->await);
  SetExamples(command, {"revops get lead contact:crm:42",
                        "revops get opportunity opportunity:crm:9 --format json"});
  command->callback([&session, options] {
    session.run = [&session, options] { return Run(session, *options); };
  });
}

}  // namespace revops
