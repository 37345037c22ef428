// Engines that share a log as processes do: partitions change hands between them.
#include "engine/runtime/engine.h"

#include <map>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "engine/event/codec.h"
#include "engine/runtime/topics.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "rocksdb/env.h"
#include "tests/support/memory_log.h"
#include "tests/support/random_events.h"
#include "tests/support/text_events.h"
#include "tests/support/toy_projections.h"

namespace revops::test {
namespace {

using ::testing::HasSubstr;

constexpr int kPartitions = 4;
constexpr absl::Duration kGiveMax = absl::Seconds(30);

class EnginesTest : public testing::Test {
 protected:
  std::unique_ptr<Engine> Open(const std::string& process, bool owns_all) {
    EngineOptions options;
    options.folder = "/" + process;
    options.memory_bytes = 8 << 20;
    options.owns_all = owns_all;
    options.env = disk_.get();
    auto engine = Engine::Open(options, log_, registry_, model_);
    EXPECT_TRUE(engine.ok()) << engine.status();
    return std::move(*engine);
  }

  void Publish(int records) {
    for (std::string& record : RandomRecords(random_, records, Bodies::kToy)) {
      ASSERT_TRUE(log_.Append({{{kTouchpoints, Below(random_, kPartitions)}, "", record}}).ok());
    }
  }

  // Waits until all partitions are folded by whoever owns them.
  static void Settle(const std::vector<Engine*>& engines) {
    while (!testing::Test::HasFailure()) {
      const std::string before = ProgressOf(engines);
      if (AllSettled(engines) && before == ProgressOf(engines)) return;
      std::this_thread::yield();
    }
  }
  static bool AllSettled(const std::vector<Engine*>& engines) {
    for (const Engine* engine : engines) {
      for (int p = 0; p < kPartitions; ++p) {
        const absl::Status status = engine->partition_status(p);
        EXPECT_FALSE(absl::IsFailedPrecondition(status)) << status;
        if (engine->owns(p) && engine->partition(p) == nullptr) return false;
      }
      const auto settled = engine->Settled();
      EXPECT_TRUE(settled.ok()) << settled.status();
      if (!settled.ok() || !*settled) return false;
    }
    return true;
  }
  static std::string ProgressOf(const std::vector<Engine*>& engines) {
    std::string all;
    for (const Engine* engine : engines) {
      for (const v1::StoredProgress& one : engine->Progress()) {
        all += one.SerializeAsString() + "|";
      }
    }
    return all;
  }

  // partition -> digest of the log folded from nothing.
  std::vector<std::string> FromNothing() {
    const auto engine = Open("nothing", /*owns_all=*/true);
    EXPECT_TRUE(engine->FoldAll().ok());
    std::vector<std::string> digests;
    for (const v1::StoredProgress& progress : engine->Progress()) {
      digests.push_back(progress.digest());
    }
    return digests;
  }

