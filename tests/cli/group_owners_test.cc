#include "engine/cli/group_owners.h"

#include <atomic>
#include <thread>

#include "absl/synchronization/notification.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace revops {
namespace {

using ::testing::IsEmpty;
using ::testing::Pair;
using ::testing::UnorderedElementsAre;

using Members = std::vector<KafkaMember>;

void AwaitOwners(GroupOwners& owners, const std::map<int, std::string>& expected) {
  while (owners.Owners() != expected) std::this_thread::yield();
}

TEST(GroupOwnersTest, EachPartitionIsItsMembersByTheAddressThatTheMemberAnnounced) {
  GroupOwners owners([] {
    return Members{{"http://a:1", {0, 2}}, {"http://b:2", {1}}, {"http://idle:3", {}}};
  });
  while (owners.Owners().empty()) std::this_thread::yield();
  EXPECT_THAT(owners.Owners(), UnorderedElementsAre(Pair(0, "http://a:1"), Pair(1, "http://b:2"),
                                                    Pair(2, "http://a:1")));
}

TEST(GroupOwnersTest, WhileTheGroupSharesAnewTheOwnersOfBeforeAreTold) {
  std::atomic<int> asked{0};
  std::atomic<bool> shared{false};
  GroupOwners owners([&]() -> absl::StatusOr<Members> {
    if (++asked == 1) return Members{{"http://a:1", {0}}};
    if (!shared) return absl::UnavailableError("the group shares its partitions anew");
    return Members{{"http://b:2", {0}}};
  });
  AwaitOwners(owners, {{0, "http://a:1"}});
  while (asked < 3) {
    owners.Refresh();
    std::this_thread::yield();
  }
  EXPECT_EQ(owners.Owners().at(0), "http://a:1");
  shared = true;
  owners.Refresh();
  AwaitOwners(owners, {{0, "http://b:2"}});
}

TEST(GroupOwnersTest, AnAddressIsForgottenOnceTheGroupHasGivenItsPartitionAway) {
  std::atomic<bool> gone{false};
  GroupOwners owners([&] {
    return gone ? Members{{"http://b:2", {1}}} : Members{{"http://a:1", {0}}, {"http://b:2", {1}}};
  });
  AwaitOwners(owners, {{0, "http://a:1"}, {1, "http://b:2"}});
  gone = true;
  owners.Refresh();
  AwaitOwners(owners, {{1, "http://b:2"}});
}

TEST(GroupOwnersTest, ACoordinatorThatDoesNotAnswerKeepsNobodyWaiting) {
  absl::Notification asked, answer;
  {
    GroupOwners owners([&]() -> absl::StatusOr<Members> {
      if (!asked.HasBeenNotified()) asked.Notify();
      answer.WaitForNotification();
      return absl::UnavailableError("no coordinator answers");
    });
    asked.WaitForNotification();
    EXPECT_THAT(owners.Owners(), IsEmpty());
    owners.Refresh();
    EXPECT_THAT(owners.Owners(), IsEmpty());
    answer.Notify();
  }
}

}  // namespace
}  // namespace revops
