// A cluster over a real broker under random faults while publishers are at it: projectors killed
// with kill -9, frozen past their session and let go on, added and removed, the broker restarted.
// At the end: every acknowledged event is there once, every store adds up, and the views are to the
// byte those of the same log copied to one machine and folded there.
//
// REVOPS_FAULTS: how many (default 5). REVOPS_SEED: of the company and of the faults.

#include <algorithm>
#include <atomic>
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
#include "engine/query/status.h"
#include "engine/runtime/topics.h"
#include "engine/simulate/simulator.h"
#include "engine/view/keys.h"
#include "engine/view/store_check.h"
#include "gtest/gtest.h"
#include "projections/registry.h"
#include "tests/chaos/cluster.h"
#include "tests/support/kafka_broker.h"
#include "tests/support/published.h"

namespace revops::test {
namespace {

constexpr int kPartitions = 8;
constexpr int kProjectors = 3;
constexpr int kProjectorsMax = 5;
constexpr size_t kBatchEventsMax = 40;
constexpr int64_t kQuietMicrosMax = 60'000'000;

std::vector<v1::Event> Company(uint64_t seed, uint64_t faults) {
  SimulationOptions options;
  options.seed = seed;
  options.accounts = static_cast<int>(std::min<uint64_t>(20 + 2 * faults, 1000));
  std::vector<v1::Event> events;
  const absl::Status simulated = Simulate(options, [&](const v1::Event& event) {
    events.push_back(event);
    return absl::OkStatus();
  });
  EXPECT_TRUE(simulated.ok()) << simulated;
  return events;
}

class Chaos final {
 public:
  Chaos(KafkaBroker& broker, uint64_t seed, uint64_t faults)
      : broker_(broker), faults_(faults), random_(seed), events_(Company(seed, faults)) {
    // Some come late: long after what happened after them.
    std::vector<v1::Event> in_time, late;
    for (v1::Event& event : events_) {
      (random_() % 8 == 0 ? late : in_time).push_back(std::move(event));
    }
    std::shuffle(late.begin(), late.end(), random_);
    events_ = std::move(in_time);
    for (v1::Event& event : late) {
      const size_t at = events_.size() / 2 + random_() % (events_.size() / 2);
      events_.insert(events_.begin() + static_cast<ptrdiff_t>(at), std::move(event));
    }
  }

