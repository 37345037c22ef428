// Processes of one cluster over a real broker, started, killed, frozen and asked by a test.
#pragma once

#include <functional>
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
  // `role`: "project", "ingest" or "serve". `more`: arguments of every run.
  ClusterProcess(std::string role, std::string brokers, std::string folder,
                 std::vector<std::string> more = {});

  // Starts it and waits until it serves. Fails the test if it does not. `once`: arguments of this
  // run.
  void Start(const std::vector<std::string>& once = {});
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
  // Asks for its status until it is as wanted; fails the test if that takes over two minutes.
  v1::StatusResponse AwaitStatus(const std::function<bool(const v1::StatusResponse&)>& wanted);
  // ... and until all is folded, by so many owners.
  v1::StatusResponse AwaitSettled(size_t owners = 1);
  // REQUIRES: runs().
  pid_t pid() const { return program_->pid(); }
  // On standard error since it was started; empty if it does not run.
  std::string said() const { return program_ == nullptr ? "" : program_->said(); }

 private:
  const std::string role_;
  const std::string brokers_;
  const std::string folder_;
  const std::vector<std::string> more_;
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

// A test on the broker that all such tests share, under topic names of its own, and a folder.
class OverSharedKafkaTest : public ::testing::Test {
 protected:
  // Skips the test, in words, where no broker can be had: IsSkipped() then.
  void FindBroker();
  // FindBroker, and makes the topics.
  void MakeTopics(int partitions);
  // A process of the cluster over these topics.
  std::unique_ptr<ClusterProcess> Process(const std::string& role, const std::string& name) const;
  // Appends records of others' making. Fails the test if they are not taken.
  void Append(int partition, const std::vector<std::string>& records) const;

  const TemporaryFolder folder_;
  const std::string prefix_ = FreshName("chaos") + ".";
  KafkaBroker* broker_ = nullptr;
};

}  // namespace revops::test
