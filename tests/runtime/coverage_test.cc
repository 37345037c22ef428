#include "engine/runtime/coverage.h"

#include "gtest/gtest.h"

namespace revops {
namespace {

v1::StoredProgress Store(uint64_t touchpoints, uint64_t routed, uint64_t sent_to_0,
                         uint64_t sent_to_1) {
  v1::StoredProgress store;
  store.set_touchpoints(touchpoints);
  store.set_routed(routed);
  store.add_sent(sent_to_0);
  store.add_sent(sent_to_1);
  return store;
}

TEST(CoverageTest, WhatWasSentOnIsWaitedFor) {
  Coverage coverage(Position{0, {5, 0}});
  EXPECT_FALSE(coverage.Reached({Store(4, 0, 0, 0), Store(0, 0, 0, 0)}));
  EXPECT_FALSE(coverage.Reached({Store(5, 0, 0, 2), Store(0, 0, 0, 0)}));
  EXPECT_TRUE(coverage.Reached({Store(5, 0, 0, 2), Store(0, 2, 0, 0)}));
}

TEST(CoverageTest, WhatIsWantedIsWhatKeepsItFromBeingCovered) {
  Coverage coverage(Position{0, {5, 3}});
  EXPECT_EQ(coverage.Wanted()[0].touchpoints(), 5);
  EXPECT_EQ(coverage.Wanted()[1].touchpoints(), 3);
  EXPECT_EQ(coverage.Wanted()[1].routed(), 0);
  v1::StoredProgress sender = Store(5, 0, 0, 2);
  sender.set_links_seen(7);
  EXPECT_FALSE(coverage.Reached({sender, Store(3, 0, 0, 0)}));
  EXPECT_EQ(coverage.Wanted()[1].routed(), 2);
  EXPECT_EQ(coverage.Wanted()[0].link_version(), 7);
  EXPECT_EQ(coverage.Wanted()[1].link_version(), 7);
  // Stores that have read what is wanted cover it.
  std::vector<v1::StoredProgress> stores = {sender, Store(3, 2, 0, 0)};
  for (v1::StoredProgress& store : stores) store.set_link_version(7);
  EXPECT_TRUE(coverage.Reached(stores));
}

TEST(CoverageTest, AnOlderStoreThatTakesAPartitionOverHasToGetThereItself) {
  Coverage coverage(Position{0, {5, 0}});
  EXPECT_FALSE(coverage.Reached({Store(5, 0, 0, 2), Store(0, 0, 0, 0)}));
  // Another process owns partition 0 now and has not folded what was asked for.
  EXPECT_FALSE(coverage.Reached({Store(3, 0, 0, 0), Store(0, 2, 0, 0)}));
  EXPECT_NE(coverage.Missing().find("touchpoints/0 is folded up to 3 of 5"), std::string::npos);
  // It forwards again, to a later offset.
  EXPECT_FALSE(coverage.Reached({Store(5, 0, 0, 4), Store(0, 2, 0, 0)}));
  EXPECT_TRUE(coverage.Reached({Store(5, 0, 0, 4), Store(0, 4, 0, 0)}));
}

TEST(CoverageTest, WhatWasCoveredIsNotWhenAnOlderStoreAnswers) {
  Coverage coverage(Position{0, {5, 0}});
  EXPECT_TRUE(coverage.Reached({Store(5, 0, 0, 0), Store(0, 0, 0, 0)}));
  EXPECT_TRUE(coverage.Reached({Store(6, 0, 0, 0), Store(0, 0, 0, 0)}));
  EXPECT_FALSE(coverage.Reached({v1::StoredProgress(), Store(0, 0, 0, 0)}));
}

}  // namespace
}  // namespace revops
