// One broker for all tests of this program; where none can be had they are all skipped, in words.
#include <gtest/gtest.h>

#include "tests/support/kafka_broker.h"

namespace revops::test {
namespace {

class BrokerEnvironment final : public ::testing::Environment {
 public:
  void SetUp() override {
    const auto broker = SharedBroker();
    if (!broker.ok()) GTEST_SKIP() << "no Kafka broker can be had: " << broker.status().message();
  }
  void TearDown() override { StopSharedBroker(); }
};

const auto* const kEnvironment = ::testing::AddGlobalTestEnvironment(new BrokerEnvironment);

}  // namespace
}  // namespace revops::test
