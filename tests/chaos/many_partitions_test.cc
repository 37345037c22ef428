// One process that owns many partitions, all of them far behind.
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "engine/base/hash.h"
#include "engine/log/kafka_log.h"
#include "engine/runtime/topics.h"
#include "gtest/gtest.h"
#include "tests/chaos/cluster.h"
#include "tests/chaos/history.h"

namespace revops::test {
namespace {

constexpr int kPartitions = 64;
constexpr int kMemoryMib = 128;
// What a partition that is behind may hold besides, the largest twice: as fetched and as read.
constexpr int kReadAheadMib = 2 * 4;
// The program itself, its threads, and links.
constexpr int kProgramMib = 128;

// Units: MiB, the most that was resident so far. Source: proc(5).
int PeakMib(pid_t pid) {
  std::ifstream file(absl::StrCat("/proc/", pid, "/status"));
  for (std::string line; std::getline(file, line);) {
    int kib = 0;
    if (line.rfind("VmHWM:", 0) == 0 && std::istringstream(line.substr(6)) >> kib) {
      return kib >> 10;
    }
  }
  return 0;
}

class ManyPartitionsTest : public OverKafkaTest {
 protected:
  // The company's events, as plain clients write them, until the log holds `mebibytes`.
  void Fill(int mebibytes) {
    KafkaLogOptions options;
    options.connection = broker_->connection();
    const auto log = KafkaLog::Open(options);
    ASSERT_TRUE(log.ok()) << log.status();
    const std::vector<v1::Event> company = History(5, 40);
    int64_t bytes = 0;
    for (int copy = 0; bytes < int64_t{mebibytes} << 20; ++copy) {
      std::vector<NewRecord> records;
      for (v1::Event event : company) {
        // Told again, and again: read in full, kept once.
        const std::string key = absl::StrCat(event.id(), copy);
        records.push_back(
            {{kTouchpoints, PartitionFor(key, kPartitions)}, key, event.SerializeAsString()});
        bytes += static_cast<int64_t>(records.back().value.size());
      }
      published_ += static_cast<int>(records.size());
      const auto appended = (*log)->Append(std::move(records));
      ASSERT_TRUE(appended.ok()) << appended.status();
    }
  }

  int published_ = 0;
};

TEST_F(ManyPartitionsTest, OneProcessFoldsSixtyFourWithinTheMemoryItWasGiven) {
  StartBroker(kPartitions);
  if (IsSkipped()) return;
  Fill(32);
  ClusterProcess process("project", broker_->brokers(), folder_.path() + "/node",
                         {"--memory-mib", absl::StrCat(kMemoryMib)});
  process.Start();
  const v1::StatusResponse status = process.AwaitSettled();
  ASSERT_EQ(status.partitions_size(), kPartitions);
  uint64_t read = 0;  // of touchpoints: what is forwarded is read once more, from routed
  for (const v1::PartitionStatus& partition : status.partitions()) {
    EXPECT_EQ(partition.lag(), 0u) << partition.partition();
    read += partition.read() - partition.forwarded();
  }
  EXPECT_EQ(read, static_cast<uint64_t>(published_));
  const int peak = PeakMib(process.pid());
  RecordProperty("peak_mib", peak);
  EXPECT_GT(peak, 0);
  EXPECT_LT(peak, kMemoryMib + kPartitions * kReadAheadMib + kProgramMib);

  v1::ListRequest question;
  question.set_view("opportunity");
  EXPECT_TRUE(process.api().List(question).ok());
  process.Stop();
}

}  // namespace
}  // namespace revops::test
