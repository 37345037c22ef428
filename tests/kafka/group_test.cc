#include "engine/log/kafka_group.h"

#include <condition_variable>
#include <memory>
#include <mutex>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "engine/base/status.h"
#include "engine/log/kafka_log.h"
#include "tests/support/kafka_broker.h"

namespace revops::test {
namespace {
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

// A member and what it was told.
class Watched final {
 public:
  Watched(const std::string& prefix, const std::string& instance) {
    KafkaGroupOptions options;
    options.connection = (*SharedBroker())->connection();
    options.topic_prefix = prefix;
    options.group = prefix + "projectors";
    options.instance = instance;
    options.session_timeout = absl::Seconds(6);
    KafkaGroup::Callbacks callbacks;
    callbacks.assigned = [this](const std::vector<int>& partitions) {
      std::lock_guard<std::mutex> lock(mutex_);
      owned_ = partitions;
      changed_.notify_all();
    };
    callbacks.revoked = [this](const std::vector<int>& partitions, bool) {
      std::lock_guard<std::mutex> lock(mutex_);
      owned_.clear();
      changed_.notify_all();
    };
    callbacks.ended = [this](const absl::Status& why) {
      std::lock_guard<std::mutex> lock(mutex_);
      ended_ = why;
      changed_.notify_all();
    };
    auto group = KafkaGroup::Join(std::move(options), std::move(callbacks));
    REVOPS_CHECK(group.ok());
    group_ = *std::move(group);
  }

  // Waits until the member owns so many partitions; what it owns.
  std::vector<int> AwaitOwned(size_t count) {
    std::unique_lock<std::mutex> lock(mutex_);
    changed_.wait_for(lock, std::chrono::minutes(1), [&] { return owned_.size() == count; });
    return owned_;
  }
  // Why membership is over, if it is within that time.
  absl::Status End(absl::Duration wait) {
    std::unique_lock<std::mutex> lock(mutex_);
    changed_.wait_for(lock, absl::ToChronoMilliseconds(wait), [&] { return !ended_.ok(); });
    return ended_;
  }
  KafkaGroup& group() { return *group_; }
  void Leave() { group_.reset(); }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<int> owned_;
  absl::Status ended_;
  std::unique_ptr<KafkaGroup> group_;
};

class KafkaGroupTest : public ::testing::Test {
 protected:
  KafkaGroupTest() {
    KafkaLogOptions options;
    options.connection = (*SharedBroker())->connection();
    options.topic_prefix = prefix_;
    auto log = KafkaLog::Open(std::move(options));
    REVOPS_CHECK(log.ok());
    REVOPS_CHECK((*log)->EnsureTopic("touchpoints", 4).ok());
  }
  const std::string prefix_ = FreshName("group") + ".";
};

TEST_F(KafkaGroupTest, MembersShareThePartitionsInRangesAndTakeOverFromOneThatIsGone) {
  Watched first(prefix_, "a");
  EXPECT_THAT(first.AwaitOwned(4), ElementsAre(0, 1, 2, 3));
  Watched second(prefix_, "b");
  EXPECT_THAT(second.AwaitOwned(2), ElementsAre(2, 3));
  EXPECT_THAT(first.AwaitOwned(2), ElementsAre(0, 1));
  first.Leave();
  EXPECT_THAT(first.AwaitOwned(0), IsEmpty());
  EXPECT_THAT(second.AwaitOwned(4), ElementsAre(0, 1, 2, 3));
}

TEST_F(KafkaGroupTest, OfTwoProcessesUnderOneNameOneIsEndedInWordsAndTheOtherStays) {
  Watched first(prefix_, "same");
  first.AwaitOwned(4);
  Watched second(prefix_, "same");
  Watched* ended = nullptr;
  for (int look = 0; look < 600 && ended == nullptr; ++look) {
    for (Watched* one : {&first, &second}) {
      if (!one->End(absl::Milliseconds(100)).ok()) ended = one;
    }
  }
  ASSERT_NE(ended, nullptr);
  EXPECT_THAT(std::string(ended->End(absl::ZeroDuration()).message()),
              HasSubstr("another process runs under"));
  EXPECT_THAT(ended->AwaitOwned(0), IsEmpty());
  EXPECT_THAT((ended == &first ? second : first).AwaitOwned(4), ElementsAre(0, 1, 2, 3));
}

}  // namespace
}  // namespace revops::test
