#include "engine/runtime/partition.h"

#include "engine/runtime/link_feed.h"
#include "engine/runtime/topics.h"
#include "engine/view/keys.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "rocksdb/env.h"
#include "tests/support/memory_log.h"
#include "tests/support/text_events.h"
#include "tests/support/toy_projections.h"

namespace revops::test {
namespace {

using ::testing::HasSubstr;

class PartitionTest : public testing::Test {
 protected:
  absl::StatusOr<std::unique_ptr<Partition>> Open(MemoryLog& log, int partition = 0,
                                                  const std::string& generation = "g") {
    auto store = ViewStore::Open("/view", memory_, disk_.get());
    EXPECT_TRUE(store.ok()) << store.status();
    return Partition::Open({partition, generation, {}}, log, links_, registry_, *model_,
                           std::move(*store));
  }
  void ExpectRefusal(MemoryLog& log, int partition, const std::string& generation,
                     const std::string& words) {
    const auto refused = Open(log, partition, generation);
    EXPECT_TRUE(absl::IsFailedPrecondition(refused.status()));
    EXPECT_THAT(std::string(refused.status().message()), HasSubstr(words));
  }
  void Publish(MemoryLog& log, const TestEvent& event) {
    ASSERT_TRUE(log.Append({{{kTouchpoints, 0}, "", RecordOf(event)}}).ok());
  }

