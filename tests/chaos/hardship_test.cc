// A process whose disk is full, and records that are no events, under processes that fold.
#include <sys/mount.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
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
#include "tests/support/shared_kafka.h"
#include "tests/support/text_events.h"

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

// Two projectors over the shared broker.
class SharedHardshipTest : public OverSharedKafkaTest {
 protected:
  // Waits until `a` and `b` own as many partitions each, and all is folded.
  void AwaitBoth() {
    a_->AwaitSettled(2);
    b_->AwaitSettled(2);
  }
  std::set<int> PartitionsOf(const ClusterProcess& process) const {
    std::string port;
    std::ifstream(process.folder() + "/peer-port") >> port;
    const auto status = b_->api().Status({});
    EXPECT_TRUE(status.ok()) << status.status();
    std::set<int> owned;
    for (const v1::PartitionStatus& partition : status->partitions()) {
      if (absl::EndsWith(partition.owner(), ":" + port)) owned.insert(partition.partition());
    }
    return owned;
  }
  void ExpectSameFoldedAgain() const {
    const ProgramRun verified = RunProgram({"verify", "--server", b_->url()});
    EXPECT_EQ(verified.exit_code, 0) << verified.out << verified.err;
    EXPECT_THAT(verified.out, HasSubstr("Equal"));
  }

  std::unique_ptr<ClusterProcess> a_, b_;
};

std::string VisitOf(const std::string& id) {
  return RecordOf({id, 1, {absl::StrCat("contact:crm:", id)}, "page_view {}"});
}

TEST_F(SharedHardshipTest, OnlyTheProcessWhoseDiskIsFullStopsAndItGoesOnWhenThereIsRoom) {
  const SmallDisk disk(32);
  if (!disk.is_mounted()) {
    GTEST_SKIP() << "a small disk cannot be mounted here: " << std::strerror(errno);
  }
  ASSERT_NO_FATAL_FAILURE(MakeTopics(4));
  if (IsSkipped()) return;
  a_ = std::make_unique<ClusterProcess>("project", broker_->brokers(), disk.path() + "/node",
                                        std::vector<std::string>{"--kafka-prefix", prefix_});
  b_ = Process("project", "b");
  ASSERT_NO_FATAL_FAILURE(a_->Start());
  ASSERT_NO_FATAL_FAILURE(b_->Start());
  AwaitBoth();
  const std::set<int> full = PartitionsOf(*a_);
  ASSERT_EQ(full.size(), 2u);

  disk.Fill();
  for (int p = 0; p < 4; ++p) {
    std::vector<std::string> records;
    for (int i = 0; i < 50; ++i) records.push_back(VisitOf(absl::StrCat("v", p, "-", i)));
    Append(p, records);
  }
  const v1::StatusResponse stuck = b_->AwaitStatus([&](const v1::StatusResponse& status) {
    for (const v1::PartitionStatus& partition : status.partitions()) {
      const bool stands = full.count(partition.partition()) > 0;
      if (stands == partition.error().empty()) return false;
      if (!stands && partition.position() < 50) return false;
    }
    return true;
  });
  for (const v1::PartitionStatus& partition : stuck.partitions()) {
    if (full.count(partition.partition()) == 0) continue;
    EXPECT_THAT(partition.error(),
                AllOf(HasSubstr("No space left on device"), HasSubstr("make room")));
  }
  EXPECT_EQ(PartitionsOf(*a_), full);

  disk.MakeRoom();
  AwaitBoth();
  EXPECT_EQ(PartitionsOf(*a_), full);
  uint64_t kept = 0;
  const auto status = a_->api().Status({});
  ASSERT_TRUE(status.ok()) << status.status();
  for (const v1::PartitionStatus& partition : status->partitions()) kept += partition.kept();
  EXPECT_EQ(kept, 200u);
  ExpectSameFoldedAgain();
  a_->Stop();  // before its disk goes
}

// Groups within groups, as no parser should follow them.
std::string Nested(size_t depth) {
  // Field 1000 as a group: its start, and its end.
  std::string bytes;
  for (size_t i = 0; i < depth; ++i) bytes += "\xc3\x3e";
  for (size_t i = 0; i < depth; ++i) bytes += "\xc4\x3e";
  return bytes;
}

