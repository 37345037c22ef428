// A cluster over three real brokers under random faults while publishers are at it: what each fault
// is stands in fault.h. At the end: every acknowledged event is there once, every store any process
// ever held is right, and the views are to the byte those of the same log folded from nothing
// (tests/support/cluster_check.h).
//
// REVOPS_FAULTS: how many (default: each kind once). REVOPS_SEED: of the company and of the faults.

#include <algorithm>
#include <filesystem>
#include <iostream>
#include <map>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "engine/base/clock.h"
#include "engine/event/position.h"
#include "engine/log/kafka_log.h"
#include "engine/log/renamed_log.h"
#include "engine/query/status.h"
#include "engine/runtime/topics.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "projections/registry.h"
#include "tests/chaos/cluster.h"
#include "tests/chaos/fault.h"
#include "tests/chaos/history.h"
#include "tests/chaos/publisher.h"
#include "tests/support/cluster_check.h"
#include "tests/support/kafka_broker.h"
#include "tests/support/kafka_door.h"

namespace revops::test {
namespace {

constexpr int kPartitions = 8;
constexpr int kNodes = 3;
constexpr int kProjectorDoors = 3;
constexpr int kDoors = kProjectorDoors + 1;  // the last one for ingest
constexpr int kProjectors = 3;
constexpr int kProjectorsMax = 5;
constexpr int64_t kQuietMicrosMax = 60'000'000;

class Chaos final {
 public:
  Chaos(KafkaBroker& brokers, uint64_t seed, uint64_t faults)
      : brokers_(brokers),
        faults_(faults),
        random_(seed),
        events_(History(seed, static_cast<int>(std::min<uint64_t>(20 + 2 * faults, 1000)))) {
    for (int door = 1; door <= kProjectorDoors; ++door) {
      doors_.push_back(std::make_unique<KafkaDoor>(brokers, door));
    }
  }

