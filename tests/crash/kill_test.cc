// The serving program, killed with kill -9 at random moments while publishers are at it: every
// acknowledged event is there exactly once, the views are those of a fold from nothing, and it
// answers again at once.
//
// REVOPS_CYCLES: number of kills (default 3). REVOPS_SEED: of the company and of the moments.

#include <algorithm>
#include <atomic>
#include <csignal>
#include <filesystem>
#include <iostream>
#include <memory>
#include <random>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/clock.h"
#include "engine/base/clock.h"
#include "engine/log/embedded_log.h"
#include "engine/log/renamed_log.h"
#include "engine/runtime/topics.h"
#include "engine/serve/remote_api.h"
#include "engine/simulate/simulator.h"
#include "gtest/gtest.h"
#include "projections/registry.h"
#include "tests/support/folders.h"
#include "tests/support/program.h"
#include "tests/support/published.h"

namespace revops::test {
namespace {

constexpr int kPublishers = 2;
constexpr size_t kBatchEventsMax = 60;

std::vector<v1::Event> Company(uint64_t seed, uint64_t kills) {
  SimulationOptions options;
  options.seed = seed;
  options.accounts = static_cast<int>(std::min<uint64_t>(30 + 3 * kills, 2000));
  std::vector<v1::Event> events;
  const absl::Status simulated = Simulate(options, [&](const v1::Event& event) {
    events.push_back(event);
    return absl::OkStatus();
  });
  EXPECT_TRUE(simulated.ok()) << simulated;
  return events;
}

std::string Spread(std::vector<int64_t> micros) {
  std::sort(micros.begin(), micros.end());
  const auto at = [&](size_t percent) { return micros[micros.size() * percent / 100] / 1000; };
  return absl::StrCat("p50 ", at(50), " ms, p99 ", at(99), " ms, max ", micros.back() / 1000,
                      " ms");
}

class KilledServer final {
 public:
  KilledServer(uint64_t seed, uint64_t kills)
      : events_(Company(seed, kills)), kills_(kills), random_(seed) {}

  void Run() {
    for (uint64_t kill = 0; kill < kills_ && !::testing::Test::HasFailure(); ++kill) {
      SCOPED_TRACE(absl::StrCat("kill ", kill));
      if (random_() % 5 == 0) KillWhileStarting();
      ServeUntilKilled();
    }
    if (!::testing::Test::HasFailure()) CheckInPeace();
  }

  void Report() {
    std::cout << kills_ << " kills, " << published_.acknowledged() << " events acknowledged; ";
    if (to_answer_.empty()) return;
    std::cout << "restart to first answer: " << Spread(to_answer_)
              << "; processor time of it: " << Spread(processor_) << std::endl;
  }

 private:
  std::vector<std::string> ServeArguments() const {
    return {"serve", "--data", data_, "--port", "0"};
  }

  void RandomPause(int64_t micros_max) {
    absl::SleepFor(absl::Microseconds(random_() % micros_max));
  }

