// What subcommands share. Each file add_….cc declares one subcommand: its options, its help, and
// what it does, which runs once the whole command line is understood.
#pragma once

#include <CLI/CLI.hpp>
#include <functional>
#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "engine/cli/exit_code.h"
#include "engine/cli/open.h"
#include "engine/cli/table.h"
#include "engine/cli/terminal.h"

namespace revops {

// One run of the program.
struct Session {
  Terminal& terminal;
  ApiOpener open;
  Target target;
  TableFormat format = TableFormat::kTable;
  // Where --data points if neither it nor --server is given.
  std::string default_folder = "revops-data";
  // Set by the subcommand that was given.
  std::function<absl::StatusOr<ExitCode>()> run;

  // To ask: a folder must exist, and is folded to its end first (with a bar).
  absl::StatusOr<std::unique_ptr<Api>> OpenToAsk();
  // To publish: a folder is made if it does not exist.
  absl::StatusOr<std::unique_ptr<Api>> OpenToPublish();
};

// Options of every question: the token to wait for, and how long.
struct AwaitOptions {
  std::string token;
  int64_t wait_ms = 0;
  v1::Await ToProto() const {
    v1::Await await;
    await.set_token(token);
    await.set_wait_ms(wait_ms);
    return await;
  }
};
void AddAwaitOptions(CLI::App* command, AwaitOptions* options);

// --model, for commands that make a data folder.
void AddModelOption(CLI::App* command, Session& session);
// --memory-mib, of commands that fold.
void AddMemoryOption(CLI::App* command, Session& session);

// "Examples:\n  revops get …" under the help of a subcommand.
void SetExamples(CLI::App* command, const std::vector<std::string>& examples);

void AddSimulate(CLI::App& app, Session& session);
void AddImport(CLI::App& app, Session& session);
void AddPublish(CLI::App& app, Session& session);
void AddServe(CLI::App& app, Session& session);
void AddKafka(CLI::App& app, Session& session);
void AddGet(CLI::App& app, Session& session);
void AddList(CLI::App& app, Session& session);
void AddKpi(CLI::App& app, Session& session);
void AddBridge(CLI::App& app, Session& session);
void AddAttribution(CLI::App& app, Session& session);
void AddExplain(CLI::App& app, Session& session);
void AddReport(CLI::App& app, Session& session);
void AddTimeline(CLI::App& app, Session& session);
void AddViews(CLI::App& app, Session& session);
void AddDeadLetters(CLI::App& app, Session& session);
void AddStatus(CLI::App& app, Session& session);
void AddVerify(CLI::App& app, Session& session);
void AddLog(CLI::App& app, Session& session);
void AddModel(CLI::App& app, Session& session);
void AddDemo(CLI::App& app, Session& session);

}  // namespace revops