  void Run() {
    const ProgramRun made = RunProgram({"kafka", "init", "--kafka", brokers_.brokers(),
                                        "--partitions", absl::StrCat(kPartitions)});
    ASSERT_EQ(made.exit_code, 0) << made.err;
    ingest_ = std::make_unique<ClusterProcess>("ingest", ingest_door_.brokers(), NewFolder());
    ingest_->Start();
    for (int i = 0; i < kProjectors; ++i) AddProjector();
    publisher_ = std::make_unique<Publisher>(*ingest_, events_, random_());
    for (uint64_t fault = 0; fault < faults_ && !::testing::Test::HasFailure(); ++fault) {
      Pause(500'000, 2'000'000);
      OneFault(fault);
    }
    Pause(500'000, 2'000'000);
    publisher_->Finish();
    if (!::testing::Test::HasFailure()) CheckInPeace();
  }

  void Report() const {
    std::cout << publisher_->published().acknowledged() << " events acknowledged; " << faults_
              << " faults:\n";
    for (const auto& [fault, count] : counts_) {
      std::cout << "  " << count << " × " << NameOf(fault) << "\n";
    }
    const auto tell = [](const char* what, std::vector<int64_t> micros) {
      if (micros.empty()) return;
      std::sort(micros.begin(), micros.end());
      const auto at = [&](size_t percent) {
        return micros[(micros.size() * percent + 99) / 100 - 1] / 1000;
      };
      std::cout << what << ": p50 " << at(50) << " ms, p99 " << at(99) << " ms, of "
                << micros.size() << "\n";
    };
    tell("kill -9 to its own answers about all partitions, after its restart", restarted_);
    tell("kill -9 to answers of others about all partitions", taken_over_);
    tell("cut off to answers of others about all partitions", cut_over_);
    tell("quiet to settled", settled_);
    std::cout << std::flush;
  }

 private:
  struct Projector {
    std::unique_ptr<ClusterProcess> process;
    KafkaDoor* door;  // null: it reaches the brokers directly
  };

  std::string NewFolder() { return absl::StrCat(folder_.path(), "/process-", ++made_); }

  // Behind a door of its own while there is one.
  void AddProjector() {
    KafkaDoor* free = nullptr;
    for (const auto& door : doors_) {
      const bool taken = std::any_of(projectors_.begin(), projectors_.end(),
                                     [&](const Projector& it) { return it.door == door.get(); });
      if (!taken) free = door.get();
    }
    const std::string brokers = free == nullptr ? brokers_.brokers() : free->brokers();
    projectors_.push_back(
        {std::make_unique<ClusterProcess>("project", brokers, NewFolder()), free});
    projectors_.back().process->Start();
  }

  void Pause(int64_t from_micros, int64_t to_micros) {
    absl::SleepFor(absl::Microseconds(from_micros + random_() % (to_micros - from_micros)));
  }
  int64_t Now() const { return clock_.MonotonicMicros(); }

  // Of a process that fits the fault.
  size_t Victim(bool behind_door) {
    while (true) {
      const size_t victim = random_() % projectors_.size();
      if (!behind_door || projectors_[victim].door != nullptr) return victim;
    }
  }

  void OneFault(uint64_t number) {
    const Fault fault = deck_.Draw(random_);
    const size_t victim =
        Victim(fault == Fault::kCut || fault == Fault::kCutBriefly || fault == Fault::kSlow);
    ClusterProcess& projector = *projectors_[victim].process;
    ClusterProcess& other = *projectors_[(victim + 1) % projectors_.size()].process;
    const int node = 1 + static_cast<int>(random_() % kNodes);
    ++counts_[fault];
    std::cout << "fault " << number << " after " << (Now() - began_) / 1'000'000
              << " s: " << NameOf(fault) << " (projector " << victim << ", broker " << node << ")"
              << std::endl;
    const int64_t began = Now();
    switch (fault) {
      case Fault::kKill:
        KillAndRestart(projector);
        break;
      case Fault::kKillAndLeave:
        projector.Kill();
        ExpectAnswers(other);
        taken_over_.push_back(Now() - began);
        projector.Start();
        break;
      case Fault::kFreeze:
        projector.Freeze();
        // Long runs freeze it for a minute: others have taken over and gone on.
        if (faults_ > kFaults) Pause(55'000'000, 60'000'000);
        Pause(7'000'000, 11'000'000);
        projector.Thaw();
        break;
      case Fault::kFreezeBriefly:
        projector.Freeze();
        Pause(100'000, 3'000'000);
        projector.Thaw();
        break;
      case Fault::kCut:
        projectors_[victim].door->Cut();
        Pause(7'000'000, 11'000'000);
        ExpectAnswers(other);
        cut_over_.push_back(Now() - began);
        projectors_[victim].door->Heal();
        break;
      case Fault::kCutBriefly:
        projectors_[victim].door->Cut();
        Pause(100'000, 3'000'000);
        projectors_[victim].door->Heal();
        break;
      case Fault::kSlow:
        projectors_[victim].door->Delay(absl::Milliseconds(100 + random_() % 400));
        Pause(2'000'000, 8'000'000);
        projectors_[victim].door->Delay(absl::ZeroDuration());
        break;
      case Fault::kBrokerKill:
        brokers_.Kill(node);
        Pause(1'000'000, 8'000'000);
        brokers_.Restart(node);
        break;
      case Fault::kBrokerRestart:
        brokers_.Stop(node);
        brokers_.Restart(node);
        break;
      case Fault::kBrokerAndOther:
        brokers_.Kill(node);
        Pause(100'000, 3'000'000);
        KillAndRestart(projector);
        brokers_.Restart(node);
        break;
      case Fault::kBrokerFreeze:
        brokers_.Freeze(node);
        Pause(2'000'000, 12'000'000);
        brokers_.Thaw(node);
        break;
      case Fault::kIngestKill:
        ingest_->Kill();
        ingest_->Start();
        break;
      case Fault::kIngestFreeze:
        ingest_->Freeze();
        Pause(1'000'000, 8'000'000);
        ingest_->Thaw();
        break;
      case Fault::kIngestCut:
        ingest_door_.Cut();
        Pause(1'000'000, 8'000'000);
        ingest_door_.Heal();
        break;
      case Fault::kJoinOrLeave:
        if (projectors_.size() < kProjectorsMax) {
          AddProjector();
        } else {
          projector.Stop();
          left_.push_back(std::move(projectors_[victim].process));
          projectors_.erase(projectors_.begin() + static_cast<ptrdiff_t>(victim));
        }
        break;
    }
  }

  void KillAndRestart(ClusterProcess& projector) {
    const int64_t began = Now();
    projector.Kill();
    projector.Start();
    ExpectAnswers(projector);
    restarted_.push_back(Now() - began);
  }

  // Whatever happened, the process answers soon, with all that was acknowledged before.
  void ExpectAnswers(ClusterProcess& process) {
    v1::ListRequest question;
    question.set_view("opportunity");
    question.set_page_size(5);
    question.mutable_await()->set_wait_ms(30'000);
    const Position acknowledged = publisher_->acknowledged();
    question.mutable_await()->set_token(ToToken(acknowledged));
    const int64_t deadline = Now() + kQuietMicrosMax;
    absl::Status status;
    do {
      const absl::StatusOr<v1::ListResponse> answer = process.api().List(question);
      status = answer.status();
      if (status.ok()) {
        const auto covered = ParseToken(answer->seen().token());
        ASSERT_TRUE(covered.ok()) << covered.status();
        EXPECT_TRUE(acknowledged.IsCoveredBy(*covered));
        return;
      }
      absl::SleepFor(absl::Milliseconds(50));
    } while (Now() < deadline);
    ADD_FAILURE() << status;
    TellLogs();
  }

  // What operators would read.
  void TellLogs() const {
    for (const Projector& projector : projectors_) {
      std::cout << projector.process->url() << "\n" << projector.process->said() << "\n";
    }
  }

  v1::StatusResponse AwaitSettled() {
    const int64_t began = Now();
    v1::StatusRequest request;
    request.mutable_await()->set_wait_ms(1000);
    absl::StatusOr<v1::StatusResponse> status;
    do {
      status = ingest_->api().Status(request);
      if (status.ok() && status->seen().settled()) {
        settled_.push_back(Now() - began);
        return *status;
      }
      absl::SleepFor(absl::Milliseconds(50));
    } while (Now() < began + kQuietMicrosMax);
    TellLogs();
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
    for (Projector& projector : projectors_) {
      projector.process->Stop();
      left_.push_back(std::move(projector.process));
    }
    CheckStores(status);
  }

  void CheckStores(const v1::StatusResponse& status) {
    ViewMemory memory(64 << 20);
    std::vector<std::unique_ptr<ViewStore>> opened;
    std::vector<ClusterStore> stores;
    std::string generation;
    for (const auto& process : left_) {
      for (const auto& views : std::filesystem::directory_iterator(process->folder() + "/views")) {
        generation = views.path().filename();
        for (int p = 0; p < kPartitions; ++p) {
          const std::string path = absl::StrCat(views.path().string(), "/partition-", p);
          if (!std::filesystem::exists(path)) continue;
          auto store = ViewStore::Open(path, memory);
          ASSERT_TRUE(store.ok()) << store.status();
          opened.push_back(*std::move(store));
          stores.push_back({path, p, opened.back().get()});
        }
      }
    }
    KafkaLogOptions options;
    options.connection = brokers_.connection();
    const auto log = KafkaLog::Open(options);
    ASSERT_TRUE(log.ok()) << log.status();
    RenamedLog topics(**log, {{kRouted, absl::StrCat(kRouted, "-", generation)}});
    const ClusterCheck check = CheckCluster(topics, AllProjections(), RevenueModel::Default(),
                                            stores, publisher_->published());
    EXPECT_THAT(check.problems, ::testing::IsEmpty());
    ASSERT_EQ(check.digests.size(), static_cast<size_t>(kPartitions));
    for (size_t p = 0; p < kPartitions; ++p) {
      EXPECT_EQ(status.partitions(static_cast<int>(p)).digest(), DigestText(check.digests[p])) << p;
    }
    std::cout << stores.size() << " stores of " << left_.size() << " processes checked after "
              << (Now() - began_) / 1'000'000 << " s\n";
  }

  KafkaBroker& brokers_;
  const uint64_t faults_;
  const TemporaryFolder folder_;
  const SystemClock clock_;
  const int64_t began_ = clock_.MonotonicMicros();
  std::mt19937_64 random_;
  const std::vector<v1::Event> events_;
  int made_ = 0;
  std::vector<std::unique_ptr<KafkaDoor>> doors_;  // of projectors
  KafkaDoor ingest_door_{brokers_, kDoors};
  std::unique_ptr<ClusterProcess> ingest_;
  std::vector<Projector> projectors_;
  std::vector<std::unique_ptr<ClusterProcess>> left_;  // stopped, their folders still there
  FaultDeck deck_;
  std::map<Fault, int> counts_;
  std::unique_ptr<Publisher> publisher_;
  std::vector<int64_t> restarted_, taken_over_, cut_over_, settled_;  // Units: microseconds.
};

TEST(ChaosTest, NothingIsLostOrDoubledAndTheViewsAreThoseOfAReplay) {
  const auto brokers = KafkaBroker::Start(
      {.nodes = kNodes,
       .doors = kDoors,
       // A broker that is gone is noticed after five seconds instead of nine.
       .settings = {"broker.session.timeout.ms=5000", "broker.heartbeat.interval.ms=500"}});
  if (absl::IsUnavailable(brokers.status())) {
    GTEST_SKIP() << "no Kafka broker can be had: " << brokers.status().message();
  }
  ASSERT_TRUE(brokers.ok()) << brokers.status();
  const uint64_t faults = FromEnvironment("REVOPS_FAULTS", kFaults);
  const uint64_t seed = FromEnvironment("REVOPS_SEED", std::random_device()());
  SCOPED_TRACE(absl::StrCat("REVOPS_SEED=", seed));
  std::cout << "REVOPS_SEED=" << seed << std::endl;
  Chaos chaos(**brokers, seed, faults);
  chaos.Run();
  chaos.Report();
}

}  // namespace
}  // namespace revops::test
