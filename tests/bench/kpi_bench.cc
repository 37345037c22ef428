// How long the shared numbers take over many journeys: each KPI of the model over a year, by month
// and by day, the pipeline bridge, and the whole weekly report.
//
//   kpi_bench [--accounts N] [--journeys N] [--partitions P] [--rounds N] [--reuse 1]
//             [--folder DIR]
//
// A simulated company gives the cells of every view; short journeys fill the store up to
// `journeys`. With `reuse` the folder is kept, and what an earlier run left there is asked again.
#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "absl/time/clock.h"
#include "engine/base/status.h"
#include "engine/log/embedded_log.h"
#include "engine/report/report.h"
#include "engine/runtime/topics.h"
#include "engine/serve/local_api.h"
#include "engine/simulate/simulator.h"
#include "projections/registry.h"
#include "tests/bench/measure.h"
#include "tests/bench/short_journeys.h"

namespace revops::bench {
namespace {

constexpr int64_t kMicrosPerDay = 86'400'000'000;
constexpr int kSlowestShown = 5;

struct Options {
  int accounts, partitions, rounds;
  int64_t journeys;
  bool reuse;
  std::string folder;
};

void Fill(Engine& engine, Ingest& ingest, const Options& options) {
  std::vector<v1::Event> waiting;
  int64_t events = 0;
  const auto publish = [&]() -> absl::Status {
    RETURN_IF_ERROR(ingest.Publish(std::move(waiting)).status());
    waiting.clear();
    return absl::OkStatus();
  };
  const auto take = [&](v1::Event event) -> absl::Status {
    waiting.push_back(std::move(event));
    ++events;
    return waiting.size() == 10'000 ? publish() : absl::OkStatus();
  };
  const double before = CpuSeconds();
  SimulationOptions simulation;
  simulation.accounts = options.accounts;
  Take(Simulate(simulation, take));
  Take(WriteShortJourneys({options.journeys, simulation.start_day}, take));
  Take(publish());
  const double published = CpuSeconds();
  engine.Start();
  while (!Take(engine.Settled())) absl::SleepFor(absl::Milliseconds(100));
  const double folded = CpuSeconds() - published;
  std::printf("KPI filled events=%lld publish_cpu_s=%.0f fold_cpu_s=%.0f fold_ns_per_event=%.0f\n",
              static_cast<long long>(events), published - before, folded,
              folded * 1e9 / static_cast<double>(events));
}

// What is in the store that questions depend on.
void Count(const Engine& engine) {
  int64_t journeys = 0, cells = 0;
  for (int p = 0; p < engine.partitions(); ++p) {
    const PartitionLook look = Take(LookAtPartition(engine, p));
    Take(look.store->Scan("K", [&cells](absl::string_view, absl::string_view) {
      ++cells;
      return true;
    }));
    journeys += static_cast<int64_t>(look.progress.journeys());
  }
  std::printf("KPI store journeys=%lld cells=%lld partitions=%d\n",
              static_cast<long long>(journeys), static_cast<long long>(cells), engine.partitions());
}

class Asking final {
 public:
  Asking(Api& api, int64_t first_day, int rounds)
      : api_(api), first_day_(static_cast<int32_t>(first_day)), rounds_(rounds) {
    const v1::KpiResponse known = Take(api_.Kpi({}));
    for (const auto& series : known.kpis()) names_.push_back(series.name());
  }

  // Every KPI, some times each. A KPI that has no answer in that grain is left out.
  void Kpis(const char* what, v1::KpiRequest::Grain grain) {
    std::vector<double> millis, cpu;
    std::map<double, std::string> slowest;
    int unanswered = 0;
    for (const std::string& name : names_) {
      v1::KpiRequest request;
      request.add_names(name);
      request.set_grain(grain);
      request.set_from_day(FormatDay(first_day_));
      request.set_end_day(FormatDay(first_day_ + 365));
      request.set_at(At());
      std::vector<double> of_this;
      for (int round = 0; round < rounds_; ++round) {
        const absl::Time begin = absl::Now();
        const double cpu_begin = CpuSeconds();
        const absl::Status asked = api_.Kpi(request).status();
        // Some are not asked without a slice, or not by the month or the day.
        if (absl::IsInvalidArgument(asked)) break;
        Take(asked);
        of_this.push_back((CpuSeconds() - cpu_begin) * 1e3);
        millis.push_back(absl::ToDoubleMilliseconds(absl::Now() - begin));
      }
      if (of_this.empty()) {
        ++unanswered;
        continue;
      }
      slowest[Percentile(of_this, 0.5)] = name;
      cpu.insert(cpu.end(), of_this.begin(), of_this.end());
    }
    std::printf(
        "KPI %s ms p50=%.2f p99=%.2f max=%.2f cpu_ms p50=%.2f p99=%.2f max=%.2f n=%zu "
        "unanswered=%d; most CPU:",
        what, Percentile(millis, 0.5), Percentile(millis, 0.99), Percentile(millis, 1.0),
        Percentile(cpu, 0.5), Percentile(cpu, 0.99), Percentile(cpu, 1.0), cpu.size(), unanswered);
    int shown = 0;
    for (auto it = slowest.rbegin(); it != slowest.rend() && shown < kSlowestShown; ++it, ++shown) {
      std::printf(" %s=%.2f", it->second.c_str(), it->first);
    }
    std::printf("\n");
  }

