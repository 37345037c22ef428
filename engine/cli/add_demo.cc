// revops demo: a simulated company's year, folded, and what can be seen in it.
#include <algorithm>

#include "absl/strings/str_cat.h"
#include "engine/base/clock.h"
#include "engine/base/status.h"
#include "engine/cli/command.h"
#include "engine/cli/demo_story.h"
#include "engine/cli/event_sink.h"
#include "engine/cli/folding.h"
#include "engine/cli/message_text.h"
#include "engine/cli/progress_bar.h"
#include "engine/cli/serving.h"
#include "engine/simulate/simulator.h"

namespace revops {
namespace {

constexpr int64_t kMicrosPerDay = 86'400'000'000;
constexpr char kFolder[] = "revops-demo";

struct Options {
  SimulationOptions simulation;
  std::string from;
  bool serve = false;
  HttpServerOptions http;
};

// Whether anything was ever published.
bool HoldsEvents(const v1::StatusResponse& status) {
  for (const v1::PartitionStatus& partition : status.partitions()) {
    if (partition.end() > 0) return true;
  }
  return false;
}

absl::StatusOr<v1::PublishResponse> PublishYear(Session& session, Api& api,
                                                const SimulationOptions& options) {
  const SystemClock clock;
  ProgressBar bar(session.terminal, clock, "simulating and publishing", "events");
  const std::unique_ptr<EventWriter> writer = PublishTo(api, session.terminal);
  uint64_t events = 0;
  RETURN_IF_ERROR(Simulate(options, [&](const v1::Event& event) {
    bar.Show(++events, 0);
    return writer->Put(event);
  }));
  RETURN_IF_ERROR(writer->Finish());
  return writer->summary();
}

absl::Status Simulated(Session& session, Api& api, const Options& options, int64_t today) {
  SimulationOptions simulation = options.simulation;
  simulation.start_day = today - simulation.days;
  if (!options.from.empty()) {
    ASSIGN_OR_RETURN(const int64_t from, ParseTime(options.from));
    simulation.start_day = from / kMicrosPerDay;
  }
  const SystemClock clock;
  const int64_t started = clock.MonotonicMicros();
  ASSIGN_OR_RETURN(const v1::PublishResponse summary, PublishYear(session, api, simulation));
  RETURN_IF_ERROR(AwaitFolded(api, session.terminal));
  session.terminal.out << "A simulated B2B company, " << simulation.days << " days from "
                       << TimeText(simulation.start_day * kMicrosPerDay) << ": "
                       << WithCommas(summary.accepted()) << " events published and folded in "
                       << (clock.MonotonicMicros() - started) / 1'000'000 << " s into "
                       << session.target.data << ".\n";
  return absl::OkStatus();
}

absl::StatusOr<ExitCode> Run(Session& session, const Options& options) {
  if (!session.target.server.empty()) {
    return absl::InvalidArgumentError(
        "demo makes a folder of its own; name another one with --data");
  }
  if (options.serve) HoldStopSignals();
  ASSIGN_OR_RETURN(const std::unique_ptr<Api> api, session.OpenToPublish());
  ASSIGN_OR_RETURN(const v1::StatusResponse before, api->Status({}));
  const int64_t now = SystemClock().NowMicros();
  if (!HoldsEvents(before)) {
    RETURN_IF_ERROR(Simulated(session, *api, options, now / kMicrosPerDay));
  } else {
    session.terminal.out << session.target.data
                         << " holds a company already; this is what is in it. Remove the folder to "
                            "simulate anew.\n";
    RETURN_IF_ERROR(AwaitFolded(*api, session.terminal));
  }
  // Journeys have long lines; a file gets what a wide screen would.
  Terminal wide = session.terminal;
  if (wide.width == 0) wide.width = 140;
  const DemoStory story{*api, wide, session.target.data, now};
  RETURN_IF_ERROR(TellWhatWasRead(story));
  RETURN_IF_ERROR(TellFunnel(story));
  RETURN_IF_ERROR(TellPipeline(story));
  RETURN_IF_ERROR(TellBestLeads(story));
  RETURN_IF_ERROR(TellOneJourney(story));
  TellWhatNext(story);
  if (options.serve) {
    RETURN_IF_ERROR(ServeUntilStopped(*api, session.target.data, options.http, session.terminal));
  }
  return ExitCode::kOk;
}

}  // namespace

void AddDemo(CLI::App& app, Session& session) {
  CLI::App* command = app.add_subcommand(
      "demo", "Simulate a company's year, fold it, and show what can be seen in it");
  const auto options = std::make_shared<Options>();
  options->http.port = 8420;
  command->add_option("--accounts", options->simulation.accounts, "Companies in the market [200]");
  command->add_option("--days", options->simulation.days, "How many days [365]");
  command->add_option("--seed", options->simulation.seed, "Another seed, another company [1]");
  command->add_option("--from", options->from, "The first day [so that the last one is today]");
  command->add_flag("--serve", options->serve, "Then keep serving it over HTTP");
  command->add_option("--port", options->http.port, "With --serve [8420]");
  SetExamples(command,
              {"revops demo", "revops demo --serve", "revops demo --data big --accounts 2000"});
  command->callback([&session, options] {
    session.default_folder = kFolder;
    session.run = [&session, options] { return Run(session, *options); };
  });
}

}  // namespace revops
