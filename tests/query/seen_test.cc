#include "engine/query/seen.h"

#include "gtest/gtest.h"
#include "tests/support/small_engine.h"

namespace revops {
namespace {

using test::About;
using test::SmallEngine;

v1::Seen Describe(SmallEngine& small, Freshness& freshness) {
  const auto look = LookAt(small.engine());
  EXPECT_TRUE(look.ok()) << look.status();
  return freshness.Describe(*look);
}

TEST(FreshnessTest, AnAnswerIsSettledOnceEverythingPublishedIsFolded) {
  SmallEngine small;
  Freshness freshness(small.engine(), small.clock());
  EXPECT_TRUE(Describe(small, freshness).settled());

  const std::string token = small.Publish({About("contact:crm:ada") + "page_view {}"});
  small.clock().Advance(1);
  const v1::Seen before = Describe(small, freshness);
  EXPECT_FALSE(before.settled());
  EXPECT_GT(before.staleness_micros(), 0);
  EXPECT_FALSE(ParseToken(token)->IsCoveredBy(*ParseToken(before.token())));

  small.Fold();
  const v1::Seen after = Describe(small, freshness);
  EXPECT_TRUE(after.settled());
  EXPECT_EQ(after.staleness_micros(), 0);
  EXPECT_TRUE(ParseToken(token)->IsCoveredBy(*ParseToken(after.token())));
  EXPECT_EQ(after.model_version(), RevenueModel::Default()->version());
  EXPECT_EQ(after.generation(), small.engine().generation());
}

TEST(FreshnessTest, TheAgeIsThatOfTheOldestRecordNotFolded) {
  SmallEngine small(1);
  Freshness freshness(small.engine(), small.clock());
  small.Publish({About("contact:crm:ada") + "page_view {}"});
  const auto first = small.log().Read({"touchpoints", 0}, 0, {});
  ASSERT_TRUE(first.ok());
  small.Publish({About("contact:crm:ada") + "page_view {}"});
  small.clock().Advance(1'000'000);
  EXPECT_EQ(Describe(small, freshness).staleness_micros(),
            small.clock().NowMicros() - first->front().appended_at);
}

TEST(FreshnessTest, WhatWasNotThereAMomentAgoIsNoOlderThanThat) {
  SmallEngine small(1);
  Freshness freshness(small.engine(), small.clock());
  EXPECT_TRUE(Describe(small, freshness).settled());
  small.clock().Advance(30'000);
  EXPECT_TRUE(Describe(small, freshness).settled());
  small.clock().Advance(40'000);
  small.Publish({About("contact:crm:ada") + "page_view {}"});
  small.clock().Advance(20'000);
  small.Publish({About("contact:crm:ada") + "page_view {}"});
  // The log is not read for it: its records have times of another clock here.
  EXPECT_EQ(Describe(small, freshness).staleness_micros(), 60'000);
  small.Fold();
  EXPECT_TRUE(Describe(small, freshness).settled());
  small.clock().Advance(5'000);
  small.Publish({About("contact:crm:ada") + "page_view {}"});
  small.clock().Advance(4'000);
  EXPECT_EQ(Describe(small, freshness).staleness_micros(), 9'000);
}

TEST(FreshnessTest, APositionBelongsToTheLookItWasSeenThrough) {
  SmallEngine small;
  Freshness freshness(small.engine(), small.clock());
  const auto look = LookAt(small.engine());
  ASSERT_TRUE(look.ok());
  const std::string before = freshness.Describe(*look).token();
  small.Given({About("contact:crm:ada") + "page_view {}"});
  const v1::Seen old = freshness.Describe(*look);
  EXPECT_EQ(old.token(), before);
  EXPECT_FALSE(old.settled());
}

TEST(FreshnessTest, DeadLettersBehindTheAnswerAreCounted) {
  SmallEngine small;
  Freshness freshness(small.engine(), small.clock());
  small.Given({About("opportunity:crm:7") + "opportunity_closed { outcome: WON }"});
  EXPECT_EQ(Describe(small, freshness).dead_letters(), 1);
}

}  // namespace
}  // namespace revops
