#include "engine/view/journey_batch.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "gtest/gtest.h"
#include "tests/support/text_events.h"
#include "tests/support/toy_projections.h"
#include "tests/support/world.h"

namespace revops::test {
namespace {

// One partition (or two), driven by hand; its stores are checked whole after each commit.
class JourneyBatchTest : public testing::Test {
 protected:
  void Start(World::Options options, ToyOptions toys = {}) {
    options.check_each_commit = true;
    registry_ = ToyRegistry(toys);
    world_ = std::make_unique<World>(options, random_, registry_, *model_);
  }
  void Fold(const std::vector<TestEvent>& events) {
    for (const TestEvent& event : events) world_->Publish(0, RecordOf(event));
    world_->Do(0, World::Action::kTouchpoints, 100);
  }
  v1::StoredProgress progress() { return world_->partition(0).progress(); }

  ~JourneyBatchTest() override {
    if (world_ == nullptr) return;
    world_->Settle(0);
    const LogicalView view = world_->View();
    const std::vector<std::string> differences =
        Differences(view, Oracle(world_->Published(), registry_, *model_));
    EXPECT_TRUE(differences.empty()) << absl::StrJoin(differences, "\n");
    EXPECT_TRUE(world_->problems().empty()) << absl::StrJoin(world_->problems(), "\n");
  }

