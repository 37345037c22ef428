// Partitions that somebody adds to the topics under processes that run: who takes events in refuses
// them in words and says so once, and dead letters are told as before.
#include <filesystem>
#include <string>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/time/clock.h"
#include "engine/runtime/topics.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/chaos/cluster.h"
#include "tests/support/shared_kafka.h"
#include "tests/support/text_events.h"

namespace revops::test {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

class GrownTopicsTest : public OverSharedKafkaTest {
 protected:
  static absl::Status Publish(ClusterProcess& process, const std::string& id) {
    v1::PublishRequest request;
    *request.add_events() = EventOf({id, 1, {absl::StrCat("contact:crm:", id)}, "page_view {}"});
    return process.api().Publish(request).status();
  }
  // Looks until it is so, at most for a minute.
  template <typename Seen>
  static bool Await(const Seen& seen) {
    for (int look = 0; look < 1200; ++look) {
      if (seen()) return true;
      absl::SleepFor(absl::Milliseconds(50));
    }
    return false;
  }
  void ExpectRefusedOnceGrown(const std::string& role, const std::string& topic, int partitions) {
    const auto process = Process(role, absl::StrCat(role, "-", topic));
    ASSERT_NO_FATAL_FAILURE(process->Start());
    ASSERT_EQ(Publish(*process, "before"), absl::OkStatus());
    const absl::Status grown = OpenSharedTopics(prefix_)->AddPartitions(topic, partitions);
    ASSERT_TRUE(grown.ok()) << grown;
    absl::Status refused;
    ASSERT_TRUE(Await([&] { return !(refused = Publish(*process, "after")).ok(); }));
    EXPECT_EQ(refused.code(), absl::StatusCode::kFailedPrecondition) << refused;
    EXPECT_THAT(
        std::string(refused.message()),
        AllOf(HasSubstr(absl::StrCat("topic ", prefix_, topic, " had ", partitions - 1)),
              HasSubstr(absl::StrCat("now has ", partitions)), HasSubstr("kafka copy --back")));
    // Not on another question either, and one line however many are refused.
    const auto lines = [&] {
      int count = 0;
      for (const absl::string_view line : absl::StrSplit(process->said(), '\n')) {
        if (absl::StrContains(line, "topic_does_not_fit") && absl::StrContains(line, " had ")) {
          ++count;
        }
      }
      return count;
    };
    EXPECT_TRUE(Await([&] { return lines() > 0; })) << process->said();
    for (int i = 0; i < 3; ++i) EXPECT_FALSE(Publish(*process, "again").ok());
    EXPECT_EQ(lines(), 1) << process->said();
    process->Stop();
  }
};

TEST_F(GrownTopicsTest, IngestTakesNothingMoreInOnceTouchpointsHasMorePartitions) {
  ASSERT_NO_FATAL_FAILURE(MakeTopics(2));
  if (IsSkipped()) return;
  ExpectRefusedOnceGrown("ingest", kTouchpoints, 3);
}

TEST_F(GrownTopicsTest, IngestTakesNothingMoreInOnceLinksHaveNoOneOrder) {
  ASSERT_NO_FATAL_FAILURE(MakeTopics(2));
  if (IsSkipped()) return;
  ExpectRefusedOnceGrown("serve", kIdentities, 2);
}

TEST_F(GrownTopicsTest, IngestTakesNothingMoreInOnceRoutedHasMorePartitions) {
  ASSERT_NO_FATAL_FAILURE(MakeTopics(2));
  if (IsSkipped()) return;
  std::string routed;
  {
    const auto first = Process("ingest", "first");
    ASSERT_NO_FATAL_FAILURE(first->Start());
    const std::filesystem::directory_iterator views(first->folder() + "/views");
    routed = absl::StrCat(kRouted, "-", views->path().filename().string());
    first->Stop();
  }
  ExpectRefusedOnceGrown("ingest", routed, 3);
}

TEST_F(GrownTopicsTest, DeadLettersAreToldAfterTheirTopicGotMorePartitions) {
  ASSERT_NO_FATAL_FAILURE(MakeTopics(1));
  if (IsSkipped()) return;
  const auto process = Process("project", "node");
  ASSERT_NO_FATAL_FAILURE(process->Start());
  Append(0, {"no event"});
  const auto topics = OpenSharedTopics(prefix_);
  const auto told = [&] {
    Offset count = 0;
    for (int p = 0; p < *topics->Partitions(kDeadLettersTopic); ++p) {
      const auto offsets = topics->Offsets({kDeadLettersTopic, p});
      if (offsets.ok()) count += offsets->end;
    }
    return count;
  };
  ASSERT_TRUE(Await([&] { return told() == 1; }));
  const int before = *topics->Partitions(kDeadLettersTopic);
  ASSERT_TRUE(topics->AddPartitions(kDeadLettersTopic, before + 3).ok());
  // Long enough to be noticed: letters go on, and come to a new partition too.
  const auto grown = OpenSharedTopics(prefix_);
  ASSERT_TRUE(Await([&] { return grown->Partitions(kDeadLettersTopic).value_or(0) > before; }));
  int sent = 0;
  EXPECT_TRUE(Await([&] {
    Append(0, {absl::StrCat("no event ", ++sent)});
    for (int p = before; p < before + 3; ++p) {
      const auto offsets = grown->Offsets({kDeadLettersTopic, p});
      if (offsets.ok() && offsets->end > 0) return true;
    }
    return false;
  })) << process->said();
  const v1::StatusResponse settled = process->AwaitSettled();
  EXPECT_EQ(settled.partitions(0).dead_letters(), static_cast<uint64_t>(sent) + 1);
  EXPECT_EQ(process->said().find("stands_still"), std::string::npos) << process->said();
  process->Stop();
}

}  // namespace
}  // namespace revops::test