  const std::unique_ptr<rocksdb::Env> disk_{rocksdb::NewMemEnv(rocksdb::Env::Default())};
  Random random_{20240301};
  MemoryLog log_{kPartitions};
  const Registry registry_ = ToyRegistry();
  const std::shared_ptr<const RevenueModel> model_ = RevenueModel::Default();
};

TEST_F(EnginesTest, NothingIsOwnedBeforeItIsTaken) {
  const auto engine = Open("a", /*owns_all=*/false);
  engine->Start();
  EXPECT_EQ(engine->partitions(), kPartitions);
  EXPECT_FALSE(engine->owns(0));
  EXPECT_EQ(engine->partition(0), nullptr);
  EXPECT_THAT(std::string(engine->partition_status(0).message()),
              HasSubstr("partition 0 is not owned"));
  EXPECT_EQ(*engine->Lag(), 0);
}

TEST_F(EnginesTest, AFullQueueOrAMissingPermissionStopsNobodyForGood) {
  for (const auto code :
       {absl::StatusCode::kResourceExhausted, absl::StatusCode::kPermissionDenied}) {
    Publish(40);
    // Some of these are forwarded: the first batch that is fails.
    log_.FailNextAppendAfter(0, code);
    const auto engine = Open("a", /*owns_all=*/true);
    engine->Start();
    Settle({engine.get()});
    EXPECT_FALSE(log_.CancelFailure()) << "nothing was appended";
    engine->Stop();
  }
}

TEST_F(EnginesTest, WhoHoldsItIsNotReleasedByAnother) {
  const auto engine = Open("a", /*owns_all=*/true);
  engine->Start();
  ASSERT_TRUE(engine->Hold(1, absl::Hours(1)).ok());
  ASSERT_TRUE(engine->Hold(2, absl::Hours(1)).ok());
  engine->Release(1);
  Publish(4);
  ASSERT_TRUE(engine->Hold(2, absl::Hours(1)).ok());  // a round of every partition later
  for (const v1::StoredProgress& store : engine->Progress()) EXPECT_EQ(store.touchpoints(), 0);
  engine->Release(2);
  Settle({engine.get()});
  EXPECT_EQ(engine->position().offsets.size(), kPartitions);
  EXPECT_EQ(*engine->Lag(), 0);
}

TEST_F(EnginesTest, WhyLinksAreNotReadIsTold) {
  const auto engine = Open("a", /*owns_all=*/true);
  engine->Start();
  EXPECT_TRUE(engine->links_status().ok());
  log_.FailReads(kIdentities, absl::StatusCode::kPermissionDenied);
  while (engine->links_status().ok()) std::this_thread::yield();
  EXPECT_THAT(std::string(engine->links_status().message()), HasSubstr("links are not read"));
  log_.FailReads("", absl::StatusCode::kOk);
  while (!engine->links_status().ok()) std::this_thread::yield();
}

TEST_F(EnginesTest, AGivenPartitionsStoreIsClosedAndGoesOnWhenItIsTakenAgain) {
  Publish(20);
  const auto engine = Open("a", /*owns_all=*/false);
  engine->Start();
  for (int round = 0; round < 3; ++round) {
    for (int p = 0; p < kPartitions; ++p) engine->Take(p);
    Settle({engine.get()});
    const uint64_t read = engine->Progress()[1].touchpoints();
    EXPECT_EQ(read, *log_.End({kTouchpoints, 1}));
    EXPECT_TRUE(engine->Give(1, kGiveMax));
    EXPECT_EQ(engine->partition(1), nullptr);
    // The lock of the store is free: another may open it.
    ViewMemory memory(1 << 20);
    EXPECT_TRUE(ViewStore::Open("/a/partition-1", memory, disk_.get()).ok());
    engine->Take(1);
    Settle({engine.get()});
    EXPECT_GE(engine->Progress()[1].touchpoints(), read);
    Publish(5);
  }
}

TEST_F(EnginesTest, AReaderIsWaitedForButNotForEver) {
  const auto engine = Open("a", /*owns_all=*/false);
  engine->Start();
  engine->Take(2);
  Settle({engine.get()});
  std::shared_ptr<const Partition> reader = engine->partition(2);
  EXPECT_FALSE(engine->Give(2, absl::ZeroDuration()));
  // Its thread lets go after the step under way.
  while (engine->partition(2) != nullptr) std::this_thread::yield();
  engine->Take(2);
  EXPECT_EQ(engine->partition(2), nullptr);
  reader.reset();
  Settle({engine.get()});
  EXPECT_NE(engine->partition(2), nullptr);
}

// Owners change at random, at times two own a partition, as a process does that was stopped and
// does not know better; links, erasures and late events are among what is published meanwhile.
TEST_F(EnginesTest, PartitionsThatChangeHandsEndWithTheDigestOfAFoldFromNothing) {
  std::vector<std::unique_ptr<Engine>> engines;
  std::vector<Engine*> all;
  for (const char* process : {"a", "b", "c"}) {
    engines.push_back(Open(process, /*owns_all=*/false));
    engines.back()->Start();
    all.push_back(engines.back().get());
  }
  for (int round = 0; round < 40; ++round) {
    Publish(5);
    const int p = Below(random_, kPartitions);
    all[Below(random_, 3)]->Take(p);
    if (Chance(random_, 70)) {
      EXPECT_TRUE(all[Below(random_, 3)]->Give(p, kGiveMax));
    }
    if (Chance(random_, 20)) Settle(all);
  }
  std::map<int, Engine*> owners;
  for (int p = 0; p < kPartitions; ++p) {
    for (Engine* engine : all) EXPECT_TRUE(engine->Give(p, kGiveMax));
    owners[p] = all[Below(random_, 3)];
    owners[p]->Take(p);
  }
  Settle(all);
  const std::vector<std::string> expected = FromNothing();
  for (const auto& [p, owner] : owners) {
    const v1::StoredProgress progress = owner->Progress()[p];
    EXPECT_EQ(progress.digest(), expected[p]) << "partition " << p;
    EXPECT_EQ(progress.read(),
              progress.kept() + progress.duplicate() + progress.forwarded() + progress.deferred());
  }
}

TEST_F(EnginesTest, ARefusedStoreStandsStillInWordsAndCanBeGivenUp) {
  {
    const auto engine = Open("a", /*owns_all=*/false);
    engine->Start();
    Publish(10);
    engine->Take(0);
    Settle({engine.get()});
  }
  MemoryLog empty(kPartitions);
  EngineOptions options;
  options.folder = "/a";
  options.owns_all = false;
  options.env = disk_.get();
  const auto engine = Engine::Open(options, empty, registry_, model_);
  ASSERT_TRUE(engine.ok()) << engine.status();
  (*engine)->Start();
  (*engine)->Take(0);
  while (absl::IsUnavailable((*engine)->partition_status(0))) std::this_thread::yield();
  EXPECT_THAT(std::string((*engine)->partition_status(0).message()),
              HasSubstr("the log ends at 0"));
  EXPECT_TRUE((*engine)->Give(0, kGiveMax));
}

}  // namespace
}  // namespace revops::test