  void Run() {
    const ProgramRun made = RunProgram(
        {"kafka", "init", "--kafka", broker_.brokers(), "--partitions", absl::StrCat(kPartitions)});
    ASSERT_EQ(made.exit_code, 0) << made.err;
    ingest_ = NewProcess("ingest");
    ingest_->Start();
    for (int i = 0; i < kProjectors; ++i) AddProjector();
    std::thread publisher([this] { Publish(); });
    for (uint64_t fault = 0; fault < faults_ && !::testing::Test::HasFailure(); ++fault) {
      Pause(500'000, 2'000'000);
      OneFault(fault);
    }
    Pause(500'000, 2'000'000);
    quiet_ = true;
    publisher.join();
    if (!::testing::Test::HasFailure()) CheckInPeace();
  }

  void Report() const {
    std::cout << faults_ << " faults, " << published_.acknowledged() << " events acknowledged";
    const auto tell = [](const char* what, std::vector<int64_t> micros) {
      if (micros.empty()) return;
      std::sort(micros.begin(), micros.end());
      std::cout << "; " << what << ": median " << micros[micros.size() / 2] / 1000 << " ms, max "
                << micros.back() / 1000 << " ms (" << micros.size() << ")";
    };
    tell("killed, restarted at once, to answering", restarted_);
    tell("killed, to answers about all partitions from others", taken_over_);
    tell("quiet to settled", settled_);
    std::cout << std::endl;
  }

 private:
  std::unique_ptr<ClusterProcess> NewProcess(const std::string& role) {
    return std::make_unique<ClusterProcess>(role, broker_.brokers(),
                                            absl::StrCat(folder_.path(), "/process-", ++made_));
  }
  void AddProjector() {
    projectors_.push_back(NewProcess("project"));
    projectors_.back()->Start();
  }
  void Pause(int64_t from_micros, int64_t to_micros) {
    absl::SleepFor(absl::Microseconds(from_micros + random_() % (to_micros - from_micros)));
  }

  void OneFault(uint64_t number) {
    const size_t victim = random_() % projectors_.size();
    ClusterProcess& projector = *projectors_[victim];
    const uint64_t kind = random_() % 7;
    const auto say = [&](absl::string_view what) {
      std::cout << "fault " << number << ": " << what << " (projector " << victim << ")"
                << std::endl;
    };
    if (kind <= 1) {
      say("kill -9, restarted at once");
      const int64_t began = clock_.MonotonicMicros();
      projector.Kill();
      projector.Start();
      ExpectAnswers(projector);
      restarted_.push_back(clock_.MonotonicMicros() - began);
    } else if (kind == 2) {
      say("kill -9, left to the others for a while");
      const int64_t began = clock_.MonotonicMicros();
      projector.Kill();
      ExpectAnswers(*projectors_[(victim + 1) % projectors_.size()]);
      taken_over_.push_back(clock_.MonotonicMicros() - began);
      projector.Start();
    } else if (kind == 3) {
      say("frozen past its session");
      projector.Freeze();
      Pause(7'000'000, 11'000'000);
      projector.Thaw();
    } else if (kind == 4) {
      say("frozen for a moment");
      projector.Freeze();
      Pause(100'000, 3'000'000);
      projector.Thaw();
    } else if (kind == 5) {
      say("broker restarted");
      broker_.Restart();
    } else if (projectors_.size() < kProjectorsMax) {
      say("a process comes");
      AddProjector();
    } else {
      say("a process goes");
      projector.Stop();
      left_.push_back(std::move(projectors_[victim]));
      projectors_.erase(projectors_.begin() + static_cast<ptrdiff_t>(victim));
    }
  }

  // Whatever happened, the process answers soon, with all that was acknowledged before.
  void ExpectAnswers(ClusterProcess& process) {
    v1::ListRequest question;
    question.set_view("opportunity");
    question.set_page_size(5);
    question.mutable_await()->set_wait_ms(30'000);
    {
      absl::MutexLock lock(&mutex_);
      question.mutable_await()->set_token(token_);
    }
    const int64_t deadline = clock_.MonotonicMicros() + kQuietMicrosMax;
    absl::Status status;
    do {
      status = process.api().List(question).status();
      if (status.ok()) return;
      absl::SleepFor(absl::Milliseconds(50));
    } while (clock_.MonotonicMicros() < deadline);
    ADD_FAILURE() << status;
  }

  // As publishers do: what was not acknowledged is sent again, and at times what was.
  void Publish() {
    std::mt19937_64 random(random_());
    size_t sent = 0;
    while (!quiet_) {
      const bool again = sent > 0 && (random() % 8 == 0 || sent == events_.size());
      const size_t from = again ? random() % sent : sent;
      const size_t to = std::min(from + 1 + random() % kBatchEventsMax, events_.size());
      const std::vector<v1::Event> batch(events_.begin() + static_cast<ptrdiff_t>(from),
                                         events_.begin() + static_cast<ptrdiff_t>(to));
      sent = std::max(sent, to);
      published_.Attempt(batch);
      v1::PublishRequest request;
      for (const v1::Event& event : batch) *request.add_events() = event;
      absl::StatusOr<v1::PublishResponse> response;
      while (!(response = ingest_->api().Publish(request)).ok()) {
        if (quiet_) return;
        absl::SleepFor(absl::Milliseconds(20));
      }
      EXPECT_EQ(response->refused(), 0u);
      published_.Acknowledge(batch);
      absl::MutexLock lock(&mutex_);
      token_ = response->token();
    }
  }

  v1::StatusResponse AwaitSettled() {
    const int64_t began = clock_.MonotonicMicros();
    v1::StatusRequest request;
    request.mutable_await()->set_wait_ms(1000);
    absl::StatusOr<v1::StatusResponse> status;
    do {
      status = ingest_->api().Status(request);
      if (status.ok() && status->seen().settled()) {
        settled_.push_back(clock_.MonotonicMicros() - began);
        return *status;
      }
      absl::SleepFor(absl::Milliseconds(50));
    } while (clock_.MonotonicMicros() < began + kQuietMicrosMax);
    ADD_FAILURE() << "not settled a minute after the last publishing: "
                  << (status.ok() ? status->ShortDebugString() : status.status().ToString());
    return {};
  }

  void CheckInPeace() {
    const v1::StatusResponse status = AwaitSettled();
    if (::testing::Test::HasFailure()) return;
    for (const v1::PartitionStatus& partition : status.partitions()) {
      EXPECT_EQ(partition.error(), "") << partition.partition();
      EXPECT_EQ(partition.lag(), 0u) << partition.partition();
      EXPECT_EQ(partition.read(), partition.kept() + partition.duplicate() + partition.forwarded());
    }
    ingest_->Stop();
    for (const auto& projector : projectors_) projector->Stop();
    ExpectStoresOfAllProcessesAddUp();
    ExpectSameAsOnOneMachine(status);
  }

  // Also those of partitions that were lost long ago.
  void ExpectStoresOfAllProcessesAddUp() {
    const Registry registry = AllProjections();
    ViewMemory memory(64 << 20);
    for (auto* processes : {&projectors_, &left_}) {
      for (const auto& process : *processes) {
        const std::filesystem::directory_iterator generation(process->folder() + "/views");
        for (const auto& store : std::filesystem::directory_iterator(generation->path())) {
          SCOPED_TRACE(store.path());
          const auto opened = ViewStore::Open(store.path().string(), memory);
          ASSERT_TRUE(opened.ok()) << opened.status();
          std::string bytes;
          const auto found = (*opened)->Get(keys::Progress(), bytes);
          ASSERT_TRUE(found.ok()) << found.status();
          if (!*found) continue;  // taken, and lost before anything was read
          v1::StoredProgress progress;
          ASSERT_TRUE(progress.ParseFromString(bytes));
          const auto sums = SumStoredKeys(**opened, registry);
          ASSERT_TRUE(sums.ok()) << sums.status();
          std::string digest;
          AppendUint128(sums->digest, digest);
          EXPECT_EQ(digest, progress.digest());
          EXPECT_EQ(sums->copies, progress.kept());
          EXPECT_EQ(progress.read(), progress.touchpoints() + progress.routed());
          EXPECT_EQ(progress.read(), progress.kept() + progress.duplicate() + progress.forwarded() +
                                         progress.deferred());
        }
      }
    }
  }

  void ExpectSameAsOnOneMachine(const v1::StatusResponse& status) {
    const std::string copy = folder_.path() + "/copy";
    const ProgramRun copied =
        RunProgram({"kafka", "copy", "--back", "--kafka", broker_.brokers(), "--data", copy});
    ASSERT_EQ(copied.exit_code, 0) << copied.err;
    EmbeddedLogOptions log_options;
    log_options.topics[kRouted] = kPartitions;
    const auto log = EmbeddedLog::Open(copy + "/log", log_options);
    ASSERT_TRUE(log.ok()) << log.status();
    const Registry registry = AllProjections();
    EngineOptions options;
    options.folder = copy + "/views";
    const auto engine = Engine::Open(options, **log, registry, RevenueModel::Default());
    ASSERT_TRUE(engine.ok()) << engine.status();
    const absl::Status folded = (*engine)->FoldAll();
    ASSERT_TRUE(folded.ok()) << folded;
    published_.ExpectExactlyOnce(**engine);
    const std::vector<v1::StoredProgress> replayed = (*engine)->Progress();
    for (int p = 0; p < kPartitions; ++p) {
      EXPECT_EQ(status.partitions(p).digest(), DigestText(ReadUint128(replayed[p].digest().data())))
          << "partition " << p;
    }
  }

  KafkaBroker& broker_;
  const uint64_t faults_;
  const TemporaryFolder folder_;
  const SystemClock clock_;
  std::mt19937_64 random_;
  std::vector<v1::Event> events_;
  int made_ = 0;
  std::unique_ptr<ClusterProcess> ingest_;
  std::vector<std::unique_ptr<ClusterProcess>> projectors_;
  std::vector<std::unique_ptr<ClusterProcess>> left_;
  std::atomic<bool> quiet_{false};
  Published published_;  // of the publisher's thread, until it is joined
  absl::Mutex mutex_;
  std::string token_ ABSL_GUARDED_BY(mutex_);              // of the last acknowledgement
  std::vector<int64_t> restarted_, taken_over_, settled_;  // Units: microseconds.
};

TEST(ChaosTest, NothingIsLostOrDoubledAndTheViewsAreThoseOfOneMachine) {
  const auto broker = SharedBroker();
  ASSERT_TRUE(broker.ok()) << broker.status();
  const uint64_t faults = FromEnvironment("REVOPS_FAULTS", 5);
  const uint64_t seed = FromEnvironment("REVOPS_SEED", std::random_device()());
  SCOPED_TRACE(absl::StrCat("REVOPS_SEED=", seed));
  Chaos chaos(**broker, seed, faults);
  chaos.Run();
  chaos.Report();
  std::cout << "REVOPS_SEED=" << seed << std::endl;
}

}  // namespace
}  // namespace revops::test
