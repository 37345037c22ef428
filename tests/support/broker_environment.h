// One broker for all tests of a program; where none can be had they are all skipped, in words.
#pragma once

#include "gtest/gtest.h"
#include "tests/support/kafka_broker.h"

namespace revops::test {

class BrokerEnvironment final : public ::testing::Environment {
 public:
  void SetUp() override {
    const auto broker = SharedBroker();
    if (absl::IsUnavailable(broker.status())) {
      GTEST_SKIP() << "no Kafka broker can be had: " << broker.status().message();
    }
    ASSERT_TRUE(broker.ok()) << broker.status();
  }
  void TearDown() override { StopSharedBroker(); }
};

}  // namespace revops::test
