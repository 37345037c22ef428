#include "engine/query/status.h"

#include "gtest/gtest.h"
#include "tests/support/small_engine.h"

namespace revops {
namespace {

using test::About;
using test::SmallEngine;

TEST(StatusTest, WhatWasReadIsKeptDuplicateOrForwarded) {
  SmallEngine small(4);
  const std::string view =
      About("contact:crm:ada") + "id: 'x' page_view {} occurred_at: 1709251200000000 ";
  small.Given({view, view, About("contact:crm:bob") + "page_view {}",
               About("contact:crm:bob") +
                   "joined_account { contact { kind: CONTACT namespace: 'crm' value: 'bob' } "
                   "account { kind: ACCOUNT namespace: 'crm' value: 'acme' } }"});
  const auto status = DescribeStatus(small.engine(), OwnStores(small.engine()).States());
  ASSERT_TRUE(status.ok()) << status.status();
  ASSERT_EQ(status->partitions_size(), 4);
  uint64_t kept = 0;
  for (const v1::PartitionStatus& one : status->partitions()) {
    EXPECT_EQ(one.read(), one.kept() + one.duplicate() + one.forwarded());
    EXPECT_EQ(one.lag(), 0);
    EXPECT_EQ(one.position(), one.end());
    EXPECT_EQ(one.digest().size(), 32u);
    EXPECT_EQ(one.error(), "");
    kept += one.kept();
  }
  EXPECT_EQ(kept, 3);
  EXPECT_EQ(status->identities_end(), 1);
  EXPECT_EQ(status->log_identity(), small.log().identity());
  EXPECT_EQ(status->fingerprint(), small.engine().generation());
}

TEST(StatusTest, LagCountsWhatIsNotFolded) {
  SmallEngine small(1);
  small.Publish(
      {About("contact:crm:ada") + "page_view {}", About("contact:crm:bob") + "page_view {}"});
  EXPECT_EQ(DescribeStatus(small.engine(), OwnStores(small.engine()).States())->partitions(0).lag(),
            2);
}

TEST(StatusTest, TheSumOfDigestsIsTheSameForAnyNumberOfPartitions) {
  std::string digests[2];
  for (int i = 0; i < 2; ++i) {
    SmallEngine small(i == 0 ? 1 : 5);
    small.Given(
        {About("contact:crm:ada") + "page_view {}", About("contact:crm:bob") + "page_view {}"});
    digests[i] = DescribeStatus(small.engine(), OwnStores(small.engine()).States())->digest();
  }
  EXPECT_EQ(digests[0], digests[1]);
}

}  // namespace
}  // namespace revops
