// How long questions take through the Api, while the engine folds a backlog and when it is idle.
//
//   query_bench [--accounts N] [--days D] [--partitions P] [--questions N] [--folder DIR]
//
// Half of a simulated company's events are folded first. The other half is folded while point
// queries of ids drawn from the first go on; then all kinds of questions are asked of the idle
// engine.
#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <functional>
#include <set>
#include <string>
#include <vector>

#include "absl/time/clock.h"
#include "engine/log/embedded_log.h"
#include "engine/runtime/topics.h"
#include "engine/serve/local_api.h"
#include "engine/simulate/simulator.h"
#include "projections/registry.h"
#include "tests/bench/measure.h"

namespace revops::bench {
namespace {

struct Options {
  int accounts, days, partitions, questions;
  std::string folder;
};

struct Asked {
  std::vector<double> micros;
  int not_found = 0;

  void Ask(const std::function<absl::Status()>& question) {
    const absl::Time begin = absl::Now();
    const absl::Status status = question();
    micros.push_back(absl::ToDoubleMicroseconds(absl::Now() - begin));
    if (status.code() == absl::StatusCode::kNotFound) {
      ++not_found;
    } else {
      Take(status);
    }
  }
  void Print(const char* what) const {
    if (micros.empty()) return;
    std::printf("QUERY %s us p50=%.0f p99=%.0f max=%.0f n=%zu not_found=%d\n", what,
                Percentile(micros, 0.5), Percentile(micros, 0.99), Percentile(micros, 1.0),
                micros.size(), not_found);
  }
};

class Bench {
 public:
  Bench(LocalApi& api, std::vector<v1::Id> ids) : api_(api), ids_(std::move(ids)) {}

  absl::Status Get() {
    v1::GetRequest request;
    request.set_view("journey");
    *request.mutable_id() = Next();
    return api_.Get(request).status();
  }
  absl::Status Timeline() {
    v1::TimelineRequest request;
    *request.mutable_id() = Next();
    return api_.Timeline(request).status();
  }
  absl::Status List(const std::string& view, bool filtered) {
    v1::ListRequest request;
    request.set_view(view);
    if (filtered) {
      v1::Filter* filter = request.add_filters();
      filter->set_field("last_touch_at");
      filter->set_op(v1::Filter::IS_NOT_SET);  // none: all rows are examined
    }
    return api_.List(request).status();
  }

 private:
  const v1::Id& Next() { return ids_[(at_ += 7919) % ids_.size()]; }

  LocalApi& api_;
  const std::vector<v1::Id> ids_;
  size_t at_ = 0;
};

int Run(const Options& options) {
  std::filesystem::remove_all(options.folder);
  EmbeddedLogOptions log_options;
  log_options.topics = {
      {kTouchpoints, options.partitions}, {kRouted, options.partitions}, {kIdentities, 1}};
  const auto log = Take(EmbeddedLog::Open(options.folder + "/log", log_options));
  EngineOptions engine_options;
  engine_options.folder = options.folder + "/views";
  const Registry registry = AllProjections();
  const auto engine = Take(Engine::Open(engine_options, *log, registry, RevenueModel::Default()));
  const SystemClock clock;
  Ingest ingest(*log, engine->links(), clock);
  LocalApi api(*engine, &ingest, clock, {});

  SimulationOptions simulation;
  simulation.accounts = options.accounts;
  simulation.days = options.days;
  std::vector<v1::Event> events;
  Take(Simulate(simulation, [&](const v1::Event& event) {
    events.push_back(event);
    return absl::OkStatus();
  }));
  const auto publish = [&](size_t from, size_t to) {
    for (size_t at = from; at < to; at += 5000) {
      const auto begin = events.begin() + static_cast<int64_t>(at);
      Take(ingest.Publish({begin, begin + static_cast<int64_t>(std::min<size_t>(5000, to - at))}));
    }
  };
  const auto settle = [&] {
    while (!Take(engine->Settled())) absl::SleepFor(absl::Milliseconds(20));
  };
  engine->Start();
  const size_t half = events.size() / 2;
  publish(0, half);
  settle();
  std::set<std::string> seen;
  std::vector<v1::Id> ids;
  for (size_t i = 0; i < half; ++i) {
    for (const v1::Id& id : events[i].subject()) {
      if (seen.insert(Id(id).bytes()).second) ids.push_back(id);
    }
  }
  Bench bench(api, std::move(ids));

  publish(half, events.size());
  Asked folding;
  const absl::Time begin = absl::Now();
  while (!Take(engine->Settled())) {
    for (int i = 0; i < 100; ++i) folding.Ask([&] { return bench.Get(); });
  }
  std::printf("QUERY events=%zu folding_s=%.2f\n", events.size() - half,
              absl::ToDoubleSeconds(absl::Now() - begin));
  folding.Print("get_while_folding");

  Asked get, timeline, list, scan;
  for (int i = 0; i < options.questions; ++i) {
    get.Ask([&] { return bench.Get(); });
    timeline.Ask([&] { return bench.Timeline(); });
    if (i % 100 == 0) list.Ask([&] { return bench.List("lead", false); });
    if (i % 1000 == 0) scan.Ask([&] { return bench.List("journey", true); });
  }
  get.Print("get");
  timeline.Print("timeline_100");
  list.Print("list_100");
  scan.Print("list_scanning_all");
  engine->Stop();
  std::filesystem::remove_all(options.folder);
  return 0;
}

}  // namespace
}  // namespace revops::bench

int main(int argc, char** argv) {
  using revops::bench::NumberOption;
  return revops::bench::Run(
      {static_cast<int>(NumberOption(argc, argv, "accounts", 200)),
       static_cast<int>(NumberOption(argc, argv, "days", 365)),
       static_cast<int>(NumberOption(argc, argv, "partitions", 4)),
       static_cast<int>(NumberOption(argc, argv, "questions", 10'000)),
       revops::bench::TextOption(argc, argv, "folder", "/tmp/revops-query-bench")});
}