  void Bridge() {
    v1::BridgeRequest request;
    request.set_from_day(FormatDay(first_day_ + 270));
    request.set_end_day(FormatDay(first_day_ + 360));
    request.set_at(At());
    Time("bridge", [&] { return api_.Bridge(request).status(); });
  }

  void Report() {
    ReportOptions options;
    options.at = At();
    Time("report", [&] { return MakeReport(api_, options).status(); });
  }

 private:
  int64_t At() const { return (first_day_ + 365) * kMicrosPerDay; }

  template <typename Question>
  void Time(const char* what, const Question& question) {
    std::vector<double> millis;
    const double cpu = CpuSeconds();
    for (int round = 0; round < rounds_; ++round) {
      const absl::Time begin = absl::Now();
      Take(question());
      millis.push_back(absl::ToDoubleMilliseconds(absl::Now() - begin));
    }
    std::printf("KPI %s ms p50=%.2f max=%.2f cpu_ms=%.2f n=%zu\n", what, Percentile(millis, 0.5),
                Percentile(millis, 1.0), (CpuSeconds() - cpu) * 1e3 / rounds_, millis.size());
  }

  Api& api_;
  const int32_t first_day_;
  const int rounds_;
  std::vector<std::string> names_;
};

int Run(const Options& options) {
  const std::string log_folder = options.folder + "/log";
  const bool filled = options.reuse && std::filesystem::exists(log_folder);
  if (!filled) std::filesystem::remove_all(options.folder);
  EmbeddedLogOptions log_options;
  log_options.topics = {
      {kTouchpoints, options.partitions}, {kRouted, options.partitions}, {kIdentities, 1}};
  const auto log = Take(EmbeddedLog::Open(log_folder, log_options));
  EngineOptions engine_options;
  engine_options.folder = options.folder + "/views";
  const Registry registry = AllProjections();
  const auto engine = Take(Engine::Open(engine_options, *log, registry, RevenueModel::Default()));
  const SystemClock clock;
  Ingest ingest(*log, engine->links(), clock);
  LocalApiOptions api_options;
  api_options.model_text = std::string(RevenueModel::DefaultText());
  LocalApi api(*engine, &ingest, clock, std::move(api_options));
  if (filled) {
    engine->Start();
    while (!Take(engine->Settled())) absl::SleepFor(absl::Milliseconds(100));
  } else {
    Fill(*engine, ingest, options);
  }
  Count(*engine);
  Asking asking(api, SimulationOptions().start_day, options.rounds);
  asking.Kpis("year", v1::KpiRequest::TOTAL);
  asking.Kpis("by_month", v1::KpiRequest::MONTH);
  asking.Kpis("by_day", v1::KpiRequest::DAY);
  asking.Bridge();
  asking.Report();
  engine->Stop();
  if (!options.reuse) std::filesystem::remove_all(options.folder);
  return 0;
}

}  // namespace
}  // namespace revops::bench

int main(int argc, char** argv) {
  using revops::bench::NumberOption;
  return revops::bench::Run(
      {static_cast<int>(NumberOption(argc, argv, "accounts", 100)),
       static_cast<int>(NumberOption(argc, argv, "partitions", 4)),
       static_cast<int>(NumberOption(argc, argv, "rounds", 5)),
       NumberOption(argc, argv, "journeys", 5000), NumberOption(argc, argv, "reuse", 0) != 0,
       revops::bench::TextOption(argc, argv, "folder", "/tmp/revops-kpi-bench")});
}
