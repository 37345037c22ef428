#include "tests/chaos/cluster.h"

#include <csignal>
#include <set>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "engine/runtime/topics.h"
#include "gtest/gtest.h"
#include "tests/support/shared_kafka.h"

namespace revops::test {

ClusterProcess::ClusterProcess(std::string role, std::string brokers, std::string folder,
                               std::vector<std::string> more)
    : role_(std::move(role)),
      brokers_(std::move(brokers)),
      folder_(std::move(folder)),
      more_(std::move(more)) {}

void ClusterProcess::Start(const std::vector<std::string>& once) {
  // Once it has a port it comes back to it, as a service does that others know.
  const size_t colon = url_.rfind(':');
  const std::string port = url_.empty() ? "0" : url_.substr(colon + 1);
  std::vector<std::string> arguments = {role_,   "--kafka", brokers_, "--data",
                                        folder_, "--port",  port};
  if (role_ == "project") {
    // As short as brokers allow unless told otherwise.
    arguments.insert(arguments.end(), {"--session-timeout-s", "6"});
  }
  arguments.insert(arguments.end(), more_.begin(), more_.end());
  arguments.insert(arguments.end(), once.begin(), once.end());
  program_ = std::make_unique<RunningProgram>(arguments);
  frozen_ = false;
  const auto url = program_->AwaitUrl();
  ASSERT_TRUE(url.ok()) << url.status();
  if (api_ != nullptr && url_ == *url) return;  // others may be asking it all the time
  url_ = *url;
  RemoteApiOptions options;
  options.limits.connect_time_max = absl::Seconds(2);
  auto api = RemoteApi::Open(url_, options);
  ASSERT_TRUE(api.ok()) << api.status();
  api_ = std::move(*api);
}

void ClusterProcess::Kill() {
  program_->Signal(SIGKILL);
  program_->Wait();
  program_.reset();
}

void ClusterProcess::Freeze() {
  program_->Signal(SIGSTOP);
  frozen_ = true;
}

void ClusterProcess::Thaw() {
  program_->Signal(SIGCONT);
  frozen_ = false;
}

void ClusterProcess::Stop() {
  program_->Signal(SIGTERM);
  const ProgramRun run = program_->Wait();
  EXPECT_EQ(run.exit_code, 0) << run.err;
  program_.reset();
}

v1::StatusResponse ClusterProcess::AwaitStatus(
    const std::function<bool(const v1::StatusResponse&)>& wanted) {
  absl::StatusOr<v1::StatusResponse> status;
  for (int look = 0; look < 2400; ++look) {
    status = api_->Status({});
    if (status.ok() && wanted(*status)) return *status;
    absl::SleepFor(absl::Milliseconds(50));
  }
  ADD_FAILURE() << (status.ok() ? status->ShortDebugString() : status.status().ToString());
  return {};
}

v1::StatusResponse ClusterProcess::AwaitSettled(size_t owners) {
  return AwaitStatus([owners](const v1::StatusResponse& status) {
    std::set<std::string> seen;
    for (const v1::PartitionStatus& partition : status.partitions()) {
      if (!partition.error().empty()) return false;
      seen.insert(partition.owner());
    }
    return status.seen().settled() && seen.size() >= owners;
  });
}

void OverKafkaTest::StartBroker(int partitions) {
  auto broker = KafkaBroker::Start({});
  if (absl::IsUnavailable(broker.status())) {
    GTEST_SKIP() << "no Kafka broker can be had: " << broker.status().message();
  }
  ASSERT_TRUE(broker.ok()) << broker.status();
  broker_ = *std::move(broker);
  const ProgramRun made = RunProgram(
      {"kafka", "init", "--kafka", broker_->brokers(), "--partitions", absl::StrCat(partitions)});
  ASSERT_EQ(made.exit_code, 0) << made.err;
  made_ = made.out;
}

namespace {

// Of what tests share, if any asked for it.
class SharedBrokerEnds final : public ::testing::Environment {
 public:
  void TearDown() override { StopSharedBroker(); }
};
const auto* const kEnds = ::testing::AddGlobalTestEnvironment(new SharedBrokerEnds);

}  // namespace

void OverSharedKafkaTest::FindBroker() {
  const auto broker = SharedBroker();
  if (absl::IsUnavailable(broker.status())) {
    GTEST_SKIP() << "no Kafka broker can be had: " << broker.status().message();
  }
  ASSERT_TRUE(broker.ok()) << broker.status();
  broker_ = *broker;
}

void OverSharedKafkaTest::MakeTopics(int partitions) {
  ASSERT_NO_FATAL_FAILURE(FindBroker());
  if (IsSkipped()) return;
  const ProgramRun made =
      RunProgram({"kafka", "init", "--kafka", broker_->brokers(), "--kafka-prefix", prefix_,
                  "--partitions", absl::StrCat(partitions)});
  ASSERT_EQ(made.exit_code, 0) << made.err;
}

std::unique_ptr<ClusterProcess> OverSharedKafkaTest::Process(const std::string& role,
                                                             const std::string& name) const {
  return std::make_unique<ClusterProcess>(role, broker_->brokers(),
                                          absl::StrCat(folder_.path(), "/", name),
                                          std::vector<std::string>{"--kafka-prefix", prefix_});
}

void OverSharedKafkaTest::Append(int partition, const std::vector<std::string>& records) const {
  const auto log = OpenSharedLog(prefix_);
  std::vector<NewRecord> batch;
  for (const std::string& bytes : records) batch.push_back({{kTouchpoints, partition}, "", bytes});
  const auto appended = log->Append(batch);
  ASSERT_TRUE(appended.ok()) << appended.status();
}

}  // namespace revops::test
