// Bugs planted on purpose in an engine over a real broker, each to be found by the check that the
// chaos test ends with (tests/support/cluster_check.h). Some are planted in the log as the engine
// sees it, some in a store between two runs.
#include <algorithm>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "engine/base/status.h"
#include "engine/runtime/topics.h"
#include "engine/simulate/simulator.h"
#include "engine/view/keys.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/kafka/kafka_engine.h"
#include "tests/support/cluster_check.h"
#include "tests/support/faulty_log.h"
#include "tests/support/kafka_broker.h"

namespace revops::test {
namespace {
using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr int kPartitions = 3;

class KafkaPlantedBugsTest : public ::testing::Test {
 protected:
  void SetUp() override {
    MakeTopics(*kafka_, kPartitions);
    SimulationOptions options;
    options.accounts = 2;
    options.days = 90;
    options.stamp_recorded_at = true;
    ASSERT_TRUE(Simulate(options, [&](const v1::Event& event) {
                  events_.push_back(event);
                  return absl::OkStatus();
                }).ok());
  }

  // Publishes the next `share` of the company.
  void Publish(double share) {
    const size_t end = std::min(
        events_.size(), sent_ + static_cast<size_t>(share * static_cast<double>(events_.size())));
    std::vector<NewRecord> records;
    for (; sent_ < end; ++sent_) {
      const v1::Event& event = events_[sent_];
      published_.Attempt({event});
      published_.Acknowledge({event});
      const std::string key = absl::StrCat("any ", sent_);
      records.push_back(
          {{kTouchpoints, PartitionFor(key, kPartitions)}, key, event.SerializeAsString()});
    }
    const auto appended = kafka_->Append(std::move(records));
    ASSERT_TRUE(appended.ok()) << appended.status();
  }

  void Fold() {
    EngineOptions options;
    options.folder = "/views";
    options.memory_bytes = 32 << 20;
    options.env = disk_.get();
    const auto engine = Engine::Open(options, log_, registry_, RevenueModel::Default());
    ASSERT_TRUE(engine.ok()) << engine.status();
    const absl::Status folded = (*engine)->FoldAll();
    ASSERT_TRUE(folded.ok()) << folded;
  }

  std::unique_ptr<ViewStore> Store(int p) {
    auto store = ViewStore::Open(absl::StrCat("/views/partition-", p), memory_, disk_.get());
    REVOPS_CHECK(store.ok());
    return *std::move(store);
  }
  std::string Get(int p, const std::string& key) {
    std::string value;
    EXPECT_TRUE(*Store(p)->Get(key, value));
    return value;
  }
  void Put(int p, const std::string& key, const std::string& value) {
    ViewBatch batch;
    batch.Put(key, value);
    ASSERT_TRUE(Store(p)->Commit(std::move(batch)).ok());
  }

  std::vector<std::string> Problems() {
    std::vector<std::unique_ptr<ViewStore>> opened;
    std::vector<ClusterStore> stores;
    for (int p = 0; p < kPartitions; ++p) {
      opened.push_back(Store(p));
      stores.push_back({absl::StrCat("partition ", p), p, opened.back().get()});
    }
    return CheckCluster(*kafka_, registry_, RevenueModel::Default(), stores, published_).problems;
  }

  const std::string prefix_ = FreshName("planted") + ".";
  const std::unique_ptr<KafkaLog> kafka_ = OpenSharedLog(prefix_);
  FaultyLog log_{OpenSharedLog(prefix_)};  // as the engine sees it
  const std::shared_ptr<rocksdb::Env> disk_ = NewMemoryDisk();
  ViewMemory memory_{32 << 20};
  const Registry registry_ = AllProjections();
  Published published_;
  std::vector<v1::Event> events_;
  size_t sent_ = 0;
};

TEST_F(KafkaPlantedBugsTest, WithoutABugNothingIsFound) {
  Publish(0.5);
  Fold();
  Publish(1);
  Fold();
  EXPECT_THAT(Problems(), IsEmpty());
}

TEST_F(KafkaPlantedBugsTest, APositionThatRanAheadOfItsDataIsFound) {
  Publish(0.5);
  Fold();
  Publish(0.1);
  v1::StoredProgress progress;
  ASSERT_TRUE(progress.ParseFromString(Get(0, keys::Progress())));
  const Offset next = progress.touchpoints() + 3;
  ASSERT_LT(next, *kafka_->End({kTouchpoints, 0}));
  progress.set_touchpoints(next);
  progress.clear_touchpoints_fingerprint();
  Put(0, keys::Progress(), progress.SerializeAsString());
  Fold();
  EXPECT_THAT(Problems(), Contains(HasSubstr("was acknowledged and is in no journal")));
}

TEST_F(KafkaPlantedBugsTest, DataCommittedWithoutTheirPositionAreFound) {
  Publish(0.5);
  Fold();
  const std::string position = Get(0, keys::Progress());
  Publish(0.1);
  Fold();
  Put(0, keys::Progress(), position);
  // What is read again is known already, so nothing looks odd from inside but counts and digest.
  Fold();
  EXPECT_THAT(Problems(), Contains(HasSubstr("but a replay has")));
}

TEST_F(KafkaPlantedBugsTest, AnEventThatIsDoubledIsFound) {
  Publish(0.5);
  const auto again = kafka_->Append({{{kTouchpoints, 0}, "", events_[0].SerializeAsString()}});
  ASSERT_TRUE(again.ok());
  const Offset second = again->front().offset;
  // Its second copy passes as another event.
  log_.TamperWithReads([second](const TopicPartition& where, Record& record) {
    v1::Event event;
    if (where.topic != kTouchpoints || where.partition != 0 || record.offset != second) return;
    ASSERT_TRUE(event.ParseFromString(record.value));
    event.set_id("as if new");
    record.value = event.SerializeAsString();
  });
  Fold();
  EXPECT_THAT(Problems(), Contains(HasSubstr("as if new was never published")));
}

TEST_F(KafkaPlantedBugsTest, AForwardThatIsLostIsFound) {
  Publish(0.5);
  bool has_lost = false;
  log_.LoseAppends([&has_lost](const NewRecord& record) {
    return record.where.topic == kRouted && !std::exchange(has_lost, true);
  });
  Fold();
  ASSERT_EQ(log_.lost(), 1);
  EXPECT_THAT(Problems(), Contains(HasSubstr("was acknowledged and is in no journal")));
}

TEST_F(KafkaPlantedBugsTest, ALinkThatIsLostIsFound) {
  Publish(1);
  log_.LoseAppends([](const NewRecord& record) { return record.where.topic == kIdentities; });
  Fold();
  ASSERT_GT(log_.lost(), 0);
  EXPECT_THAT(Problems(), Contains(HasSubstr("but a replay has")));
}

TEST_F(KafkaPlantedBugsTest, StoresThatDoNotFollowALinkAreFound) {
  Publish(1);
  // The engine advances its link version, and sees nothing in the links.
  log_.TamperWithReads([](const TopicPartition& where, Record& record) {
    if (where.topic == kIdentities) record.value = "nothing";
  });
  Fold();
  ASSERT_GT(*kafka_->End({kIdentities, 0}), 0u);
  EXPECT_THAT(Problems(), Contains(HasSubstr(" resolves to ")));
}

}  // namespace
}  // namespace revops::test
