#include "tests/support/shared_kafka.h"

#include <cstdlib>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "engine/base/status.h"
#include "engine/runtime/topics.h"
#include "gtest/gtest.h"
#include "tests/support/kafka_broker.h"

namespace revops::test {

bool OverKafka() {
  const char* log = std::getenv("REVOPS_LOG");
  if (log == nullptr || absl::string_view(log) == "memory") return false;
  REVOPS_CHECK(absl::string_view(log) == "kafka");
  return true;
}

std::unique_ptr<KafkaLog> OpenSharedLog(const std::string& prefix, KafkaLogOptions options) {
  options.connection = (*SharedBroker())->connection();
  options.topic_prefix = prefix;
  auto log = KafkaLog::Open(std::move(options));
  EXPECT_TRUE(log.ok()) << log.status();
  REVOPS_CHECK(log.ok());
  return *std::move(log);
}

void MakeTopics(KafkaLog& log, int partitions) {
  for (const absl::Status& made :
       {log.EnsureTopic(kTouchpoints, partitions), log.EnsureTopic(kRouted, partitions),
        log.EnsureTopic(kIdentities, 1)}) {
    EXPECT_TRUE(made.ok()) << made;
  }
}

std::unique_ptr<KafkaLog> NewSharedLog(int partitions) {
  auto log = OpenSharedLog(absl::StrCat(FreshName("own"), "."));
  MakeTopics(*log, partitions);
  return log;
}

std::unique_ptr<KafkaTopics> OpenSharedTopics(const std::string& prefix) {
  KafkaTopics::Options options;
  options.connection = (*SharedBroker())->connection();
  options.prefix = prefix;
  options.client_id = "test";
  options.wait_max = absl::Seconds(30);
  auto topics = KafkaTopics::Connect(std::move(options));
  REVOPS_CHECK(topics.ok());
  return *std::move(topics);
}

}  // namespace revops::test
