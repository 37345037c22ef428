// SIGTERM while events are published and folded: each role ends well and soon, what was
// acknowledged is in the log, what was folded is not folded again, and what was asked is answered.
#include <atomic>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "engine/base/clock.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/chaos/cluster.h"
#include "tests/support/text_events.h"

namespace revops::test {
namespace {

constexpr int kPartitions = 4;
constexpr size_t kEventsOfBatch = 21;
constexpr int64_t kStopMicrosMax = 10'000'000;

class StopTest : public OverSharedKafkaTest, public ::testing::WithParamInterface<std::string> {
 protected:
  // A batch that nobody else publishes; links among it.
  static v1::PublishRequest Batch(int n) {
    v1::PublishRequest request;
    for (int i = 0; i + 1 < static_cast<int>(kEventsOfBatch); ++i) {
      const std::string name = absl::StrCat(n, "-", i);
      *request.add_events() = EventOf({name, n, {"anonymous:web:" + name}, "page_view {}"});
    }
    const std::string child = absl::StrCat("anonymous:web:", n, "-0");
    *request.add_events() =
        EventOf({absl::StrCat("link", n),
                 n,
                 {child},
                 absl::StrCat("linked { ", Field("child", child),
                              Field("parent", absl::StrCat("contact:crm:c", n % 7)), "}")});
    return request;
  }
};

TEST_P(StopTest, UnderLoadItEndsWellAndTheNextStartGoesOn) {
  ASSERT_NO_FATAL_FAILURE(MakeTopics(kPartitions));
  if (IsSkipped()) return;
  // `stopped` is told to stop; `door` takes events in meanwhile, or is itself the one.
  const auto stopped = Process(GetParam(), "stopped");
  ASSERT_NO_FATAL_FAILURE(stopped->Start());
  std::unique_ptr<ClusterProcess> other;
  if (GetParam() != "serve") {
    other = Process(GetParam() == "ingest" ? "project" : "ingest", "other");
    ASSERT_NO_FATAL_FAILURE(other->Start());
  }
  ClusterProcess& door = GetParam() == "project" ? *other : *stopped;

  std::atomic<int> batches{0};
  std::atomic<int> cut_off{0};
  std::atomic<bool> enough{false};
  std::vector<std::thread> publishers;
  std::vector<std::vector<int>> acknowledged(4);
  for (int t = 0; t < 4; ++t) {
    publishers.emplace_back([&, t] {
      const auto api = RemoteApi::Open(door.url(), {});
      while (!enough && batches < 2000) {
        const int n = batches++;
        const auto answer = (*api)->Publish(Batch(n));
        if (!answer.ok()) {
          // It listens no more, or said that it stops; an answer that had begun is whole.
          ++cut_off;
          return;
        }
        acknowledged[t].push_back(n);
      }
    });
  }
  // In the midst of it, once some was folded.
  (other == nullptr || GetParam() == "project" ? *stopped : *other)
      .AwaitStatus([](const v1::StatusResponse& status) {
        uint64_t kept = 0;
        for (const v1::PartitionStatus& partition : status.partitions()) kept += partition.kept();
        return kept > 500;
      });
  const SystemClock clock;
  const int64_t began = clock.MonotonicMicros();
  stopped->Stop();  // exit code 0
  EXPECT_LT(clock.MonotonicMicros() - began, kStopMicrosMax);
  enough = true;
  for (std::thread& publisher : publishers) publisher.join();
  if (&door == stopped.get()) {
    EXPECT_EQ(cut_off, 4);
  }

  ASSERT_NO_FATAL_FAILURE(stopped->Start());
  const v1::StatusResponse status = stopped->AwaitSettled();
  size_t events = 0;
  for (const auto& mine : acknowledged) events += mine.size() * kEventsOfBatch;
  EXPECT_GT(events, 500u);
  // What was appended was answered: nothing is missing, and nothing is there that nobody knows of.
  uint64_t ends = 0, kept = 0;
  for (const v1::PartitionStatus& partition : status.partitions()) {
    ends += partition.end();
    kept += partition.kept();
    // Of each record the store has read one, however often it was opened.
    EXPECT_EQ(partition.read(), partition.position() + partition.routed_position());
    EXPECT_EQ(partition.position(), partition.end());
  }
  EXPECT_EQ(ends, events);
  EXPECT_GE(kept, events);
  const ProgramRun verified = RunProgram({"verify", "--server", stopped->url()});
  EXPECT_EQ(verified.exit_code, 0) << verified.out << verified.err;
  stopped->Stop();
  if (other != nullptr) other->Stop();
}

INSTANTIATE_TEST_SUITE_P(Roles, StopTest, ::testing::Values("ingest", "project", "serve"),
                         [](const auto& role) { return role.param; });

}  // namespace
}  // namespace revops::test
