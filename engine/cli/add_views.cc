// revops views: what can be asked.
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "engine/base/status.h"
#include "engine/cli/command.h"

namespace revops {
namespace {

Table AllViews(const v1::ViewsResponse& response) {
  Table table;
  table.columns = {"view", "version", "sorted by", "about"};
  for (const v1::View& view : response.views()) {
    std::vector<std::string> indexes;
    for (const auto& index : view.indexes()) indexes.push_back(index.name());
    table.rows.push_back({view.name(), absl::StrCat(view.version()), absl::StrJoin(indexes, ", "),
                          view.description()});
  }
  table.remarks.push_back("revops views VIEW lists the fields of its rows.");
  return table;
}

Table Fields(const v1::View& view) {
  Table table;
  table.columns = {"field", "type", "values"};
  for (const v1::RowField& field : view.fields()) {
    table.rows.push_back({field.path(),
                          absl::StrCat(field.repeated_field() ? "list of " : "", field.type(),
                                       field.personal() ? ", personal" : ""),
                          absl::StrJoin(field.enum_values(), ", ")});
  }
  for (const auto& index : view.indexes()) {
    table.remarks.push_back(absl::StrCat("--by ", index.name(), ": ", index.description()));
  }
  return table;
}

absl::StatusOr<ExitCode> Run(Session& session, const std::string& name) {
  ASSIGN_OR_RETURN(const std::unique_ptr<Api> api, session.OpenToAsk());
  ASSIGN_OR_RETURN(const v1::ViewsResponse response, api->Views({}));
  if (name.empty()) {
    RETURN_IF_ERROR(WriteAnswer(session.format, response, AllViews(response), session.terminal));
    return ExitCode::kOk;
  }
  std::vector<std::string> names;
  for (const v1::View& view : response.views()) {
    if (view.name() == name) {
      RETURN_IF_ERROR(WriteAnswer(session.format, view, Fields(view), session.terminal));
      return ExitCode::kOk;
    }
    names.push_back(view.name());
  }
  return absl::NotFoundError(
      absl::StrCat("there is no view \"", name, "\"; there are ", absl::StrJoin(names, ", ")));
}

}  // namespace

void AddViews(CLI::App& app, Session& session) {
  CLI::App* command = app.add_subcommand("views", "The views that can be asked, and their fields");
  const auto name = std::make_shared<std::string>();
  command->add_option("VIEW", *name, "Show the fields of this view's rows");
  SetExamples(command, {"revops views", "revops views lead"});
  command->callback(
      [&session, name] { session.run = [&session, name] { return Run(session, *name); }; });
}

}  // namespace revops
