// Processes of one cluster over a real broker, started, killed, frozen and asked by a test.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "engine/serve/remote_api.h"
#include "gtest/gtest.h"
#include "tests/support/folders.h"
#include "tests/support/kafka_broker.h"
#include "tests/support/program.h"

namespace revops::test {

// A process with a folder of its own, which outlives its runs.
class ClusterProcess final {
 public:
  // `role`: "project", "ingest" or "serve".
  ClusterProcess(std::string role, std::string brokers, std::string folder);

  // Starts it and waits until it serves. Fails the test if it does not.
  void Start();
  void Kill();    // kill -9
  void Freeze();  // SIGSTOP
  void Thaw();    // SIGCONT
  // SIGTERM; fails the test unless it ends well.
  void Stop();

  bool runs() const { return program_ != nullptr; }
  // Runs and is not frozen.
  bool answers() const { return runs() && !frozen_; }
  // REQUIRES: runs().
  RemoteApi& api() { return *api_; }
  const std::string& folder() const { return folder_; }
  const std::string& url() const { return url_; }
  // REQUIRES: runs().
  pid_t pid() const { return program_->pid(); }
  // On standard error since it was started; empty if it does not run.
  std::string said() const { return program_ == nullptr ? "" : program_->said(); }

 private:
  const std::string role_;
  const std::string brokers_;
  const std::string folder_;
  std::unique_ptr<RunningProgram> program_;
  std::unique_ptr<RemoteApi> api_;
  std::string url_;
  bool frozen_ = false;
};

// A test with a broker of its own, the topics, and a folder.
class OverKafkaTest : public ::testing::Test {
 protected:
  // Starts the broker and makes the topics. Skips the test, in words, where no broker can be had:
  // IsSkipped() then.
  void StartBroker(int partitions);

  const TemporaryFolder folder_;
  std::unique_ptr<KafkaBroker> broker_;
  // What `revops kafka init` said.
  std::string made_;
};

}  // namespace revops::test
