#include "engine/log/kafka_connection.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace revops {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

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
      ParseKafkaProperties("client.rack=a\nbroker.address.family=v4", "kafka.properties");
  ASSERT_TRUE(properties.ok()) << properties.status();
  EXPECT_EQ(properties->at("client.rack"), "a");
}

absl::Status Refused(const std::string& text) {
  return ParseKafkaProperties(text, "kafka.properties").status();
}

TEST(KafkaConnectionTest, APropertyThatIsMisspeltIsNamedWithItsLine) {
  const absl::Status refused = Refused("# how we get in\nssl.ca.locaton=/etc/ca.pem\n");
  EXPECT_EQ(refused.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_THAT(std::string(refused.message()),
              AllOf(HasSubstr("kafka.properties:2: ssl.ca.locaton"), HasSubstr("misspelt")));
}

TEST(KafkaConnectionTest, AValueThatTheClientDoesNotTakeIsNamedWithItsLineAndNeverSaid) {
  const absl::Status refused =
      Refused("security.protocol=SSL\nssl.endpoint.identification.algorithm=hunter2\n");
  EXPECT_EQ(refused.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_THAT(std::string(refused.message()),
              AllOf(HasSubstr("kafka.properties:2: ssl.endpoint.identification.algorithm"),
                    HasSubstr("does not take this value"), Not(HasSubstr("hunter2"))));
}

TEST(KafkaConnectionTest, ABraceThatIsNotClosedIsNotTakenForAPassword) {
  const absl::Status refused =
      Refused("sasl.mechanism=PLAIN\nsasl.password=${file:/run/secrets/kafka\n");
  EXPECT_EQ(refused.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_THAT(std::string(refused.message()),
              AllOf(HasSubstr("kafka.properties:2: sasl.password"), HasSubstr("ends with }"),
                    Not(HasSubstr("secrets"))));
}

TEST(KafkaConnectionTest, SaslWithoutAMechanismIsRefusedAndWithEitherSpellingTaken) {
  const absl::Status refused = Refused("security.protocol=sasl_ssl\nsasl.username=revops\n");
  EXPECT_EQ(refused.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_THAT(std::string(refused.message()),
              AllOf(HasSubstr("kafka.properties: security.protocol is sasl_ssl"),
                    HasSubstr("add a line sasl.mechanism=")));
  EXPECT_TRUE(Refused("security.protocol=SASL_SSL\nsasl.mechanism=PLAIN").ok());
  EXPECT_TRUE(Refused("sasl.mechanisms=PLAIN\nsecurity.protocol=SASL_PLAINTEXT").ok());
  EXPECT_TRUE(Refused("security.protocol=SSL").ok());
}

TEST(KafkaConnectionTest, AFolderIsNoFileOfProperties) {
  const absl::Status refused = LoadKafkaConnection("127.0.0.1:9", "/tmp").status();
  EXPECT_EQ(refused.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_THAT(std::string(refused.message()), HasSubstr("/tmp: is a folder"));
  const absl::Status secret = Refused("ssl.key.password=${file:/tmp}");
  EXPECT_THAT(std::string(secret.message()),
              AllOf(HasSubstr("kafka.properties:1: ssl.key.password"), HasSubstr("is a folder")));
}

}  // namespace
}  // namespace revops
