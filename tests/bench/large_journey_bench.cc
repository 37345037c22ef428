// One account with ten thousand contacts and a million events: what its events cost, in order, when
// some come late, and when people are linked to it afterwards.
//
//   large_journey_bench [--events N] [--contacts N] [--folder DIR]
#include <cstdio>
#include <filesystem>
#include <string>
#include <vector>

#include "absl/time/clock.h"
#include "engine/log/embedded_log.h"
#include "engine/runtime/engine.h"
#include "engine/runtime/topics.h"
#include "projections/registry.h"
#include "tests/bench/measure.h"

namespace revops::bench {
namespace {

constexpr int64_t kStart = 1'767'225'600'000'000;  // 2026-01-01T00:00:00Z

v1::Event NewEvent(const std::string& id, int64_t at) {
  v1::Event event;
  event.set_id(id);
  event.set_source("bench");
  event.set_occurred_at(at);
  return event;
}

void SetId(v1::IdKind kind, const std::string& value, v1::Id* id) {
  id->set_kind(kind);
  id->set_namespace_("crm");
  id->set_value(value);
}

class Bench {
 public:
  explicit Bench(const std::string& folder) {
    std::filesystem::remove_all(folder);
    EmbeddedLogOptions options;
    options.topics = {{kTouchpoints, 1}, {kRouted, 1}, {kIdentities, 1}};
    log_ = Take(EmbeddedLog::Open(folder + "/log", options));
    EngineOptions engine;
    engine.folder = folder + "/views";
    engine_ = Take(Engine::Open(engine, *log_, registry_, RevenueModel::Default()));
    engine_->Start();
  }
  ~Bench() { engine_->Stop(); }

  void Publish(const v1::Event& event) {
    waiting_.push_back({{kTouchpoints, 0}, "", event.SerializeAsString()});
    if (waiting_.size() == 20'000) Flush();
  }

  // Waits until all is folded; prints what it cost.
  void Settle(const char* what, int64_t events) {
    Flush();
    while (!Take(engine_->Settled())) absl::SleepFor(absl::Milliseconds(20));
    const double cpu = CpuSeconds() - cpu_;
    std::printf("LARGE %s events=%lld wall_s=%.2f cpu_s=%.2f us_per_event=%.1f rss_mb=%ld\n", what,
                static_cast<long long>(events), absl::ToDoubleSeconds(absl::Now() - begin_), cpu,
                cpu * 1e6 / static_cast<double>(events), PeakMiB());
    std::fflush(stdout);
    cpu_ = CpuSeconds();
    begin_ = absl::Now();
  }

 private:
  void Flush() {
    if (!waiting_.empty()) Take(log_->Append(std::move(waiting_)));
    waiting_.clear();
  }

  const Registry registry_ = AllProjections();
  std::unique_ptr<EmbeddedLog> log_;
  std::unique_ptr<Engine> engine_;
  std::vector<NewRecord> waiting_;
  double cpu_ = CpuSeconds();
  absl::Time begin_ = absl::Now();
};

void PageView(Bench& bench, int64_t n, int64_t at, int64_t contact) {
  v1::Event event = NewEvent("view-" + std::to_string(n), at);
  SetId(v1::CONTACT, "contact-" + std::to_string(contact), event.add_subject());
  event.mutable_page_view()->set_url("https://example.com/pricing");
  bench.Publish(event);
}

int Run(int64_t events, int64_t contacts, const std::string& folder) {
  Bench bench(folder);
  for (int64_t c = 0; c < contacts; ++c) {
    v1::Event joined = NewEvent("join-" + std::to_string(c), kStart + c);
    const std::string contact = "contact-" + std::to_string(c);
    SetId(v1::CONTACT, contact, joined.add_subject());
    SetId(v1::CONTACT, contact, joined.mutable_joined_account()->mutable_contact());
    SetId(v1::ACCOUNT, "account", joined.mutable_joined_account()->mutable_account());
    bench.Publish(joined);
  }
  bench.Settle("contacts join", contacts);
  const int64_t gap = 20'000'000;  // one event every 20 s
  for (int64_t n = 0; n < events; ++n) {
    PageView(bench, n, kStart + contacts + n * gap, n * 7919 % contacts);
  }
  bench.Settle("in order", events);
  for (int64_t n = 0; n < 1000; ++n) {
    // Up to two days late.
    PageView(bench, events + n, kStart + contacts + (events - 1 - n * 8) * gap + 1, n % contacts);
  }
  bench.Settle("late", 1000);
  for (int64_t n = 0; n < 100; ++n) {
    v1::Event linked = NewEvent("link-" + std::to_string(n), kStart + events * gap);
    const std::string visitor = "visitor-" + std::to_string(n);
    SetId(v1::ANONYMOUS, visitor, linked.add_subject());
    SetId(v1::ANONYMOUS, visitor, linked.mutable_linked()->mutable_child());
    SetId(v1::CONTACT, "contact-" + std::to_string(n), linked.mutable_linked()->mutable_parent());
    bench.Publish(linked);
  }
  bench.Settle("visitors identified", 100);
  return 0;
}

}  // namespace
}  // namespace revops::bench

int main(int argc, char** argv) {
  using revops::bench::NumberOption;
  const std::string folder =
      revops::bench::TextOption(argc, argv, "folder", "/tmp/revops-large-journey-bench");
  const int status = revops::bench::Run(NumberOption(argc, argv, "events", 1'000'000),
                                        NumberOption(argc, argv, "contacts", 10'000), folder);
  std::filesystem::remove_all(folder);
  return status;
}
