// revops demo: a simulated company's year, folded, and what can be seen in it.
#include "engine/base/status.h"
#include "engine/cli/command.h"

namespace revops {

void AddDemo(CLI::App& app, Session& session) {
  CLI::App* command = app.add_subcommand(
      "demo", "Simulate a company's year, fold it, and show what can be seen in it");
  SetExamples(command, {"revops demo"});
  command->callback([&session] {
    session.run = []() -> absl::StatusOr<ExitCode> {
      return absl::UnimplementedError("the demo needs data folders, which cannot be opened yet");
    };
  });
}

}  // namespace revops
