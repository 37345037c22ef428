// revops publish: events from a file or standard input.
#include <filesystem>
#include <fstream>
#include <system_error>

#include "engine/base/status.h"
#include "engine/cli/command.h"
#include "engine/cli/event_source.h"
#include "engine/cli/progress_bar.h"

namespace revops {
namespace {

struct Options {
  std::string file = "-";
  bool binary = false;
};

absl::StatusOr<ExitCode> Publish(Session& session, const Options& options) {
  Terminal& terminal = session.terminal;
  std::ifstream file;
  if (options.file != "-") {
    std::error_code ignored;
    if (std::filesystem::is_directory(options.file, ignored)) {
      return absl::InvalidArgumentError(
          absl::StrCat(options.file, " is a folder; name a file of events"));
    }
    file.open(options.file, std::ios::binary);
    if (!file.is_open()) {
      return absl::NotFoundError(absl::StrCat(options.file, ": cannot be opened; does it exist?"));
    }
  }
  const EventSource source{options.file == "-" ? terminal.in : file,
                           options.file == "-" ? "standard input" : options.file,
                           options.binary ? EventFormat::kBinary : EventFormat::kJsonLines};
  ASSIGN_OR_RETURN(OpenedWriter opened, OpenWriter(session, {}));
  const SystemClock clock;
  ProgressBar bar(terminal, clock, "publishing", "events");
  uint64_t put = 0;
  uint32_t unreadable = 0;
  constexpr uint32_t kShown = 20;
  RETURN_IF_ERROR(ReadEvents(
      source,
      [&](const v1::Event& event) {
        bar.Show(++put, 0);
        return opened.writer->Put(event);
      },
      [&](const absl::Status& why) {
        if (++unreadable <= kShown) terminal.err << "refused: " << why.message() << "\n";
      }));
  RETURN_IF_ERROR(Finish(session, opened));
  bar.Finish();
  v1::PublishResponse summary = opened.writer->summary();
  summary.set_refused(summary.refused() + unreadable);
  return Report(session, {}, summary);
}

}  // namespace

void AddPublish(CLI::App& app, Session& session) {
  CLI::App* command = app.add_subcommand("publish", "Publish events from a file");
  const auto options = std::make_shared<Options>();
  command->add_option("FILE", options->file,
                      "Events, one in JSON a line (see proto/revops/v1/event.proto); - is standard "
                      "input [-]");
  command->add_flag("--binary", options->binary,
                    "The file holds length-delimited protobuf, as --out --binary writes it");
  AddModelOption(command, session);
  SetExamples(command,
              {"revops publish events.jsonl --server http://127.0.0.1:8420",
               "revops simulate --days 30 --out - | revops publish --data my-company",
               "echo '{\"id\":\"1\",\"source\":\"web\",\"occurred_at\":\"1767225600000000\","
               "\"subject\":[{\"kind\":\"CONTACT\",\"namespace\":\"crm\",\"value\":\"ada\"}],"
               "\"page_view\":{\"url\":\"/pricing\"}}' | revops publish"});
  command->callback([&session, options] {
    session.run = [&session, options] { return Publish(session, *options); };
  });
}

}  // namespace revops
