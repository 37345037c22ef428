// A verification of partitions that two processes own, one of which may read its log wrongly.
#include <memory>
#include <string>
#include <thread>

#include "engine/log/renamed_log.h"
#include "engine/runtime/topics.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "projections/registry.h"
#include "tests/serve/peer_process.h"
#include "tests/support/folders.h"
#include "tests/support/logs.h"
#include "tests/support/memory_log.h"
#include "tests/support/text_events.h"

namespace revops::test {
namespace {

using ::testing::Each;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

constexpr int kPartitions = 4;

class ClusterVerifyTest : public ::testing::Test, public PartitionOwners {
 protected:
  // Process i owns every other partition; it reads what is published before this is called.
  void Start(int i) {
    PeerProcess::Around around;
    around.log = &log_;
    around.registry = &registry_;
    around.owners = this;
    around.clock = &clock_;
    around.disk = disk_.get();
    around.scratch_folder = scratch_.path() + "/verify";
    PeerProcess& process = processes_[i];
    process.Start(absl::StrCat("/process-", i), around);
    for (int p = i; p < kPartitions; p += 2) {
      process.engine->Take(p);
      absl::MutexLock lock(&mutex_);
      owners_[p] = process.server->url();
    }
  }
  void AwaitFolded(int i) {
    Engine& engine = *processes_[i].engine;
    for (int p = i; p < kPartitions; p += 2) {
      while (engine.partition(p) == nullptr) std::this_thread::yield();
    }
    while (*engine.Lag() > 0) std::this_thread::yield();
  }

  std::map<int, std::string> Owners() override {
    absl::MutexLock lock(&mutex_);
    return owners_;
  }
  void Refresh() override {}

  // Visits of forty people, each published to any partition.
  void Publish(int visits) {
    for (int i = 0; i < visits; ++i) {
      const std::string person = absl::StrCat("contact:crm:p", i % 40);
      ASSERT_TRUE(log_.Append({{{kTouchpoints, i % kPartitions},
                                "",
                                RecordOf({absl::StrCat("v", ++published_),
                                          i,
                                          {person},
                                          "page_view { url: 'https://a.example/' }"})}})
                      .ok());
    }
  }
  v1::VerifyResponse Verified(int by) {
    const auto verified = processes_[by].api->Verify({}, nullptr);
    EXPECT_TRUE(verified.ok()) << verified.status();
    return verified.ok() ? *verified : v1::VerifyResponse();
  }

  MemoryLog log_{kPartitions};
  const std::shared_ptr<rocksdb::Env> disk_ = NewMemoryDisk();
  const TemporaryFolder scratch_;
  const Registry registry_ = AllProjections();
  const SystemClock clock_;
  absl::Mutex mutex_;
  std::map<int, std::string> owners_ ABSL_GUARDED_BY(mutex_);
  int published_ = 0;
  PeerProcess processes_[2];
};

TEST_F(ClusterVerifyTest, AnyProcessVerifiesThePartitionsOfAll) {
  Publish(80);
  Start(0);
  Start(1);
  AwaitFolded(0);
  AwaitFolded(1);
  AwaitFolded(0);  // what the second sent it
  for (const int by : {0, 1}) {
    const v1::VerifyResponse verified = Verified(by);
    EXPECT_TRUE(verified.equal());
    EXPECT_EQ(verified.events(), 80u);
    ASSERT_EQ(verified.partitions_size(), kPartitions);
    for (const auto& partition : verified.partitions()) {
      EXPECT_TRUE(partition.equal());
      EXPECT_EQ(partition.replayed_digest(), partition.live_digest());
    }
  }
  // What held them for a moment lets them go on.
  Publish(8);
  AwaitFolded(0);
  AwaitFolded(1);
}

TEST_F(ClusterVerifyTest, APartitionThatDiffersIsNamedWithItsOwner) {
  Publish(80);
  Start(0);
  AwaitFolded(0);
  // The second process reads one visit of partition 1 differently. It may live anywhere.
  log_.TamperWithReads([](const TopicPartition& where, Record& record) {
    if (where.topic != kTouchpoints || where.partition != 1 || record.offset != 3) return;
    v1::Event event;
    REVOPS_CHECK(event.ParseFromString(record.value));
    event.mutable_page_view()->set_url("https://b.example/");
    record.value = event.SerializeAsString();
  });
  Start(1);
  AwaitFolded(1);
  AwaitFolded(0);
  log_.TamperWithReads(nullptr);
  const v1::VerifyResponse verified = Verified(0);
  EXPECT_FALSE(verified.equal());
  std::vector<int> different;
  for (const auto& partition : verified.partitions()) {
    // Its digest is that of its keys: only the log tells.
    EXPECT_EQ(partition.live_digest(), partition.stored_digest());
    if (!partition.equal()) different.push_back(partition.partition());
  }
  ASSERT_EQ(different.size(), 1u);
  ASSERT_FALSE(verified.differences().empty());
  const std::string name = absl::StrCat("partition ", different[0], " of ",
                                        processes_[different[0] % 2].server->url(), ": key");
  for (const std::string& words : verified.differences()) EXPECT_THAT(words, HasSubstr(name));
}

TEST_F(ClusterVerifyTest, ThereIsNoRestBeforeANewOwnerHasReadWhatTheOneBeforeItHad) {
  Publish(80);
  Start(0);
  Start(1);
  AwaitFolded(0);
  AwaitFolded(1);
  AwaitFolded(0);
  ASSERT_TRUE(processes_[1].engine->Give(1, absl::InfiniteDuration()));
  log_.FailReads(kTouchpoints, absl::StatusCode::kUnavailable);
  processes_[0].engine->Take(1);
  {
    absl::MutexLock lock(&mutex_);
    owners_[1] = processes_[0].server->url();
  }
  // What partition 1 sent to others before is there; what it keeps itself is not yet.
  const absl::Status early = processes_[0].stores->LookAtRest(absl::ZeroDuration()).status();
  EXPECT_TRUE(absl::IsUnavailable(early)) << early;
  EXPECT_THAT(std::string(early.message()), HasSubstr("has still to read 20 touchpoints"));
  log_.FailReads("", absl::StatusCode::kOk);
  EXPECT_TRUE(Verified(1).equal());
}

TEST_F(ClusterVerifyTest, APartitionWithoutAnOwnerIsNamedInsteadOfVerified) {
  Publish(8);
  Start(0);
  AwaitFolded(0);
  const absl::Status missing = processes_[0].stores->LookAtRest(absl::ZeroDuration()).status();
  EXPECT_TRUE(absl::IsUnavailable(missing)) << missing;
  EXPECT_THAT(std::string(missing.message()), HasSubstr("partitions 1, 3 are owned by no process"));
}

}  // namespace
}  // namespace revops::test
