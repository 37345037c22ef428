// Bugs planted on purpose in an engine over a real broker, each to be found by the check that the
// chaos test ends with (tests/support/cluster_check.h). Some are planted in the log as the engine
// sees it, some in a store between two runs.
#include <algorithm>
#include <functional>
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
#include "tests/support/kafka_broker.h"

namespace revops::test {
namespace {
using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr int kPartitions = 3;

// A log that loses some of what is appended, and says that it has it; or gives other records to
// readers than it has.
class LyingLog final : public EventLog {
 public:
  explicit LyingLog(EventLog& base) : base_(base) {}

  std::function<bool(const NewRecord&)> loses = [](const NewRecord&) { return false; };
  std::function<void(const TopicPartition&, Record&)> changes = [](const auto&, Record&) {};
  int lost() const { return lost_; }

  absl::StatusOr<std::vector<Appended>> Append(std::vector<NewRecord> records) override {
    std::vector<NewRecord> kept;
    std::vector<bool> is_kept;
    for (NewRecord& record : records) {
      is_kept.push_back(!loses(record));
      lost_ += is_kept.back() ? 0 : 1;
      if (is_kept.back()) kept.push_back(std::move(record));
    }
    std::vector<Appended> said;
    if (!kept.empty()) {
      ASSIGN_OR_RETURN(said, base_.Append(std::move(kept)));
    }
    std::vector<Appended> all;
    size_t next = 0;
    for (const bool is : is_kept) {
      all.push_back(is ? said[next++] : Appended());
    }
    return all;
  }
  absl::StatusOr<std::vector<Record>> Read(const TopicPartition& where, Offset from,
                                           const ReadLimits& limits) override {
    auto records = base_.Read(where, from, limits);
    if (records.ok()) {
      for (Record& record : *records) changes(where, record);
    }
    return records;
  }
  absl::StatusOr<int> Partitions(absl::string_view topic) const override {
    return base_.Partitions(topic);
  }
  absl::StatusOr<Offset> Start(const TopicPartition& where) override { return base_.Start(where); }
  absl::StatusOr<Offset> End(const TopicPartition& where) override { return base_.End(where); }
  bool WaitBeyond(const TopicPartition& where, Offset offset, absl::Duration timeout) override {
    return base_.WaitBeyond(where, offset, timeout);
  }
  std::string identity() const override { return base_.identity(); }
  int64_t record_bytes_max() const override { return base_.record_bytes_max(); }

 private:
  EventLog& base_;
  int lost_ = 0;
};

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

  const std::unique_ptr<KafkaLog> kafka_ = OpenSharedLog(FreshName("planted") + ".");
  LyingLog log_{*kafka_};
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
  log_.changes = [second](const TopicPartition& where, Record& record) {
    v1::Event event;
    if (where.topic != kTouchpoints || where.partition != 0 || record.offset != second) return;
    ASSERT_TRUE(event.ParseFromString(record.value));
    event.set_id("as if new");
    record.value = event.SerializeAsString();
  };
  Fold();
  EXPECT_THAT(Problems(), Contains(HasSubstr("as if new was never published")));
}

TEST_F(KafkaPlantedBugsTest, AForwardThatIsLostIsFound) {
  Publish(0.5);
  log_.loses = [this](const NewRecord& record) {
    return record.where.topic == kRouted && log_.lost() == 0;
  };
  Fold();
  ASSERT_EQ(log_.lost(), 1);
  EXPECT_THAT(Problems(), Contains(HasSubstr("was acknowledged and is in no journal")));
}

TEST_F(KafkaPlantedBugsTest, ALinkThatIsLostIsFound) {
  Publish(1);
  log_.loses = [](const NewRecord& record) { return record.where.topic == kIdentities; };
  Fold();
  ASSERT_GT(log_.lost(), 0);
  EXPECT_THAT(Problems(), Contains(HasSubstr("but a replay has")));
}

TEST_F(KafkaPlantedBugsTest, StoresThatDoNotFollowALinkAreFound) {
  Publish(1);
  // The engine advances its link version, and sees nothing in the links.
  log_.changes = [](const TopicPartition& where, Record& record) {
    if (where.topic == kIdentities) record.value = "nothing";
  };
  Fold();
  ASSERT_GT(*kafka_->End({kIdentities, 0}), 0u);
  EXPECT_THAT(Problems(), Contains(HasSubstr(" resolves to ")));
}

}  // namespace
}  // namespace revops::test