TEST_F(SharedHardshipTest, PoisonedRecordsStopNoProcessAndAreCountedListedAndTold) {
  constexpr int kPartitions = 4;
  if (SharedBroker().ok()) {
    // Somebody has let larger records in than this program appends.
    const auto topics = OpenSharedTopics(prefix_);
    KafkaTopicSettings settings = topics->Wanted(kPartitions, 1 << 20);
    settings.configs["max.message.bytes"] = "4000000";
    ASSERT_TRUE(topics->Create(kTouchpoints, settings).ok());
  }
  ASSERT_NO_FATAL_FAILURE(MakeTopics(kPartitions));
  if (IsSkipped()) return;
  a_ = Process("project", "a");
  b_ = Process("project", "b");
  ASSERT_NO_FATAL_FAILURE(a_->Start());
  ASSERT_NO_FATAL_FAILURE(b_->Start());
  AwaitBoth();

  const std::string event = VisitOf("x");
  const std::string magic("\0\0\0\0\x07", 5);
  const std::vector<std::string> poison = {
      "no event",
      std::string(1'000'000, '\xff'),
      event.substr(0, event.size() - 1),
      event + Nested(200'000),
      Nested(100),
      // A length that reaches beyond the record, and one beyond what fits into memory.
      "\x0a\x7f",
      "\x0a\xff\xff\xff\xff\x0f",
      // Confluent's header: nothing behind it; indexes without end; more indexes than bytes.
      magic,
      magic + std::string(500, '\xff'),
      magic + "\x7e" + event,
      // In the topic's limit, but beyond what an event may have.
      RecordOf({"large",
                1,
                {"contact:crm:large"},
                absl::StrCat("page_view { title: \"", std::string(100'000, 'x'), "\" }")}),
  };
  for (int p = 0; p < kPartitions; ++p) {
    Append(p, {VisitOf(absl::StrCat("before", p))});
    Append(p, poison);
  }
  const std::string file = folder_.path() + "/two-megabytes";
  std::ofstream(file, std::ios::binary) << std::string(2'000'000, 'x');
  const auto sent = RunShell(absl::StrCat("kcat -P -b ", broker_->brokers(), " -t ", prefix_,
                                          "touchpoints -X message.max.bytes=4000000 -p 3 ", file));
  ASSERT_TRUE(sent.ok()) << sent.status();
  for (int p = 0; p < kPartitions; ++p) Append(p, {VisitOf(absl::StrCat("after", p))});
  AwaitBoth();

  const uint64_t letters = kPartitions * poison.size() + 1;
  for (ClusterProcess* process : {a_.get(), b_.get()}) {
    const auto status = process->api().Status({});
    ASSERT_TRUE(status.ok()) << status.status();
    uint64_t dead = 0, read = 0, kept = 0, duplicate = 0, forwarded = 0;
    for (const v1::PartitionStatus& partition : status->partitions()) {
      dead += partition.dead_letters();
      read += partition.read();
      kept += partition.kept();
      duplicate += partition.duplicate();
      forwarded += partition.forwarded();
    }
    EXPECT_EQ(status->seen().dead_letters(), dead);
    EXPECT_EQ(read, kept + duplicate + forwarded);
    // The same bytes in four partitions are one record, four times.
    EXPECT_EQ(dead, poison.size() + 1);
    EXPECT_EQ(kept, poison.size() + 1 + 2 * kPartitions);
  }
  EXPECT_EQ(PartitionsOf(*a_).size(), 2u);
  const ProgramRun listed = RunProgram({"dead-letters", "--server", b_->url(), "--format", "json"});
  EXPECT_EQ(listed.exit_code, 0) << listed.err;
  const std::vector<std::string> letters_listed = absl::StrSplit(listed.out, "\"reason\":");
  EXPECT_EQ(letters_listed.size() - 1, poison.size() + 1);
  const auto told = RunShell(absl::StrCat("kcat -C -q -e -b ", broker_->brokers(), " -t ", prefix_,
                                          "dead-letters -f '%k|%h\\n'"));
  ASSERT_TRUE(told.ok()) << told.status();
  std::set<std::string> keys;
  for (const absl::string_view line : absl::StrSplit(*told, '\n', absl::SkipEmpty())) {
    EXPECT_THAT(std::string(line), HasSubstr("revops-reason="));
    keys.insert(std::string(line.substr(0, line.find('|'))));
  }
  EXPECT_EQ(keys.size(), letters);
  EXPECT_THAT(*told, HasSubstr("revops-left-out"));
  ExpectSameFoldedAgain();
}

}  // namespace
}  // namespace revops::test
