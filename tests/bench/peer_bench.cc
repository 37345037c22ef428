// The peers' own events into the peers' own views: what a user would otherwise take is timed on the
// same machine, and prints the same CHECK line.
//
//   peer_bench [--events N] [--contacts E] [--partitions P] [--folder DIR] [--batch N]
//              [--kafka BROKERS [--prefix P]]
//
// The events are appended to an embedded log first (not timed), then folded; CPU is user + system
// of the whole process from the first record to the last commit. With --kafka they are appended to
// topics of a Kafka cluster (deploy/kafka/cluster starts one), and fetched from there while timed:
// what the Kafka client costs counts, what the broker costs does not. A topic that holds them
// already is read as it is.
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <map>
#include <memory>
#include <set>
#include <string>

#include "absl/time/clock.h"
#include "engine/base/status.h"
#include "engine/fold/cells.h"
#include "engine/log/embedded_log.h"
#include "engine/log/kafka_log.h"
#include "engine/runtime/engine.h"
#include "engine/runtime/topics.h"
#include "engine/view/journey_head.h"
#include "engine/view/keys.h"
#include "tests/bench/measure.h"
#include "tests/bench/peer_events.h"
#include "tests/bench/peer_row.pb.h"
#include "tests/bench/peer_views.h"

namespace revops::bench {
namespace {

struct Options {
  int64_t events = 300'000;
  int contacts = 50'000;
  int partitions = 4;
  int batch = 65'536;
  std::string folder = "/tmp/revops-peer-bench";
  std::string kafka;  // brokers; empty: the embedded log
  std::string prefix = "peer-bench.";
};

std::unique_ptr<EventLog> OpenKafka(const Options& options) {
  KafkaLogOptions log_options;
  log_options.connection = Take(LoadKafkaConnection(options.kafka, ""));
  log_options.topic_prefix = options.prefix;
  auto log = Take(KafkaLog::Open(std::move(log_options)));
  for (const char* topic : {kTouchpoints, kRouted}) {
    Take(log->EnsureTopic(topic, options.partitions));
  }
  Take(log->EnsureTopic(kIdentities, 1));
  return log;
}

std::unique_ptr<EventLog> OpenEmbedded(const Options& options) {
  EmbeddedLogOptions log_options;
  log_options.topics = {
      {kTouchpoints, options.partitions}, {kRouted, options.partitions}, {kIdentities, 1}};
  return Take(EmbeddedLog::Open(options.folder + "/log", log_options));
}

int64_t Held(EventLog& log, const Options& options) {
  int64_t held = 0;
  for (int p = 0; p < options.partitions; ++p) {
    held += static_cast<int64_t>(Take(log.End({kTouchpoints, p})));
  }
  return held;
}

// Bytes of all events; they are appended unless the log holds them already.
int64_t Fill(EventLog& log, const Options& options) {
  const int64_t held = Held(log, options);
  if (held != 0 && held != options.events) {
    Take(absl::FailedPreconditionError(
        "the topics hold another number of events; name other ones with --prefix"));
  }
  PeerGenerator generator(options.events, options.contacts, 42);
  PeerEvent peer;
  std::vector<NewRecord> records;
  int64_t bytes = 0;
  const auto flush = [&] {
    if (held == 0) Take(log.Append(std::move(records)));
    records.clear();
  };
  while (generator.Next(peer)) {
    const v1::Event event = ToEvent(peer);
    const Id contact(event.subject(0));
    records.push_back(
        {{kTouchpoints, HomeOf(contact, options.partitions)}, "", event.SerializeAsString()});
    bytes += static_cast<int64_t>(records.back().value.size());
    if (records.size() == 20'000) flush();
  }
  if (!records.empty()) flush();
  return bytes;
}

// The cost of parsing alone: what the fold's is measured against.
double ParseNanos(const Options& options) {
  PeerGenerator generator(std::min<int64_t>(options.events, 100'000), options.contacts, 42);
  PeerEvent peer;
  std::vector<std::string> all;
  while (generator.Next(peer)) all.push_back(ToEvent(peer).SerializeAsString());
  const double before = CpuSeconds();
  v1::Event event;
  int64_t sum = 0;
  for (const std::string& bytes : all) {
    event.ParseFromString(bytes);
    sum += event.occurred_at();
  }
  const double nanos = (CpuSeconds() - before) * 1e9 / static_cast<double>(all.size());
  if (sum == 1) std::printf("\n");
  return nanos;
}

void Check(const Engine& engine) {
  int64_t contacts = 0, count = 0, score = 0, last = 0;
  std::set<std::string> cells;  // a cell of several partitions is one
  int128 cell_count = 0, amount = 0;
  std::map<std::string, int64_t> stages;
  for (int p = 0; p < engine.partitions(); ++p) {
    const auto partition = engine.partition(p);
    (void)partition->store().Scan("S", [&](absl::string_view, absl::string_view value) {
      const JourneyHead head = Take(DecodeHead(value));
      for (const RowSet::Row& row : head.rows) {
        PeerContact contact;
        contact.ParseFromString(row.bytes);
        ++contacts;
        count += contact.count();
        score += contact.score();
        last += contact.last_at() / 1'000'000;
        ++stages[contact.stage()];
      }
      return true;
    });
    (void)partition->store().Scan("K", [&](absl::string_view key, absl::string_view value) {
      const CellName cell = Take(ParseCellKey(key.substr(1)));
      const auto number = static_cast<int128>(ReadUint128(value.data()));
      if (cell.measure == "peer_events") {
        cells.emplace(key);
        cell_count += number;
      } else {
        amount += number;
      }
      return true;
    });
  }
  std::string text;
  for (const auto& [stage, n] : stages) {
    text += (text.empty() ? "" : ", ") + stage + "=" + std::to_string(n);
  }
  std::printf(
      "CHECK contacts=%lld count=%lld score=%lld last_at_s_sum=%lld stages={%s} cells=%lld "
      "cell_count=%s amount=%s\n",
      static_cast<long long>(contacts), static_cast<long long>(count),
      static_cast<long long>(score), static_cast<long long>(last), text.c_str(),
      static_cast<long long>(cells.size()), ToDecimal(cell_count).c_str(),
      ToDecimal(amount).c_str());
}

int Run(const Options& options) {
  std::filesystem::remove_all(options.folder);
  std::unique_ptr<EventLog> log =
      options.kafka.empty() ? OpenEmbedded(options) : OpenKafka(options);
  const int64_t bytes = Fill(*log, options);
  if (!options.kafka.empty()) {
    // As a process that only folds: with a client that has fetched nothing yet.
    log.reset();
    log = OpenKafka(options);
  }
  const double parse = ParseNanos(options);

  EngineOptions engine_options;
  engine_options.folder = options.folder + "/views";
  engine_options.batch_records_max = options.batch;
  const Registry registry = PeerRegistry();
  const auto engine = Take(Engine::Open(engine_options, *log, registry, RevenueModel::Default()));
  const absl::Time begin = absl::Now();
  const double before = CpuSeconds();
  engine->Start();
  while (!Take(engine->Settled())) absl::SleepFor(absl::Milliseconds(20));
  const double cpu = CpuSeconds() - before;
  const double wall = absl::ToDoubleSeconds(absl::Now() - begin);
  engine->Stop();

  const auto events = static_cast<double>(options.events);
  int64_t disk = 0;
  for (int p = 0; p < engine->partitions(); ++p) disk += engine->partition(p)->store().size_bytes();
  std::printf(
      "PEER live log=%s events=%lld bytes/event=%.0f wall_s=%.2f cpu_s=%.2f ev_per_s=%.0f "
      "ev_per_cpu_s=%.0f ns_per_event=%.0f bare_parse_ns=%.0f share=%.3f rss_mb=%ld "
      "store_bytes_per_event=%.0f\n",
      options.kafka.empty() ? "embedded" : "kafka", static_cast<long long>(options.events),
      static_cast<double>(bytes) / events, wall, cpu, events / wall, events / cpu,
      cpu * 1e9 / events, parse, parse * events / 1e9 / cpu, PeakMiB(),
      static_cast<double>(disk) / events);
  Check(*engine);
  std::filesystem::remove_all(options.folder);
  return 0;
}

}  // namespace
}  // namespace revops::bench

int main(int argc, char** argv) {
  using revops::bench::NumberOption;
  revops::bench::Options options;
  options.events = NumberOption(argc, argv, "events", options.events);
  options.contacts = static_cast<int>(NumberOption(argc, argv, "contacts", options.contacts));
  options.partitions = static_cast<int>(NumberOption(argc, argv, "partitions", options.partitions));
  options.batch = static_cast<int>(NumberOption(argc, argv, "batch", options.batch));
  options.folder = revops::bench::TextOption(argc, argv, "folder", options.folder);
  options.kafka = revops::bench::TextOption(argc, argv, "kafka", options.kafka);
  options.prefix = revops::bench::TextOption(argc, argv, "prefix", options.prefix);
  return revops::bench::Run(options);
}
