// A log on Kafka and one or two projector processes: how long from produced to visible, how long an
// answer takes, what memory a process holds, how long from kill -9 to answering, and from kill -9
// of one to answers about all from the other.
//
//   cluster_bench [--rate 2000] [--warmup 30] [--seconds 20] [--kills 5] [--takeovers 3]
//                 [--partitions 8] [--processes 2]    1: all partitions on one, no takeovers
//                 [--brokers HOST:PORT --prefix p.]   else a broker of its own is started
//
// Events are produced as upstream systems do, ten at a time, straight to the topic; an event is
// visible when a question over HTTP that waits for it is answered. What is produced in the first
// seconds does not count: a broker that has just started is being compiled.
#include <algorithm>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <memory>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "engine/base/hash.h"
#include "engine/event/position.h"
#include "engine/log/kafka_log.h"
#include "engine/runtime/topics.h"
#include "engine/serve/remote_api.h"
#include "tests/bench/measure.h"
#include "tests/support/folders.h"
#include "tests/support/kafka_broker.h"
#include "tests/support/program.h"

namespace revops::bench {
namespace {

constexpr int kBatch = 10;
constexpr int kVisitors = 5000;
constexpr int kSessionSeconds = 6;  // as short as brokers allow unless told otherwise

struct Settings {
  std::string brokers, prefix;
  int rate, warmup, seconds, kills, takeovers, partitions, processes;
};

// One projector with a folder of its own.
class Projector final {
 public:
  Projector(const Settings& settings, std::string folder)
      : settings_(settings), folder_(std::move(folder)) {}

