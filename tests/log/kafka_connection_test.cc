#include "engine/log/kafka_connection.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace revops {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

TEST(KafkaConnectionTest, TheClientIdByWhichProcessesFindEachOtherIsRefused) {
  const absl::Status refused =
      ParseKafkaProperties("security.protocol=SSL\nclient.id=billing\n", "kafka.properties")
          .status();
  EXPECT_EQ(refused.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_THAT(
      std::string(refused.message()),
      AllOf(HasSubstr("kafka.properties:2: client.id cannot be set"), HasSubstr("leave it out")));
}

TEST(KafkaConnectionTest, OtherPropertiesOfTheClientAreTaken) {
  const auto properties =
      ParseKafkaProperties("client.rack=a\nclient.dns.lookup=use_all_dns_ips", "kafka.properties");
  ASSERT_TRUE(properties.ok()) << properties.status();
  EXPECT_EQ(properties->at("client.rack"), "a");
}

}  // namespace
}  // namespace revops
