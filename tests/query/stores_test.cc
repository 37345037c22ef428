#include "engine/query/stores.h"

#include <atomic>
#include <thread>

#include "engine/runtime/topics.h"
#include "engine/runtime/verify.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/support/folders.h"
#include "tests/support/small_engine.h"

namespace revops {
namespace {

using test::About;
using test::SmallEngine;
using ::testing::HasSubstr;

TEST(StoresTest, AHeldEngineTakesNoTouchpointsUntilItIsReleased) {
  SmallEngine small(2);
  small.engine().Start();
  ASSERT_TRUE(small.engine().Hold(1, absl::Hours(1)).ok());
  small.Publish({About("contact:crm:ada") + "page_view {}"});
  // Round after round nothing is taken.
  for (int p = 0; p < 2; ++p) {
    const uint64_t rounds = small.engine().rounds(p);
    while (small.engine().rounds(p) < rounds + 5) std::this_thread::yield();
  }
  EXPECT_EQ(*small.engine().Lag(), 1u);
  small.engine().Release(1);
  while (*small.engine().Lag() > 0) std::this_thread::yield();
}

TEST(StoresTest, AMomentOfRestIsFoundWhileSomebodyPublishesAndVerifiesAsThen) {
  SmallEngine small(3);
  small.engine().Start();
  std::atomic<bool> stop{false};
  std::thread publisher([&] {
    for (int i = 0; !stop; ++i) {
      // Published to the home of the visitor, folded at the home of the contact: all is routed.
      const std::string visitor = absl::StrCat("anonymous:web:v", i % 20);
      small.Publish(
          {About(visitor) + "page_view {}",
           About(visitor) + "linked { child { kind: ANONYMOUS namespace: 'web' value: 'v" +
               absl::StrCat(i % 20) + "' } parent { kind: CONTACT namespace: 'crm' value: 'c" +
               absl::StrCat(i % 7) + "' } }"});
    }
  });
  OwnStores stores(small.engine());
  for (int round = 0; round < 3; ++round) {
    const auto look = stores.LookAtRest(absl::Minutes(2));
    ASSERT_TRUE(look.ok()) << look.status();
    std::vector<VerifiedStore> seen;
    for (const PartitionLook& one : *look) seen.push_back({one.store.get(), one.progress, ""});
    const test::TemporaryFolder scratch;
    VerifyOptions options;
    options.scratch_folder = scratch.path() + "/verify";
    const auto verified = Verify(small.engine(), seen, options);
    ASSERT_TRUE(verified.ok()) << verified.status();
    EXPECT_TRUE(verified->equal) << verified->differences.size();
    // It is no quiet log: more was published meanwhile.
    uint64_t verified_up_to = 0, end = 0;
    for (int p = 0; p < 3; ++p) {
      verified_up_to += seen[p].progress.touchpoints();
      end += *small.log().End({kTouchpoints, p});
    }
    EXPECT_GT(end, verified_up_to);
  }
  stop = true;
  publisher.join();
}

TEST(StoresTest, StoresThatDoNotComeToRestSayWhatIsUnderWay) {
  SmallEngine small(1);
  v1::RoutedRecord waiting;
  waiting.set_link_version(7);  // which never comes
  ASSERT_TRUE(small.log().Append({{{kRouted, 0}, "", waiting.SerializeAsString()}}).ok());
  small.engine().Start();
  OwnStores stores(small.engine());
  const absl::Status restless = stores.LookAtRest(absl::Milliseconds(20)).status();
  EXPECT_TRUE(absl::IsUnavailable(restless)) << restless;
  EXPECT_THAT(std::string(restless.message()),
              HasSubstr("partition 0 has still to fold 1 events that others sent it"));
}

}  // namespace
}  // namespace revops
