// revops demo: a simulated company's year, folded, and what can be seen in it.
#include <iterator>
#include <memory>
#include <utility>

#include "absl/strings/str_cat.h"
#include "engine/base/civil.h"
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

// Publishes the year, and stops on the days on which the views are asked what they say so far.
class YearPublisher final {
 public:
  YearPublisher(Session& session, Api& api, DemoThen& then)
      : session_(session), api_(api), then_(then) {}

  absl::StatusOr<uint64_t> Publish() {
    SimulationOptions options = then_.simulation;
    options.stamp_recorded_at = true;
    const SystemClock clock;
    ProgressBar bar(session_.terminal, clock, "simulating and publishing", "events");
    uint64_t events = 0;
    RETURN_IF_ERROR(Simulate(options, [&](const v1::Event& event) {
      bar.Show(++events, 0);
      return Put(event);
    }));
    RETURN_IF_ERROR(Fold());
    return accepted_;
  }

 private:
  absl::Status Put(const v1::Event& event) {
    const int64_t day = event.recorded_at() / kMicrosPerDay - then_.simulation.start_day;
    while (next_ < std::size(kAsked) && day >= kAsked[next_]) {
      RETURN_IF_ERROR(Fold());
      RETURN_IF_ERROR(AskOnDay(api_, kAsked[next_++], then_));
    }
    if (writer_ == nullptr) writer_ = PublishTo(api_, session_.terminal);
    // When it arrived is for ingest to say.
    v1::Event published = event;
    published.clear_recorded_at();
    return writer_->Put(published);
  }

  absl::Status Fold() {
    if (writer_ != nullptr) {
      RETURN_IF_ERROR(writer_->Finish());
      accepted_ += writer_->summary().accepted();
      writer_.reset();
    }
    return AwaitFolded(api_, session_.terminal);
  }

  static constexpr int kAsked[] = {kGiveawayPraised, kQuarterEnd, kBeforeNamed};

  Session& session_;
  Api& api_;
  DemoThen& then_;
  std::unique_ptr<EventWriter> writer_;
  size_t next_ = 0;
  uint64_t accepted_ = 0;
};

absl::StatusOr<DemoThen> Simulated(Session& session, Api& api, const Options& options,
                                   int64_t today) {
  DemoThen then;
  then.simulation = options.simulation;
  then.simulation.start_day = today - then.simulation.days;
  if (!options.from.empty()) {
    ASSIGN_OR_RETURN(const int64_t from, ParseTime(options.from));
    then.simulation.start_day = from / kMicrosPerDay;
  }
  const SystemClock clock;
  const int64_t started = clock.MonotonicMicros();
  ASSIGN_OR_RETURN(const uint64_t accepted, YearPublisher(session, api, then).Publish());
  RETURN_IF_ERROR(Keep(then, session.target.data));
  session.terminal.out << "A simulated B2B company, " << then.simulation.days << " days from "
                       << DemoDay(then.simulation, 0) << ": " << WithCommas(accepted)
                       << " events published and folded in "
                       << (clock.MonotonicMicros() - started) / 1'000'000 << " s into "
                       << session.target.data << ".\n";
  return then;
}

absl::Status Tell(const DemoStory& story) {
  for (const auto& tell : {TellWhatWasRead, TellFunnel, TellPipeline, TellBestLeads, TellOneJourney,
                           TellDisputedDeal, TellWebinar, TellGiveaway, TellLateName, TellHistory,
                           TellQuarter, TellWhatDoesNotCount, TellMoneyAtRisk}) {
    RETURN_IF_ERROR(tell(story));
  }
  TellWhatNext(story);
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
  DemoThen then;
  if (!HoldsEvents(before)) {
    ASSIGN_OR_RETURN(then, Simulated(session, *api, options, now / kMicrosPerDay));
  } else {
    session.terminal.out << session.target.data
                         << " holds a company already; this is what is in it. Remove the folder to "
                            "simulate anew.\n";
    RETURN_IF_ERROR(AwaitFolded(*api, session.terminal));
    auto kept = LoadThen(session.target.data);
    if (kept.ok()) then = *std::move(kept);
  }
  // Tables of many models are wide; a file gets what a wide screen would.
  Terminal wide = session.terminal;
  if (wide.width == 0) wide.width = 180;
  RETURN_IF_ERROR(Tell({*api, wide, session.target.data, now, std::move(then)}));
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