  const std::unique_ptr<rocksdb::Env> disk_{rocksdb::NewMemEnv(rocksdb::Env::Default())};
  ViewMemory memory_{8 << 20};
  LinkTable links_;
  const Registry registry_ = ToyRegistry();
  const std::shared_ptr<const RevenueModel> model_ = RevenueModel::Default();
};

TEST_F(PartitionTest, AStoreGoesOnFromItsPosition) {
  MemoryLog log(1);
  Publish(log, {"e1", 1, {"contact:crm:ada"}, "page_view {}"});
  {
    const auto partition = Open(log);
    ASSERT_TRUE(partition.ok()) << partition.status();
    EXPECT_EQ(*(*partition)->FoldTouchpoints(10), 1);
  }
  Publish(log, {"e2", 2, {"contact:crm:ada"}, "page_view {}"});
  const auto partition = Open(log);
  ASSERT_TRUE(partition.ok()) << partition.status();
  EXPECT_EQ((*partition)->progress().touchpoints(), 1);
  EXPECT_EQ(*(*partition)->FoldTouchpoints(10), 1);
  EXPECT_EQ((*partition)->progress().kept(), 2);
  EXPECT_EQ(*(*partition)->FoldTouchpoints(10), 0);
}

TEST_F(PartitionTest, AStoreOfSomethingElseIsRefusedInWords) {
  MemoryLog log(2);
  Publish(log, {"e1", 1, {"contact:crm:ada"}, "page_view {}"});
  ASSERT_TRUE((*Open(log))->FoldTouchpoints(10).ok());
  ExpectRefusal(log, 0, "another", "generation g, but this is another");
  ExpectRefusal(log, 1, "g", "partition");
  MemoryLog more(3);
  ExpectRefusal(more, 0, "g", "partition count");
  MemoryLog empty(2);
  ExpectRefusal(empty, 0, "g", "the log ends at 0");
}

TEST_F(PartitionTest, AStoreAheadOfItsRoutedTopicIsRefused) {
  MemoryLog log(2);
  v1::RoutedRecord routed;
  routed.set_event(RecordOf({"e1", 1, {"contact:crm:ada"}, "page_view {}"}));
  ASSERT_TRUE(log.Append({{{kRouted, 0}, "", routed.SerializeAsString()}}).ok());
  ASSERT_EQ(*(*Open(log))->FoldRouted(10), 1);
  MemoryLog empty(2);
  ExpectRefusal(empty, 0, "g", "routed/0");
}

TEST_F(PartitionTest, ATopicMadeAnewWithOtherRecordsIsRefused) {
  MemoryLog log(1);
  Publish(log, {"e1", 1, {"contact:crm:ada"}, "page_view {}"});
  ASSERT_EQ(*(*Open(log))->FoldTouchpoints(10), 1);
  MemoryLog anew(1);
  Publish(anew, {"e2", 1, {"contact:crm:ada"}, "page_view {}"});
  Publish(anew, {"e3", 1, {"contact:crm:ada"}, "page_view {}"});
  ExpectRefusal(anew, 0, "g", "deleted and made anew");
  MemoryLog same(1);
  Publish(same, {"e1", 1, {"contact:crm:ada"}, "page_view {}"});
  EXPECT_TRUE(Open(same).ok());
}

TEST_F(PartitionTest, AStoreAheadOfTheLinksIsRefused) {
  MemoryLog log(1);
  EXPECT_TRUE(links_.AddUnreadable().ok());
  ASSERT_EQ(*(*Open(log))->AdvanceLinks(10), 1);
  LinkTable fresh;
  auto store = ViewStore::Open("/view", memory_, disk_.get());
  const auto refused =
      Partition::Open({0, "g", {}}, log, fresh, registry_, *model_, std::move(*store));
  EXPECT_TRUE(absl::IsFailedPrecondition(refused.status()));
  EXPECT_THAT(std::string(refused.status().message()), HasSubstr("the topic ends at 0"));
}

TEST_F(PartitionTest, LinksMadeAnewWithOtherRecordsAreRefused) {
  const auto link = [](const std::string& child) {
    return NewRecord{
        {kIdentities, 0},
        "",
        RecordOf({"l-" + child,
                  1,
                  {child},
                  "linked { " + Field("child", child) + Field("parent", "contact:crm:ada") + "}"})};
  };
  const auto open_with = [&](const std::vector<std::string>& children) {
    MemoryLog anew(1);
    for (const std::string& child : children) EXPECT_TRUE(anew.Append({link(child)}).ok());
    LinkTable links;
    EXPECT_EQ(*FeedLinks(anew, links), static_cast<int>(children.size()));
    auto store = ViewStore::Open("/view", memory_, disk_.get());
    return Partition::Open({0, "g", {}}, anew, links, registry_, *model_, std::move(*store))
        .status();
  };
  MemoryLog log(1);
  ASSERT_TRUE(log.Append({link("anonymous:web:x"), link("anonymous:web:y")}).ok());
  ASSERT_EQ(*FeedLinks(log, links_), 2);
  ASSERT_EQ(*(*Open(log))->AdvanceLinks(10), 2);
  EXPECT_TRUE(open_with({"anonymous:web:x", "anonymous:web:y"}).ok());
  EXPECT_TRUE(open_with({"anonymous:web:x", "anonymous:web:y", "anonymous:web:z"}).ok());
  // The last record is the same; the one before it is not.
  for (const char* first : {"anonymous:web:w", "anonymous:web:y"}) {
    const absl::Status refused = open_with({first, "anonymous:web:y"});
    EXPECT_TRUE(absl::IsFailedPrecondition(refused)) << refused;
    EXPECT_THAT(std::string(refused.message()), HasSubstr("identities/0 up to 2"));
  }
}

TEST_F(PartitionTest, ADamagedPositionIsDataLoss) {
  MemoryLog log(1);
  {
    auto store = ViewStore::Open("/view", memory_, disk_.get());
    ViewBatch batch;
    batch.Put(keys::Progress(), "\xff");
    ASSERT_TRUE((*store)->Commit(std::move(batch)).ok());
  }
  EXPECT_TRUE(absl::IsDataLoss(Open(log).status()));
}

TEST_F(PartitionTest, AnAppendThatFailsChangesNothingAndIsMadeAgain) {
  MemoryLog log(2);
  // One of these has its home in the other partition.
  for (const char* person : {"contact:crm:a", "contact:crm:b", "contact:crm:c", "contact:crm:d"}) {
    Publish(log, {person, 1, {person}, "page_view {}"});
  }
  {
    const auto partition = Open(log);
    log.FailNextAppendAfter(1);
    EXPECT_TRUE(absl::IsUnavailable((*partition)->FoldTouchpoints(10).status()));
    EXPECT_EQ((*partition)->progress().read(), 0);
  }
  const auto partition = Open(log);
  EXPECT_EQ(*(*partition)->FoldTouchpoints(10), 4);
  const v1::StoredProgress progress = (*partition)->progress();
  EXPECT_GT(progress.forwarded(), 0);
  EXPECT_EQ(progress.sent(1), *log.End({kRouted, 1}));
  EXPECT_EQ(progress.kept() + progress.forwarded(), 4);
}

TEST_F(PartitionTest, ARoutedRecordWaitsForItsLinkVersion) {
  MemoryLog log(1);
  v1::RoutedRecord routed;
  routed.set_event(RecordOf({"e1", 1, {"contact:crm:ada"}, "page_view {}"}));
  routed.set_link_version(1);
  ASSERT_TRUE(log.Append({{{kRouted, 0}, "", routed.SerializeAsString()}}).ok());
  const auto partition = Open(log);
  EXPECT_EQ(*(*partition)->FoldRouted(10), 0);
  EXPECT_TRUE(links_.AddUnreadable().ok());
  EXPECT_EQ(*(*partition)->AdvanceLinks(10), 1);
  EXPECT_EQ(*(*partition)->FoldRouted(10), 1);
}

TEST_F(PartitionTest, ALinkIsAppendedToIdentitiesOnce) {
  MemoryLog log(1);
  const TestEvent link = {
      "l",
      1,
      {"anonymous:web:x"},
      "linked { " + Field("child", "anonymous:web:x") + Field("parent", "contact:crm:ada") + "}"};
  Publish(log, link);
  Publish(log, link);
  const auto partition = Open(log);
  EXPECT_EQ(*(*partition)->FoldTouchpoints(10), 2);
  EXPECT_EQ(*log.End({kIdentities, 0}), 1);
  EXPECT_EQ((*partition)->progress().links_seen(), 1);
  EXPECT_EQ(*FeedLinks(log, links_), 1);
  EXPECT_EQ(*FeedLinks(log, links_), 0);
  Publish(log, link);
  EXPECT_EQ(*(*partition)->FoldTouchpoints(10), 1);
  EXPECT_EQ(*log.End({kIdentities, 0}), 1);
}

TEST_F(PartitionTest, ARecordThatDoesNotDecodeIsKeptAsADeadLetter) {
  MemoryLog log(1);
  ASSERT_TRUE(log.Append({{{kTouchpoints, 0}, "", "\xff no event"}}).ok());
  const auto partition = Open(log);
  EXPECT_EQ(*(*partition)->FoldTouchpoints(10), 1);
  EXPECT_EQ((*partition)->progress().dead_letters(), 1);
  EXPECT_EQ((*partition)->progress().kept(), 1);
}

}  // namespace
}  // namespace revops::test