  void Start() {
    program_ = std::make_unique<test::RunningProgram>(std::vector<std::string>{
        "project", "--kafka", settings_.brokers, "--kafka-prefix", settings_.prefix, "--data",
        folder_, "--port", "0", "--session-timeout-s", absl::StrCat(kSessionSeconds)});
    url_ = Take(program_->AwaitUrl());
    api_ = Take(RemoteApi::Open(url_, {}));
  }
  void Kill() {
    program_->Signal(SIGKILL);
    program_->Wait();
    program_.reset();
  }
  // Asks about all partitions, with the token, until it is answered.
  void AwaitAnswer(const std::string& token) {
    v1::ListRequest request;
    request.set_view("journey");
    request.set_page_size(5);
    request.mutable_await()->set_token(token);
    request.mutable_await()->set_wait_ms(30'000);
    for (int tries = 0;; ++tries) {
      const auto answer = api_->List(request);
      if (answer.ok() && answer->rows_size() > 0) return;
      if (tries == 100) Take(answer.status());
      absl::SleepFor(absl::Milliseconds(2));
    }
  }
  // Until the partitions are shared by all processes again.
  void AwaitShared() {
    for (int tries = 0; tries < 600; ++tries) {
      const auto status = api_->Status({});
      std::set<std::string> owners;
      bool well = status.ok();
      if (status.ok()) {
        for (const v1::PartitionStatus& one : status->partitions()) {
          owners.insert(one.owner());
          well = well && one.error().empty();
        }
      }
      if (well && owners.size() == static_cast<size_t>(settings_.processes)) return;
      absl::SleepFor(absl::Milliseconds(100));
    }
    Take(absl::DeadlineExceededError("the partitions are not shared by all processes"));
  }
  RemoteApi& api() { return *api_; }
  const std::string& url() const { return url_; }
  // Of the process, from what the kernel says of it. Field: "VmRSS", "VmHWM". Units: MiB.
  int64_t MemoryMiB(const std::string& field) const {
    std::ifstream told(absl::StrCat("/proc/", program_->pid(), "/status"));
    for (std::string line; std::getline(told, line);) {
      if (line.rfind(field + ":", 0) == 0) return std::atoll(line.c_str() + field.size() + 1) >> 10;
    }
    Take(absl::NotFoundError(absl::StrCat("the kernel does not tell ", field)));
    return 0;
  }

 private:
  const Settings& settings_;
  const std::string folder_;
  std::unique_ptr<test::RunningProgram> program_;
  std::unique_ptr<RemoteApi> api_;
  std::string url_;
};

std::string VisitOf(int number) {
  v1::Event event;
  event.set_id(absl::StrCat("visit-", number));
  event.set_source("bench");
  event.set_occurred_at(absl::ToUnixMicros(absl::Now()));
  v1::Id* id = event.add_subject();
  id->set_kind(v1::ANONYMOUS);
  id->set_namespace_("web");
  id->set_value(absl::StrCat("visitor-", number % kVisitors));
  event.mutable_page_view()->set_url("https://example.com/pricing");
  return event.SerializeAsString();
}

std::string TokenOf(const KafkaLog& log, int partitions, int partition, Offset next) {
  Position position;
  position.log = Hash64(log.identity());
  position.offsets.assign(partitions, 0);
  position.offsets[partition] = next;
  return ToToken(position);
}

// Everything that is in the log now.
std::string EndToken(KafkaLog& log, int partitions) {
  Position position;
  position.log = Hash64(log.identity());
  for (int p = 0; p < partitions; ++p) {
    position.offsets.push_back(Take(log.End({kTouchpoints, p})));
  }
  return ToToken(position);
}

struct Samples {
  std::vector<double> acknowledged_ms, visible_ms;
};

// A share of the events: batch after batch at its times, each waited for until it is visible.
void Publish(const Settings& settings, KafkaLog& log, const std::string& url, int worker,
             int workers, absl::Time begin, Samples& samples) {
  const auto api = Take(RemoteApi::Open(url, {}));
  const int batches = settings.rate * (settings.warmup + settings.seconds) / kBatch;
  const absl::Time counted = begin + absl::Seconds(settings.warmup);
  const absl::Duration gap = absl::Seconds(1) * kBatch / settings.rate;
  for (int batch = worker; batch < batches; batch += workers) {
    const int partition = batch % settings.partitions;
    std::vector<NewRecord> records;
    for (int i = 0; i < kBatch; ++i) {
      records.push_back({{kTouchpoints, partition}, "", VisitOf(batch * kBatch + i)});
    }
    v1::TimelineRequest question;
    v1::Id* id = question.mutable_id();
    id->set_kind(v1::ANONYMOUS);
    id->set_namespace_("web");
    id->set_value(absl::StrCat("visitor-", (batch * kBatch + kBatch - 1) % kVisitors));
    question.set_page_size(1);
    question.mutable_await()->set_wait_ms(30'000);
    const absl::Time due = begin + batch * gap;
    absl::SleepFor(std::max(absl::ZeroDuration(), due - absl::Now()));
    const absl::Time began = absl::Now();
    const std::vector<Appended> appended = Take(log.Append(std::move(records)));
    const absl::Time acknowledged = absl::Now();
    question.mutable_await()->set_token(
        TokenOf(log, settings.partitions, partition, appended.back().offset + 1));
    const v1::TimelineResponse seen = Take(api->Timeline(question));
    if (seen.entries_size() == 0) Take(absl::InternalError("what was produced is not visible"));
    if (due < counted) continue;
    samples.acknowledged_ms.push_back(absl::ToDoubleMilliseconds(acknowledged - began));
    // From when it should have been produced: a late batch does not hide that it was late.
    samples.visible_ms.push_back(absl::ToDoubleMilliseconds(absl::Now() - due));
  }
}

void Freshness(const Settings& settings, KafkaLog& log, const std::string& url) {
  constexpr int kWorkers = 16;
  std::vector<Samples> samples(kWorkers);
  std::vector<std::thread> workers;
  const absl::Time begin = absl::Now() + absl::Milliseconds(200);
  for (int worker = 0; worker < kWorkers; ++worker) {
    workers.emplace_back(
        [&, worker] { Publish(settings, log, url, worker, kWorkers, begin, samples[worker]); });
  }
  for (std::thread& worker : workers) worker.join();
  Samples all;
  for (const Samples& one : samples) {
    all.acknowledged_ms.insert(all.acknowledged_ms.end(), one.acknowledged_ms.begin(),
                               one.acknowledged_ms.end());
    all.visible_ms.insert(all.visible_ms.end(), one.visible_ms.begin(), one.visible_ms.end());
  }
  const double wall = absl::ToDoubleSeconds(absl::Now() - begin) - settings.warmup;
  std::printf(
      "CLUSTER freshness rate=%d reached=%.0f batches=%zu acknowledged_ms p50=%.1f p99=%.1f "
      "visible_ms p50=%.1f p99=%.1f max=%.1f\n",
      settings.rate, static_cast<double>(all.visible_ms.size()) * kBatch / wall,
      all.visible_ms.size(), Percentile(all.acknowledged_ms, 0.5),
      Percentile(all.acknowledged_ms, 0.99), Percentile(all.visible_ms, 0.5),
      Percentile(all.visible_ms, 0.99), Percentile(all.visible_ms, 1));
  std::fflush(stdout);
}

// Questions one after the other, when nothing is published.
void Answers(Projector& projector) {
  constexpr int kQuestions = 50;
  std::vector<double> status_ms, list_ms;
  v1::ListRequest list;
  list.set_view("journey");
  list.set_page_size(5);
  for (int i = 0; i < kQuestions; ++i) {
    absl::Time began = absl::Now();
    Take(projector.api().Status({}));
    status_ms.push_back(absl::ToDoubleMilliseconds(absl::Now() - began));
    began = absl::Now();
    Take(projector.api().List(list));
    list_ms.push_back(absl::ToDoubleMilliseconds(absl::Now() - began));
  }
  std::printf("CLUSTER answers_ms times=%d status p50=%.1f p99=%.1f list p50=%.1f p99=%.1f\n",
              kQuestions, Percentile(status_ms, 0.5), Percentile(status_ms, 0.99),
              Percentile(list_ms, 0.5), Percentile(list_ms, 0.99));
  std::fflush(stdout);
}

void Memory(const Settings& settings, const char* when, const Projector& projector) {
  std::printf("CLUSTER memory %s partitions=%d processes=%d resident_MiB=%lld peak_MiB=%lld\n",
              when, settings.partitions, settings.processes,
              static_cast<long long>(projector.MemoryMiB("VmRSS")),
              static_cast<long long>(projector.MemoryMiB("VmHWM")));
  std::fflush(stdout);
}

void Report(const char* what, const std::vector<double>& seconds) {
  if (seconds.empty()) return;
  std::printf("CLUSTER %s times=%zu s median=%.2f max=%.2f\n", what, seconds.size(),
              Percentile(seconds, 0.5), Percentile(seconds, 1));
  std::fflush(stdout);
}

void Kills(const Settings& settings, KafkaLog& log, Projector& victim) {
  const std::string token = EndToken(log, settings.partitions);
  victim.AwaitAnswer(token);
  std::vector<double> restarted;
  for (int kill = 0; kill < settings.kills; ++kill) {
    const absl::Time began = absl::Now();
    victim.Kill();
    victim.Start();
    victim.AwaitAnswer(token);
    restarted.push_back(absl::ToDoubleSeconds(absl::Now() - began));
  }
  Report("killed_and_restarted_to_answering", restarted);
}

void Takeovers(const Settings& settings, KafkaLog& log, Projector& victim, Projector& other) {
  const std::string token = EndToken(log, settings.partitions);
  std::vector<double> taken_over;
  for (int kill = 0; kill < settings.takeovers; ++kill) {
    const absl::Time began = absl::Now();
    victim.Kill();
    other.AwaitAnswer(token);
    taken_over.push_back(absl::ToDoubleSeconds(absl::Now() - began));
    // The first takeover folds partitions from nothing; later ones find stores.
    std::printf("CLUSTER takeover %d s=%.2f (session %d s)\n", kill + 1, taken_over.back(),
                kSessionSeconds);
    victim.Start();
    other.AwaitShared();
  }
  Report("killed_to_answers_from_the_other", taken_over);
}

int Run(int argc, char** argv) {
  Settings settings;
  settings.rate = static_cast<int>(NumberOption(argc, argv, "rate", 2000));
  settings.warmup = static_cast<int>(NumberOption(argc, argv, "warmup", 30));
  settings.seconds = static_cast<int>(NumberOption(argc, argv, "seconds", 20));
  settings.kills = static_cast<int>(NumberOption(argc, argv, "kills", 5));
  settings.takeovers = static_cast<int>(NumberOption(argc, argv, "takeovers", 3));
  settings.partitions = static_cast<int>(NumberOption(argc, argv, "partitions", 8));
  settings.processes = NumberOption(argc, argv, "processes", 2) == 1 ? 1 : 2;
  settings.brokers = TextOption(argc, argv, "brokers", "");
  settings.prefix = TextOption(argc, argv, "prefix", "bench.");
  std::unique_ptr<test::KafkaBroker> broker;
  if (settings.brokers.empty()) {
    broker = Take(test::KafkaBroker::Start({}));
    settings.brokers = broker->brokers();
  }
  const test::ProgramRun made =
      test::RunProgram({"kafka", "init", "--kafka", settings.brokers, "--kafka-prefix",
                        settings.prefix, "--partitions", absl::StrCat(settings.partitions)});
  if (made.exit_code != 0) Take(absl::InternalError(made.err));
  KafkaLogOptions options;
  options.connection.brokers = settings.brokers;
  options.topic_prefix = settings.prefix;
  const auto log = Take(KafkaLog::Open(std::move(options)));
  const test::TemporaryFolder folder;
  Projector one(settings, folder.path() + "/one"), two(settings, folder.path() + "/two");
  Projector& asked = settings.processes == 1 ? one : two;
  const absl::Time began = absl::Now();
  one.Start();
  if (settings.processes == 2) two.Start();
  // Something to be seen, so that a first answer means that the partitions are shared out.
  Take(log->Append({{{kTouchpoints, 0}, "", VisitOf(-1)}}));
  one.AwaitShared();
  one.AwaitAnswer(EndToken(*log, settings.partitions));
  asked.AwaitAnswer(EndToken(*log, settings.partitions));
  std::printf("CLUSTER started_to_answering s=%.2f\n", absl::ToDoubleSeconds(absl::Now() - began));
  Memory(settings, "before", asked);
  Freshness(settings, *log, asked.url());
  Memory(settings, "after", asked);
  Answers(asked);
  Kills(settings, *log, one);
  Memory(settings, "restarted", one);
  if (settings.processes == 2) {
    Takeovers(settings, *log, one, two);
    two.Kill();
  }
  one.Kill();
  return 0;
}

}  // namespace
}  // namespace revops::bench

int main(int argc, char** argv) { return revops::bench::Run(argc, argv); }
