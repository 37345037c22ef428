#include "tests/chaos/cluster.h"

#include <csignal>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"

namespace revops::test {

ClusterProcess::ClusterProcess(std::string role, std::string brokers, std::string folder)
    : role_(std::move(role)), brokers_(std::move(brokers)), folder_(std::move(folder)) {}

void ClusterProcess::Start() {
  std::vector<std::string> arguments = {role_,   "--kafka", brokers_, "--data",
                                        folder_, "--port",  "0"};
  if (role_ == "project") {
    // As short as brokers allow unless told otherwise.
    arguments.insert(arguments.end(), {"--session-timeout-s", "6"});
  }
  program_ = std::make_unique<RunningProgram>(arguments);
  frozen_ = false;
  const auto url = program_->AwaitUrl();
  ASSERT_TRUE(url.ok()) << url.status();
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

}  // namespace revops::test