  Random random_{1};
  Registry registry_;
  const std::shared_ptr<const RevenueModel> model_ = RevenueModel::Default();
  std::unique_ptr<World> world_;
};

TestEvent View(const std::string& id, int hour, const std::string& person = "contact:crm:ada") {
  return {id, hour, {person}, "page_view {}"};
}

TEST_F(JourneyBatchTest, ADuplicateInOneBatchIsCountedOnce) {
  Start({});
  Fold({View("e1", 1), View("e1", 1), View("e2", 2)});
  EXPECT_EQ(progress().kept(), 2);
  EXPECT_EQ(progress().duplicate(), 1);
}

TEST_F(JourneyBatchTest, ADuplicateOfALaterBatchIsCountedOnce) {
  Start({});
  Fold({View("e1", 1), View("e2", 2)});
  Fold({View("e1", 1)});
  EXPECT_EQ(progress().kept(), 2);
  EXPECT_EQ(progress().duplicate(), 1);
}

TEST_F(JourneyBatchTest, ALateEventIsFoldedWhereItBelongs) {
  Start({});
  Fold({View("e1", 1), View("e3", 3)});
  Fold({View("e2", 2)});
  EXPECT_EQ(progress().kept(), 3);
}

TEST_F(JourneyBatchTest, ALateEventOfALargeJourneyIsDeferredAndThenFolded) {
  Start({.defer_entries_min = 2});
  Fold({View("e1", 1), View("e3", 3)});
  Fold({View("e2", 2)});
  EXPECT_EQ(progress().deferred(), 1);
  EXPECT_EQ(progress().deferred_journeys(), 1);
  world_->Do(0, World::Action::kDeferred, 1);
  EXPECT_EQ(progress().kept(), 3);
  EXPECT_EQ(progress().deferred(), 0);
  EXPECT_EQ(progress().deferred_journeys(), 0);
}

TEST_F(JourneyBatchTest, ACopyThatComesTwiceInADeferredBatchIsOneCopyRecordedAtItsFirst) {
  Start({.defer_entries_min = 1});
  Fold({View("e3", 3)});
  TestEvent early = View("e2", 2), later = View("e2", 2);
  early.rest += " recorded_at: 7";
  later.rest += " recorded_at: 9";
  Fold({early, later});
  EXPECT_EQ(progress().deferred(), 1);
  EXPECT_EQ(progress().duplicate(), 1);
}

TEST_F(JourneyBatchTest, ACopyThatIsFoldedAndDeferredMovesOnce) {
  Start({.defer_entries_min = 1});
  TestEvent first = View("e1", 1, "anonymous:web:x"), again = first;
  first.rest += " recorded_at: 9";
  again.rest += " recorded_at: 7";
  Fold({first});
  Fold({again});
  ASSERT_EQ(progress().deferred(), 1);
  Fold({{"link",
         5,
         {},
         absl::StrCat("linked { ", Field("child", "anonymous:web:x"),
                      Field("parent", "contact:crm:ada"), "}")}});
  world_->FeedAll(0);
  world_->Do(0, World::Action::kLinks, 10);
  EXPECT_EQ(progress().kept(), 2);
  EXPECT_EQ(progress().duplicate(), 1);
}

TEST_F(JourneyBatchTest, APagedJourneyIsNoLongerListedUnderIdsOfDeferredCopiesThatLeft) {
  Start({.defer_entries_min = 2}, {.ledger_padding_bytes = 20000});
  const std::string account = "account:crm:acme";
  Fold({{"e1", 1, {account, "contact:crm:ada"}, "form {}"},
        {"e3", 3, {account, "contact:crm:ada"}, "form {}"}});
  Fold({{"join",
         0,
         {},
         absl::StrCat("joined_account { ", Field("contact", "contact:crm:bob"),
                      Field("account", account), "}")}});
  world_->FeedAll(0);
  world_->Do(0, World::Action::kLinks, 10);
  Fold({View("e2", 2, "contact:crm:bob")});
  ASSERT_EQ(progress().deferred(), 1);
  Fold({{"left",
         1,
         {},
         absl::StrCat("left_account { ", Field("contact", "contact:crm:bob"),
                      Field("account", account), "}")}});
  world_->FeedAll(0);
  world_->Do(0, World::Action::kLinks, 10);
  EXPECT_EQ(progress().deferred(), 0);
}

TEST_F(JourneyBatchTest, ALargeJourneyIsPagedAndGoesOnAsBefore) {
  Start({}, {.ledger_padding_bytes = 4000});
  for (int i = 0; i < 12; ++i) Fold({{absl::StrCat("e", i), i, {"contact:crm:ada"}, "form {}"}});
  Fold({{"late", 2, {"contact:crm:ada"}, "form {}"}, View("e5", 5)});
  Fold({{"e20", 20, {"contact:crm:ada"}, "form {}"}, View("e21", 21)});
  EXPECT_EQ(progress().journeys(), 1);
  std::string value;
  int rows = 0;
  ASSERT_TRUE(world_->partition(0)
                  .store()
                  .Scan("R", [&](absl::string_view, absl::string_view) { return ++rows > 0; })
                  .ok());
  EXPECT_GT(rows, 10);
}

TEST_F(JourneyBatchTest, AJourneyThatLosesAllItsEventsLeavesNoKey) {
  Start({}, {.ledger_padding_bytes = 20000});
  Fold({{"e1", 1, {"anonymous:web:x"}, "form {}"}});
  Fold({{"link",
         5,
         {},
         absl::StrCat("linked { ", Field("child", "anonymous:web:x"),
                      Field("parent", "contact:crm:ada"), "}")}});
  world_->FeedAll(0);
  world_->Do(0, World::Action::kLinks, 10);
  EXPECT_EQ(progress().journeys(), 2);  // ada's, and that of the link itself, about nobody
}

TEST_F(JourneyBatchTest, AnErasureRedactsWhatIsKept) {
  Start({});
  Fold({{"e1", 1, {"contact:crm:ada"}, "form { email: \"ada@x\" }"}});
  Fold({{"erase", 2, {}, absl::StrCat("erasure { ", Field("ids", "contact:crm:ada"), "}")}});
  world_->FeedAll(0);
  world_->Do(0, World::Action::kLinks, 10);
  for (const auto& [key, value] : world_->Copy(0)) {
    EXPECT_EQ(value.find("ada@x"), std::string::npos);
  }
}

}  // namespace
}  // namespace revops::test
