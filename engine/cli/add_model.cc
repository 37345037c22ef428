// revops model: the company's agreed definitions.
#include <fstream>
#include <sstream>

#include "engine/base/status.h"
#include "engine/cli/command.h"
#include "engine/model/model.h"
#include "engine/query/kpi_book.h"
#include "projections/registry.h"

namespace revops {
namespace {

absl::StatusOr<std::string> ReadFile(const std::string& file) {
  std::ifstream stream(file, std::ios::binary);
  std::ostringstream text;
  if (stream.is_open()) text << stream.rdbuf();
  if (!stream.is_open() || !stream) {
    return absl::NotFoundError(absl::StrCat(file, ": cannot be read; does it exist?"));
  }
  return text.str();
}

absl::StatusOr<std::shared_ptr<const RevenueModel>> Load(const std::string& file) {
  ASSIGN_OR_RETURN(const std::string text, ReadFile(file));
  ASSIGN_OR_RETURN(auto model, RevenueModel::Parse(text, file));
  RETURN_IF_ERROR(CheckKpis(*model, AllProjections()));
  return model;
}

absl::StatusOr<ExitCode> Print(Session& session, bool use_default) {
  if (use_default) {
    session.terminal.out << RevenueModel::DefaultText();
    return ExitCode::kOk;
  }
  const absl::StatusOr<std::unique_ptr<Api>> api = session.OpenToAsk();
  // Somebody who has no folder yet wants the default model, to start from.
  if (absl::IsNotFound(api.status()) && session.target.data == session.default_folder) {
    session.terminal.out << RevenueModel::DefaultText();
    return ExitCode::kOk;
  }
  RETURN_IF_ERROR(api.status());
  ASSIGN_OR_RETURN(const v1::ModelResponse response, (*api)->Model({}));
  if (session.format == TableFormat::kJson) {
    RETURN_IF_ERROR(WriteAnswer(session.format, response, {}, session.terminal));
  } else {
    session.terminal.out << response.text();
  }
  return ExitCode::kOk;
}

absl::StatusOr<ExitCode> Check(Session& session, const std::string& file) {
  ASSIGN_OR_RETURN(const auto model, Load(file));
  session.terminal.out << file << ": good; model " << model->name() << ", version "
                       << model->version() << "\n";
  return ExitCode::kOk;
}

absl::StatusOr<ExitCode> Fingerprint(Session& session, const std::string& file) {
  std::shared_ptr<const RevenueModel> model = RevenueModel::Default();
  if (!file.empty()) {
    ASSIGN_OR_RETURN(model, Load(file));
  }
  session.terminal.out << model->fold_fingerprint() << "\n";
  return ExitCode::kOk;
}

}  // namespace

void AddModel(CLI::App& app, Session& session) {
  CLI::App* command = app.add_subcommand(
      "model", "The revenue model: stages, qualified lead, scoring rules, calendar");
  // By itself: prints.
  command->require_subcommand(0, 1);
  command->callback([&session, command] {
    if (!command->get_subcommands().empty()) return;
    session.run = [&session] { return Print(session, false); };
  });
  SetExamples(command,
              {"revops model print > model.textproto", "revops model check model.textproto",
               "revops serve --data my-company --model model.textproto"});

  CLI::App* print = command->add_subcommand("print", "The model in force, as textproto");
  const auto use_default = std::make_shared<bool>(false);
  print->add_flag("--default", *use_default,
                  "The default model with its comments: a start for your own");
  print->callback([&session, use_default] {
    session.run = [&session, use_default] { return Print(session, *use_default); };
  });

  CLI::App* check =
      command->add_subcommand("check", "Name the mistakes of a model file, with line and remedy");
  const auto checked = std::make_shared<std::string>();
  check->add_option("FILE", *checked, "A textproto of revops.v1.RevenueModel")->required();
  check->callback([&session, checked] {
    session.run = [&session, checked] { return Check(session, *checked); };
  });

  CLI::App* fingerprint = command->add_subcommand(
      "fingerprint", "Of the model's fold part: another one needs the views folded anew");
  const auto file = std::make_shared<std::string>();
  fingerprint->add_option("FILE", *file, "A model file [the default model]");
  fingerprint->callback(
      [&session, file] { session.run = [&session, file] { return Fingerprint(session, *file); }; });
  for (CLI::App* sub : {print, check, fingerprint}) sub->fallthrough();
}

}  // namespace revops