  void KillWhileStarting() {
    RunningProgram program(ServeArguments());
    RandomPause(80'000);
    program.Signal(SIGKILL);
    EXPECT_EQ(program.Wait().exit_code, 128 + SIGKILL);
  }

  void ServeUntilKilled() {
    const int64_t started = clock_.MonotonicMicros();
    RunningProgram program(ServeArguments());
    const auto url = program.AwaitUrl();
    ASSERT_TRUE(url.ok()) << url.status();
    const auto api = RemoteApi::Open(*url, {});
    ASSERT_TRUE(api.ok()) << api.status();
    v1::ListRequest question;
    question.set_view("opportunity");
    question.set_page_size(10);
    const auto answer = (*api)->List(question);
    ASSERT_TRUE(answer.ok()) << answer.status();
    to_answer_.push_back(clock_.MonotonicMicros() - started);
    processor_.push_back(program.processor_micros());
    ExpectCountersAddUp(**api);

    std::atomic<uint64_t> batches{0};
    std::vector<std::thread> publishers;
    for (int p = 0; p < kPublishers; ++p) {
      publishers.emplace_back([&, seed = random_()] { PublishUntilDead(**api, seed, batches); });
    }
    const uint64_t enough = 1 + random_() % 12;
    while (batches < enough) absl::SleepFor(absl::Milliseconds(1));
    RandomPause(30'000);
    program.Signal(SIGKILL);
    for (std::thread& publisher : publishers) publisher.join();
    EXPECT_EQ(program.Wait().exit_code, 128 + SIGKILL);
  }

  // As publishers do: what was not acknowledged is sent again, and at times what was.
  void PublishUntilDead(Api& api, uint64_t seed, std::atomic<uint64_t>& batches) {
    std::mt19937_64 random(seed);
    while (true) {
      v1::PublishRequest request;
      const std::vector<v1::Event> batch = NextBatch(random);
      for (const v1::Event& event : batch) *request.add_events() = event;
      const auto response = api.Publish(request);
      if (!response.ok()) {
        // What is under way when the server dies is unknown to the publisher: it sends it again.
        absl::MutexLock lock(&mutex_);
        unsure_.insert(unsure_.end(), batch.begin(), batch.end());
        return;
      }
      EXPECT_EQ(response->refused(), 0u);
      absl::MutexLock lock(&mutex_);
      published_.Acknowledge(batch);
      token_ = response->token();
      ++batches;
    }
  }

  std::vector<v1::Event> NextBatch(std::mt19937_64& random) {
    absl::MutexLock lock(&mutex_);
    std::vector<v1::Event> batch;
    if (!unsure_.empty()) {
      batch.swap(unsure_);
    } else {
      const bool again = sent_ > 0 && (random() % 8 == 0 || sent_ == events_.size());
      const size_t from = again ? random() % sent_ : sent_;
      const size_t to = std::min(from + 1 + random() % kBatchEventsMax, events_.size());
      batch.assign(events_.begin() + from, events_.begin() + to);
      sent_ = std::max(sent_, to);
    }
    published_.Attempt(batch);
    return batch;
  }

  // Waits for all that was acknowledged.
  void ExpectCountersAddUp(Api& api) {
    v1::StatusRequest request;
    request.mutable_await()->set_token(token_);
    const auto status = api.Status(request);
    ASSERT_TRUE(status.ok()) << status.status();
    for (const v1::PartitionStatus& partition : status->partitions()) {
      EXPECT_EQ(partition.error(), "");
      EXPECT_EQ(partition.read(), partition.kept() + partition.duplicate() + partition.forwarded());
    }
  }

  void CheckInPeace() {
    RunningProgram program(ServeArguments());
    const auto url = program.AwaitUrl();
    ASSERT_TRUE(url.ok()) << url.status();
    program.Signal(SIGTERM);
    const ProgramRun stopped = program.Wait();
    EXPECT_EQ(stopped.exit_code, 0) << stopped.err;

    const ProgramRun verified = RunProgram({"verify", "--data", data_});
    EXPECT_EQ(verified.exit_code, 0) << verified.out << verified.err;
    EXPECT_NE(verified.out.find("Equal: "), std::string::npos) << verified.out;

    const auto log = EmbeddedLog::Open(data_ + "/log", {});
    ASSERT_TRUE(log.ok()) << log.status();
    const std::filesystem::directory_iterator views(data_ + "/views");
    const std::string generation = views->path().filename().string();
    RenamedLog topics(**log, {{kRouted, absl::StrCat(kRouted, "-", generation)}});
    const Registry registry = AllProjections();
    EngineOptions options;
    options.folder = data_ + "/views/" + generation;
    const auto engine = Engine::Open(options, topics, registry, RevenueModel::Default());
    ASSERT_TRUE(engine.ok()) << engine.status();
    const absl::Status folded = (*engine)->FoldAll();
    ASSERT_TRUE(folded.ok()) << folded;
    published_.ExpectExactlyOnce(**engine);
    ExpectStoresAddUp(**engine);
  }

  const std::vector<v1::Event> events_;
  const uint64_t kills_;
  const TemporaryFolder folder_;
  const std::string data_ = folder_.path() + "/company";
  const SystemClock clock_;
  std::mt19937_64 random_;
  std::vector<int64_t> to_answer_;  // Units: microseconds.
  std::vector<int64_t> processor_;  // Units: microseconds, as much of it as the program worked.

  absl::Mutex mutex_;              // guards all below while publishers are at it
  size_t sent_ = 0;                // of events_
  std::vector<v1::Event> unsure_;  // sent, and not answered
  Published published_;
  std::string token_;  // of an acknowledgement
};

TEST(KillTest, EveryAcknowledgedEventIsThereExactlyOnceAfterEveryKill) {
  const uint64_t kills = FromEnvironment("REVOPS_CYCLES", 3);
  const uint64_t seed = FromEnvironment("REVOPS_SEED", std::random_device()());
  SCOPED_TRACE(absl::StrCat("REVOPS_SEED=", seed));
  KilledServer server(seed, kills);
  server.Run();
  server.Report();
  std::cout << "REVOPS_SEED=" << seed << std::endl;
}

// A company starts anew each time, so that every kill comes while the folder is being made.
TEST(KillTest, AFolderKilledWhileItIsMadeCanBeServed) {
  const uint64_t kills = FromEnvironment("REVOPS_CYCLES", 3);
  const uint64_t seed = FromEnvironment("REVOPS_SEED", std::random_device()());
  std::mt19937_64 random(seed);
  for (uint64_t kill = 0; kill < kills && !HasFailure(); ++kill) {
    SCOPED_TRACE(absl::StrCat("REVOPS_SEED=", seed, ", kill ", kill));
    const TemporaryFolder folder;
    const std::vector<std::string> serve = {"serve", "--data", folder.path() + "/company", "--port",
                                            "0"};
    {
      RunningProgram program(serve);
      absl::SleepFor(absl::Microseconds(random() % 150'000));
      program.Signal(SIGKILL);
      program.Wait();
    }
    RunningProgram again(serve);
    const auto url = again.AwaitUrl();
    EXPECT_TRUE(url.ok()) << url.status();
  }
}

}  // namespace
}  // namespace revops::test
