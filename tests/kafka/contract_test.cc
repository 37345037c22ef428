// The contract of the event log, on a real broker.
#include <memory>
#include <string>

#include "engine/base/status.h"
#include "engine/log/kafka_log.h"
#include "tests/support/event_log_contract.h"
#include "tests/support/kafka_broker.h"

namespace revops::test {
namespace {

class KafkaHarness final {
 public:
  KafkaHarness() : prefix_(FreshName("contract") + ".") {
    Reopen();
    REVOPS_CHECK(log_->EnsureTopic(topic(), 3).ok());
    REVOPS_CHECK(log_->EnsureTopic(other_topic(), 1).ok());
  }

  EventLog& log() { return *log_; }
  std::string topic() const { return "topic"; }
  std::string other_topic() const { return "other"; }

  void Reopen() {
    log_.reset();
    KafkaLogOptions options;
    options.connection = (*SharedBroker())->connection();
    options.topic_prefix = prefix_;
    options.record_bytes_max = 64 << 10;
    auto log = KafkaLog::Open(std::move(options));
    EXPECT_TRUE(log.ok()) << log.status();
    REVOPS_CHECK(log.ok());
    log_ = *std::move(log);
  }

 private:
  const std::string prefix_;
  std::unique_ptr<KafkaLog> log_;
};

}  // namespace

INSTANTIATE_TYPED_TEST_SUITE_P(Kafka, EventLogContract, KafkaHarness);

}  // namespace revops::test
