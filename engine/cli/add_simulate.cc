// revops simulate: a company's year of events, to the engine or into a file.
#include "engine/base/status.h"
#include "engine/cli/command.h"
#include "engine/cli/event_sink.h"
#include "engine/cli/message_text.h"
#include "engine/cli/progress_bar.h"
#include "engine/simulate/simulator.h"

namespace revops {
namespace {

struct Options {
  SimulationOptions simulation;
  std::string from;
  std::string until;
  bool clean = false;
  OutputOptions output;
};

absl::StatusOr<ExitCode> Run(Session& session, const Options& options) {
  constexpr int64_t kMicrosPerDay = 86'400'000'000;
  SimulationOptions simulation = options.simulation;
  if (!options.from.empty()) {
    ASSIGN_OR_RETURN(const int64_t from, ParseTime(options.from));
    simulation.start_day = from / kMicrosPerDay;
  }
  if (!options.until.empty()) {
    ASSIGN_OR_RETURN(simulation.arrives_before, ParseTime(options.until));
  }
  simulation.noise.enabled = !options.clean;
  ASSIGN_OR_RETURN(OpenedWriter opened, OpenWriter(session, options.output));
  const SystemClock clock;
  ProgressBar bar(session.terminal, clock, "simulating", "events");
  uint64_t done = 0;
  RETURN_IF_ERROR(Simulate(simulation, [&](const v1::Event& event) {
    bar.Show(++done, 0);
    return opened.writer->Put(event);
  }));
  RETURN_IF_ERROR(Finish(session, opened));
  bar.Finish();
  return Report(session, options.output, opened.writer->summary());
}

}  // namespace

void AddSimulate(CLI::App& app, Session& session) {
  CLI::App* command = app.add_subcommand(
      "simulate", "Make up a B2B company's events: the same options give the same events");
  const auto options = std::make_shared<Options>();
  command->add_option("--seed", options->simulation.seed, "Another seed, another company [1]");
  command->add_option("--days", options->simulation.days, "How many days, 1 to 3660 [365]");
  command->add_option("--accounts", options->simulation.accounts,
                      "Companies in the market, 1 to 1000000 [200]");
  command->add_option("--from", options->from, "The first day: 2025-01-01 [2025-01-01]");
  command->add_option("--until", options->until,
                      "Only what had arrived by then: 2025-07-01 [everything]");
  command->add_flag("--clean", options->clean,
                    "Every event once, on time and right: no duplicates, bots, corrections");
  command->add_flag("--stamp-recorded-at", options->simulation.stamp_recorded_at,
                    "Say when each event arrived, instead of leaving that to the engine");
  AddOutputOptions(command, &options->output);
  SetExamples(command, {"revops simulate --data my-company",
                        "revops simulate --accounts 2000 --seed 7 --server http://127.0.0.1:8420",
                        "revops simulate --days 30 --out - | head -3"});
  command->callback([&session, options] {
    session.run = [&session, options] { return Run(session, *options); };
  });
}

}  // namespace revops
