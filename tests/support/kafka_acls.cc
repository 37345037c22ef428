#include "tests/support/kafka_acls.h"

#include <librdkafka/rdkafka.h>

#include <map>

#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "engine/base/status.h"
#include "gtest/gtest.h"

namespace revops::test {
namespace {

constexpr int kWaitMillis = 30'000;

rd_kafka_AclOperation_t OperationOf(const KafkaRight& right) {
  static const auto* known = new std::map<std::string, rd_kafka_AclOperation_t>{
      {"Read", RD_KAFKA_ACL_OPERATION_READ},
      {"Write", RD_KAFKA_ACL_OPERATION_WRITE},
      {"Create", RD_KAFKA_ACL_OPERATION_CREATE},
      {"Describe", RD_KAFKA_ACL_OPERATION_DESCRIBE},
      {"DescribeConfigs", RD_KAFKA_ACL_OPERATION_DESCRIBE_CONFIGS}};
  return known->at(right.operation);
}

rd_kafka_AclBinding_t* BindingOf(const std::string& user, const KafkaRight& right, bool filter) {
  absl::string_view name = right.name;
  const bool prefixed = absl::ConsumeSuffix(&name, "*");
  char words[256] = {};
  const auto make = filter ? rd_kafka_AclBindingFilter_new : rd_kafka_AclBinding_new;
  rd_kafka_AclBinding_t* binding =
      make(right.kind == "topic" ? RD_KAFKA_RESOURCE_TOPIC : RD_KAFKA_RESOURCE_GROUP,
           std::string(name).c_str(),
           prefixed ? RD_KAFKA_RESOURCE_PATTERN_PREFIXED : RD_KAFKA_RESOURCE_PATTERN_LITERAL,
           absl::StrCat("User:", user).c_str(), "*", OperationOf(right),
           RD_KAFKA_ACL_PERMISSION_TYPE_ALLOW, words, sizeof(words));
  REVOPS_CHECK(binding != nullptr);
  return binding;
}

}  // namespace

std::string ToString(const KafkaRight& right) {
  return absl::StrCat(right.operation, " on ", right.kind, " ", right.name);
}

struct KafkaAcls::Handle {
  rd_kafka_t* client = nullptr;
  rd_kafka_queue_t* queue = nullptr;
};

KafkaAcls::KafkaAcls(const KafkaConnection& admin) : handle_(std::make_unique<Handle>()) {
  rd_kafka_conf_t* conf = rd_kafka_conf_new();
  char words[256] = {};
  rd_kafka_conf_set(conf, "bootstrap.servers", admin.brokers.c_str(), words, sizeof(words));
  for (const auto& [name, value] : admin.properties) {
    rd_kafka_conf_set(conf, name.c_str(), value.c_str(), words, sizeof(words));
  }
  handle_->client = rd_kafka_new(RD_KAFKA_PRODUCER, conf, words, sizeof(words));
  REVOPS_CHECK(handle_->client != nullptr);
  handle_->queue = rd_kafka_queue_new(handle_->client);
}

KafkaAcls::~KafkaAcls() {
  rd_kafka_queue_destroy(handle_->queue);
  rd_kafka_destroy(handle_->client);
}

void KafkaAcls::Give(const std::string& user, const std::vector<KafkaRight>& rights) {
  std::vector<rd_kafka_AclBinding_t*> bindings;
  for (const KafkaRight& right : rights) bindings.push_back(BindingOf(user, right, false));
  rd_kafka_CreateAcls(handle_->client, bindings.data(), bindings.size(), nullptr, handle_->queue);
  rd_kafka_AclBinding_destroy_array(bindings.data(), bindings.size());
  rd_kafka_event_t* event = rd_kafka_queue_poll(handle_->queue, kWaitMillis);
  ASSERT_NE(event, nullptr);
  size_t count = 0;
  const auto* result = rd_kafka_event_CreateAcls_result(event);
  const auto* made = rd_kafka_CreateAcls_result_acls(result, &count);
  EXPECT_EQ(count, rights.size());
  for (size_t i = 0; i < count; ++i) {
    const rd_kafka_error_t* error = rd_kafka_acl_result_error(made[i]);
    EXPECT_EQ(error, nullptr) << rd_kafka_error_string(error);
  }
  rd_kafka_event_destroy(event);
}

void KafkaAcls::Take(const std::string& user, const std::vector<KafkaRight>& rights) {
  std::vector<rd_kafka_AclBindingFilter_t*> filters;
  for (const KafkaRight& right : rights) filters.push_back(BindingOf(user, right, true));
  rd_kafka_DeleteAcls(handle_->client, filters.data(), filters.size(), nullptr, handle_->queue);
  rd_kafka_AclBinding_destroy_array(filters.data(), filters.size());
  rd_kafka_event_t* event = rd_kafka_queue_poll(handle_->queue, kWaitMillis);
  ASSERT_NE(event, nullptr);
  size_t count = 0;
  const auto* result = rd_kafka_event_DeleteAcls_result(event);
  const auto* taken = rd_kafka_DeleteAcls_result_responses(result, &count);
  EXPECT_EQ(count, rights.size());
  for (size_t i = 0; i < count; ++i) {
    size_t matching = 0;
    rd_kafka_DeleteAcls_result_response_matching_acls(taken[i], &matching);
    EXPECT_EQ(matching, 1u) << ToString(rights[i]);
  }
  rd_kafka_event_destroy(event);
}

}  // namespace revops::test
