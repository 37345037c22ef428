// A process whose disk is full.

#include <sys/mount.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "engine/base/clock.h"
#include "engine/log/kafka_log.h"
#include "engine/log/renamed_log.h"
#include "engine/runtime/topics.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "projections/registry.h"
#include "tests/chaos/cluster.h"
#include "tests/chaos/history.h"
#include "tests/support/cluster_check.h"
#include "tests/support/kafka_broker.h"

namespace revops::test {
namespace {
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr int64_t kWaitMicrosMax = 120'000'000;

// A file system in memory of a few megabytes.
class SmallDisk final {
 public:
  explicit SmallDisk(int mebibytes)
      : is_mounted_(mount("tmpfs", folder_.path().c_str(), "tmpfs", 0,
                          absl::StrCat("size=", mebibytes, "m").c_str()) == 0) {}
  ~SmallDisk() {
    if (is_mounted_) umount2(folder_.path().c_str(), MNT_DETACH);
  }
  bool is_mounted() const { return is_mounted_; }
  const std::string& path() const { return folder_.path(); }

  void Fill() const {
    std::ofstream ballast(Ballast(), std::ios::binary);
    const std::string block(4096, 'x');
    while (ballast.write(block.data(), static_cast<std::streamsize>(block.size())).flush()) {
    }
  }
  void MakeRoom() const { std::filesystem::remove(Ballast()); }

 private:
  std::string Ballast() const { return folder_.path() + "/ballast"; }

  const TemporaryFolder folder_;
  const bool is_mounted_;
};

class HardshipTest : public OverKafkaTest {
 protected:
  void Start(int partitions, const std::string& folder) {
    ASSERT_NO_FATAL_FAILURE(StartBroker(partitions));
    if (IsSkipped()) return;
    partitions_ = partitions;
    server_ = std::make_unique<ClusterProcess>("serve", broker_->brokers(), folder);
    ASSERT_NO_FATAL_FAILURE(server_->Start());
  }

  void Publish(const std::vector<v1::Event>& events) {
    for (size_t from = 0; from < events.size(); from += 100) {
      const std::vector<v1::Event> batch(
          events.begin() + static_cast<ptrdiff_t>(from),
          events.begin() + static_cast<ptrdiff_t>(std::min(from + 100, events.size())));
      published_.Attempt(batch);
      v1::PublishRequest request;
      for (const v1::Event& event : batch) *request.add_events() = event;
      const auto response = server_->api().Publish(request);
      ASSERT_TRUE(response.ok()) << response.status();
      ASSERT_EQ(response->refused(), 0u);
      published_.Acknowledge(batch);
    }
  }

  // Looks at the status until it is as wanted.
  template <typename Wanted>
  v1::StatusResponse AwaitStatus(const Wanted& wanted) {
    const int64_t deadline = clock_.MonotonicMicros() + kWaitMicrosMax;
    absl::StatusOr<v1::StatusResponse> status;
    do {
      status = server_->api().Status({});
      if (status.ok() && wanted(*status)) return *status;
      absl::SleepFor(absl::Milliseconds(50));
    } while (clock_.MonotonicMicros() < deadline);
    ADD_FAILURE() << (status.ok() ? status->ShortDebugString() : status.status().ToString());
    return {};
  }
  static bool IsSettled(const v1::StatusResponse& status) { return status.seen().settled(); }

  // Stops the process and checks its stores.
  std::vector<std::string> Problems() {
    const std::filesystem::directory_iterator views(server_->folder() + "/views");
    server_->Stop();
    ViewMemory memory(64 << 20);
    std::vector<std::unique_ptr<ViewStore>> opened;
    std::vector<ClusterStore> stores;
    for (int p = 0; p < partitions_; ++p) {
      const std::string path = absl::StrCat(views->path().string(), "/partition-", p);
      auto store = ViewStore::Open(path, memory);
      if (!store.ok()) return {store.status().ToString()};
      opened.push_back(*std::move(store));
      stores.push_back({path, p, opened.back().get()});
    }
    KafkaLogOptions options;
    options.connection = broker_->connection();
    const auto log = KafkaLog::Open(options);
    if (!log.ok()) return {log.status().ToString()};
    RenamedLog topics(**log,
                      {{kRouted, absl::StrCat(kRouted, "-", views->path().filename().string())}});
    return CheckCluster(topics, AllProjections(), RevenueModel::Default(), stores, published_)
        .problems;
  }

  const SystemClock clock_;
  std::unique_ptr<ClusterProcess> server_;
  Published published_;
  int partitions_ = 0;
};

TEST_F(HardshipTest, AFullDiskStopsTheFoldInWordsLosesNothingAndGoesOnWhenThereIsRoom) {
  const SmallDisk disk(32);
  if (!disk.is_mounted()) {
    GTEST_SKIP() << "a small disk cannot be mounted here: " << std::strerror(errno);
  }
  ASSERT_NO_FATAL_FAILURE(Start(2, disk.path() + "/node"));
  if (IsSkipped()) return;
  const std::vector<v1::Event> events = History(1, 3);
  const auto half = static_cast<ptrdiff_t>(events.size() / 2);
  Publish({events.begin(), events.begin() + half});
  AwaitStatus(IsSettled);

  disk.Fill();
  // The log is elsewhere: what is published is kept, though it is not folded.
  Publish({events.begin() + half, events.end()});
  const v1::StatusResponse full = AwaitStatus([](const v1::StatusResponse& status) {
    return !status.partitions(0).error().empty() && !status.partitions(1).error().empty();
  });
  for (const v1::PartitionStatus& partition : full.partitions()) {
    EXPECT_THAT(partition.error(),
                AllOf(HasSubstr("No space left on device"), HasSubstr("make room")));
  }

  disk.MakeRoom();
  AwaitStatus(IsSettled);
  EXPECT_THAT(Problems(), IsEmpty());
}

}  // namespace
}  // namespace revops::test
