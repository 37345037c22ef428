#include "engine/view/view_store.h"

#include <fstream>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/support/folders.h"
#include "tests/support/logs.h"

namespace revops {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

class ViewStoreTest : public ::testing::Test {
 protected:
  ViewStoreTest() {
    auto store = ViewStore::Open("/views", memory_, disk_.get());
    EXPECT_TRUE(store.ok()) << store.status();
    store_ = std::move(*store);
  }
  void Put(const std::vector<std::string>& keys) {
    ViewBatch batch;
    for (const std::string& key : keys) batch.Put(key, "value of " + key);
    ASSERT_TRUE(store_->Commit(std::move(batch)).ok());
  }
  static std::vector<std::string> Keys(const ViewReader& reader, absl::string_view prefix,
                                       absl::string_view place, WalkOrder order) {
    std::vector<std::string> keys;
    const auto at = reader.Walk(prefix, place, order);
    for (; at->valid(); at->Next()) {
      keys.emplace_back(at->key());
      EXPECT_EQ(std::string(at->value()), "value of " + keys.back());
    }
    EXPECT_TRUE(at->status().ok()) << at->status();
    return keys;
  }

  const std::shared_ptr<rocksdb::Env> disk_ = test::NewMemoryDisk();
  ViewMemory memory_{16 << 20};
  std::unique_ptr<ViewStore> store_;
};

constexpr WalkOrder kUp = WalkOrder::kAscending;
constexpr WalkOrder kDown = WalkOrder::kDescending;

TEST_F(ViewStoreTest, AStoreThatIsOpenIsRefusedToOthers) {
  EXPECT_EQ(ViewStore::Open("/views", memory_, disk_.get()).status().code(),
            absl::StatusCode::kFailedPrecondition);
}

TEST(ViewStoreDiskTest, ADiskThatRefusesIsUnavailableWhateverTheFolderIsCalled) {
  const test::TemporaryFolder folder;
  std::ofstream(folder.path() + "/clock") << "a file where a folder should be";
  ViewMemory memory(16 << 20);
  EXPECT_EQ(ViewStore::Open(folder.path() + "/clock/views", memory).status().code(),
            absl::StatusCode::kUnavailable);
}

TEST_F(ViewStoreTest, AWalkStaysWithinItsPrefix) {
  Put({"a1", "b1", "b2", "b3", "c1"});
  EXPECT_THAT(Keys(*store_, "b", "", kUp), ElementsAre("b1", "b2", "b3"));
  EXPECT_THAT(Keys(*store_, "b", "", kDown), ElementsAre("b3", "b2", "b1"));
  EXPECT_THAT(Keys(*store_, "d", "", kUp), IsEmpty());
  EXPECT_THAT(Keys(*store_, "d", "", kDown), IsEmpty());
}

TEST_F(ViewStoreTest, AWalkUpBeginsAtItsPlaceAWalkDownBeforeIt) {
  Put({"b1", "b2", "b3"});
  EXPECT_THAT(Keys(*store_, "b", "b2", kUp), ElementsAre("b2", "b3"));
  EXPECT_THAT(Keys(*store_, "b", "b2", kDown), ElementsAre("b1"));
  EXPECT_THAT(Keys(*store_, "b", "b25", kUp), ElementsAre("b3"));
  EXPECT_THAT(Keys(*store_, "b", "b25", kDown), ElementsAre("b2", "b1"));
}

TEST_F(ViewStoreTest, TheLastPrefixOfAllHasAnEndToo) {
  Put({"a", std::string("\xff\x01"), std::string("\xff\xff")});
  EXPECT_THAT(Keys(*store_, "\xff", "", kDown),
              ElementsAre(std::string("\xff\xff"), std::string("\xff\x01")));
  // A key that is itself the end of the prefix is none of it.
  Put({"bz", "c"});
  EXPECT_THAT(Keys(*store_, "b", "", kDown), ElementsAre("bz"));
}

TEST_F(ViewStoreTest, ASnapshotSeesNothingLater) {
  Put({"b1"});
  const auto snapshot = store_->Snapshot();
  Put({"b2"});
  EXPECT_THAT(Keys(*snapshot, "b", "", kUp), ElementsAre("b1"));
  EXPECT_THAT(Keys(*store_, "b", "", kUp), ElementsAre("b1", "b2"));
}

TEST_F(ViewStoreTest, TheLastChangeOfAKeyInABatchStands) {
  ViewBatch batch;
  batch.Put("k", "1");
  batch.Delete("k");
  batch.Put("k", "2");
  batch.Put("gone", "1");
  batch.Delete("gone");
  ASSERT_TRUE(store_->Commit(std::move(batch)).ok());
  std::string value;
  EXPECT_TRUE(*store_->Get("k", value));
  EXPECT_EQ(value, "2");
  EXPECT_FALSE(*store_->Get("gone", value));
}

TEST_F(ViewStoreTest, ASecondOpeningIsRefused) {
  const auto second = ViewStore::Open("/views", memory_, disk_.get());
  EXPECT_EQ(second.status().code(), absl::StatusCode::kFailedPrecondition) << second.status();
}

}  // namespace
}  // namespace revops
