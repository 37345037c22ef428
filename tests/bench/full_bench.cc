// A simulated company folded through every projection of the registry, beside the bare parse rate
// of the same events; then how long a published event takes to be seen.
//
//   full_bench [--accounts N] [--days D] [--partitions P] [--folder DIR] [--fresh-seconds S]
#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <string>
#include <vector>

#include "absl/time/clock.h"
#include "engine/base/clock.h"
#include "engine/ingest/ingest.h"
#include "engine/log/embedded_log.h"
#include "engine/query/stores.h"
#include "engine/runtime/engine.h"
#include "engine/runtime/topics.h"
#include "engine/runtime/verify.h"
#include "engine/simulate/simulator.h"
#include "projections/registry.h"
#include "tests/bench/measure.h"

namespace revops::bench {
namespace {

constexpr int kFreshPerSecond = 2000;
constexpr int kFreshBatch = 10;  // events a call, as a web tracker's collector sends them

struct Options {
  int accounts, days, partitions, fresh_seconds;
  std::string folder;
};

Verification VerifyAll(const Engine& engine, const VerifyOptions& options) {
  OwnStores own(engine);
  const Look look = Take(own.LookAtRest(absl::Seconds(30)));
  std::vector<VerifiedStore> stores;
  for (const PartitionLook& one : look) stores.push_back({one.store.get(), one.progress, ""});
  return Take(Verify(engine, stores, options));
}

// Publishes at a steady rate; each call's events must be covered before the sample counts.
void Freshness(const Engine& engine, Ingest& ingest, int seconds) {
  std::vector<double> acknowledged_ms, visible_ms;
  const absl::Duration gap = absl::Seconds(1) * kFreshBatch / kFreshPerSecond;
  absl::Time next = absl::Now();
  const int calls = seconds * kFreshPerSecond / kFreshBatch;
  for (int call = 0; call < calls; ++call, next += gap) {
    std::vector<v1::Event> events(kFreshBatch);
    for (int i = 0; i < kFreshBatch; ++i) {
      v1::Event& event = events[i];
      event.set_id("fresh-" + std::to_string(call) + "-" + std::to_string(i));
      event.set_source("bench");
      event.set_occurred_at(absl::ToUnixMicros(absl::Now()));
      v1::Id* id = event.add_subject();
      id->set_kind(v1::ANONYMOUS);
      id->set_namespace_("web");
      id->set_value("visitor-" + std::to_string((call * kFreshBatch + i) % 5000));
      event.mutable_page_view()->set_url("https://example.com/pricing");
    }
    absl::SleepFor(std::max(absl::ZeroDuration(), next - absl::Now()));
    const absl::Time sent = absl::Now();
    const Ingest::Result result = Take(ingest.Publish(std::move(events)));
    acknowledged_ms.push_back(absl::ToDoubleMilliseconds(absl::Now() - sent));
    Take(engine.WaitCovered(result.position, absl::Seconds(30)));
    visible_ms.push_back(absl::ToDoubleMilliseconds(absl::Now() - sent));
  }
  std::printf(
      "FRESH events_per_s=%d acknowledged_ms p50=%.2f p99=%.2f visible_ms p50=%.2f "
      "p99=%.2f n=%zu\n",
      kFreshPerSecond, Percentile(acknowledged_ms, 0.5), Percentile(acknowledged_ms, 0.99),
      Percentile(visible_ms, 0.5), Percentile(visible_ms, 0.99), visible_ms.size());
}

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

  SimulationOptions simulation;
  simulation.accounts = options.accounts;
  simulation.days = options.days;
  std::vector<v1::Event> waiting;
  std::vector<std::string> sample;  // for the bare parse rate
  int64_t events = 0, refused = 0, bytes = 0;
  const auto publish = [&]() -> absl::Status {
    const size_t sent = waiting.size();
    const Ingest::Result result = Take(ingest.Publish(std::move(waiting)));
    refused += static_cast<int64_t>(sent) - result.accepted;
    waiting.clear();
    return absl::OkStatus();
  };
  Take(Simulate(simulation, [&](const v1::Event& event) {
    waiting.push_back(event);
    ++events;
    bytes += static_cast<int64_t>(event.ByteSizeLong());
    if (sample.size() < 200'000) sample.push_back(event.SerializeAsString());
    return waiting.size() == 5000 ? publish() : absl::OkStatus();
  }));
  if (!waiting.empty()) Take(publish());

  double before = CpuSeconds();
  v1::Event parsed;
  for (const std::string& text : sample) parsed.ParseFromString(text);
  const double parse_s = (CpuSeconds() - before) / static_cast<double>(sample.size());

  const absl::Time begin = absl::Now();
  before = CpuSeconds();
  engine->Start();
  while (!Take(engine->Settled())) absl::SleepFor(absl::Milliseconds(20));
  const double cpu = CpuSeconds() - before;
  const double wall = absl::ToDoubleSeconds(absl::Now() - begin);

  const auto n = static_cast<double>(events);
  int64_t disk = 0;
  uint64_t dead = 0, duplicates = 0, forwarded = 0;
  for (int p = 0; p < engine->partitions(); ++p) {
    const auto partition = engine->partition(p);
    disk += partition->store().size_bytes();
    const v1::StoredProgress progress = partition->progress();
    dead += progress.dead_letters();
    duplicates += progress.duplicate();
    forwarded += progress.forwarded();
  }
  std::printf(
      "FULL live events=%lld refused=%lld bytes/event=%.0f wall_s=%.2f cpu_s=%.2f "
      "ev_per_s=%.0f ev_per_cpu_s=%.0f ns_per_event=%.0f bare_parse_ns=%.0f share=%.4f "
      "rss_mb=%ld store_bytes_per_event=%.0f duplicates=%llu forwarded=%llu "
      "dead_letters=%llu\n",
      static_cast<long long>(events), static_cast<long long>(refused),
      static_cast<double>(bytes) / n, wall, cpu, n / wall, n / cpu, cpu * 1e9 / n, parse_s * 1e9,
      parse_s * n / cpu, PeakMiB(), static_cast<double>(disk) / n,
      static_cast<unsigned long long>(duplicates), static_cast<unsigned long long>(forwarded),
      static_cast<unsigned long long>(dead));
  VerifyOptions verify;
  verify.scratch_folder = options.folder + "/verify";
  before = CpuSeconds();
  const Verification verification = VerifyAll(*engine, verify);
  const double replay_cpu = CpuSeconds() - before;
  std::printf("FULL replay equal=%s cpu_s=%.2f ev_per_cpu_s=%.0f ns_per_event=%.0f share=%.4f\n",
              verification.equal ? "yes" : "NO", replay_cpu, n / replay_cpu, replay_cpu * 1e9 / n,
              parse_s * n / replay_cpu);
  if (options.fresh_seconds > 0) Freshness(*engine, ingest, options.fresh_seconds);
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
       static_cast<int>(NumberOption(argc, argv, "fresh-seconds", 5)),
       revops::bench::TextOption(argc, argv, "folder", "/tmp/revops-full-bench")});
}
