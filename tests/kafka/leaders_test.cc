// Brokers that lead partitions, die and stay away: whoever asks finds those that lead after them.
#include <chrono>
#include <future>
#include <memory>
#include <vector>

#include "engine/base/status.h"
#include "engine/log/kafka_log.h"
#include "engine/runtime/topics.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/support/kafka_broker.h"

namespace revops::test {
namespace {
using ::testing::Each;
using ::testing::SizeIs;

constexpr int kPartitions = 8;  // of three brokers each leads some
// A broker is missed after five seconds; the rest is for a busy machine.
constexpr std::chrono::seconds kInTime{60};

std::unique_ptr<KafkaLog> Open(const KafkaBroker& brokers) {
  KafkaLogOptions options;
  options.connection = brokers.connection();
  auto log = KafkaLog::Open(std::move(options));
  REVOPS_CHECK(log.ok());
  return *std::move(log);
}

// Partition -> its records, asked for as the store of a partition is opened, until all answer.
std::vector<size_t> RecordsOf(KafkaLog& log) {
  std::vector<size_t> counts;
  while (counts.size() < kPartitions) {
    const TopicPartition where{kTouchpoints, static_cast<int>(counts.size())};
    const auto start = log.Start(where);
    const auto end = log.End(where);
    if (!start.ok() || !end.ok()) continue;
    const auto records = log.Read(where, *start, {});
    if (!records.ok()) continue;
    EXPECT_EQ(records->size(), *end - *start);
    counts.push_back(records->size());
  }
  return counts;
}

TEST(KafkaLeadersTest, ALeaderThatDiesAndStaysAwayKeepsNobodyFromItsPartitions) {
  const auto brokers = KafkaBroker::Start(
      {.nodes = 3,
       .settings = {"broker.session.timeout.ms=5000", "broker.heartbeat.interval.ms=500"}});
  ASSERT_TRUE(brokers.ok()) << brokers.status();
  const auto before = Open(**brokers);
  ASSERT_EQ(before->EnsureTopic(kTouchpoints, kPartitions), absl::OkStatus());
  for (int p = 0; p < kPartitions; ++p) {
    absl::Status appended = absl::UnavailableError("not tried");
    for (int tries = 0; tries < 10 && !appended.ok(); ++tries) {
      appended = before->Append({{{kTouchpoints, p}, "", "x"}}).status();
    }
    ASSERT_EQ(appended, absl::OkStatus()) << p;
  }
  (*brokers)->Kill(1);
  const auto after = Open(**brokers);

  std::vector<std::future<std::vector<size_t>>> asked;
  for (KafkaLog* log : {before.get(), after.get()}) {
    asked.push_back(std::async(std::launch::async, [log] { return RecordsOf(*log); }));
  }
  const auto until = std::chrono::steady_clock::now() + kInTime;
  bool in_time = true;
  for (const auto& answers : asked) {
    in_time = in_time && answers.wait_until(until) == std::future_status::ready;
  }
  EXPECT_TRUE(in_time) << "nobody answers for partitions that the broker led";
  if (!in_time) (*brokers)->Restart(1);
  for (auto& answers : asked) {
    EXPECT_THAT(answers.get(), ::testing::AllOf(SizeIs(kPartitions), Each(1u)));
  }
}

}  // namespace
}  // namespace revops::test
