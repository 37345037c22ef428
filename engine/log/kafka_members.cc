#include "engine/log/kafka_members.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "engine/base/status.h"
#include "engine/log/kafka_client.h"

namespace revops {
namespace {

std::string Text(const char* text) { return text == nullptr ? std::string() : std::string(text); }

KafkaMember MemberOf(const rd_kafka_MemberDescription_t& described, const std::string& topic) {
  KafkaMember member;
  member.client_id = Text(rd_kafka_MemberDescription_client_id(&described));
  member.instance = Text(rd_kafka_MemberDescription_group_instance_id(&described));
  const rd_kafka_MemberAssignment_t* assignment = rd_kafka_MemberDescription_assignment(&described);
  const rd_kafka_topic_partition_list_t* partitions =
      assignment == nullptr ? nullptr : rd_kafka_MemberAssignment_partitions(assignment);
  for (int i = 0; partitions != nullptr && i < partitions->cnt; ++i) {
    if (topic == partitions->elems[i].topic) {
      member.partitions.push_back(partitions->elems[i].partition);
    }
  }
  return member;
}

}  // namespace

KafkaMembers::KafkaMembers(Options options, std::unique_ptr<KafkaClient> client)
    : options_(std::move(options)), client_(std::move(client)) {}
KafkaMembers::~KafkaMembers() = default;

absl::StatusOr<std::unique_ptr<KafkaMembers>> KafkaMembers::Connect(Options options) {
  KafkaClient::Settings settings;
  settings.type = RD_KAFKA_PRODUCER;  // the lightest handle that can ask
  settings.client_id = options.client_id;
  ASSIGN_OR_RETURN(auto client, KafkaClient::Make(options.connection, std::move(settings)));
  return std::unique_ptr<KafkaMembers>(new KafkaMembers(std::move(options), std::move(client)));
}

absl::StatusOr<std::vector<KafkaMember>> KafkaMembers::Describe() {
  rd_kafka_t* handle = client_->handle();
  const std::string what = absl::StrCat("describing group ", options_.group);
  rd_kafka_queue_t* queue = rd_kafka_queue_new(handle);
  rd_kafka_AdminOptions_t* limits =
      rd_kafka_AdminOptions_new(handle, RD_KAFKA_ADMIN_OP_DESCRIBECONSUMERGROUPS);
  char words[256] = {};
  rd_kafka_AdminOptions_set_request_timeout(limits, ToMillis(options_.answer_wait_max), words,
                                            sizeof(words));
  const char* groups[] = {options_.group.c_str()};
  rd_kafka_DescribeConsumerGroups(handle, groups, 1, limits, queue);
  rd_kafka_AdminOptions_destroy(limits);
  rd_kafka_event_t* event =
      rd_kafka_queue_poll(queue, ToMillis(options_.answer_wait_max + absl::Seconds(1)));
  rd_kafka_queue_destroy(queue);
  if (event == nullptr) return client_->Unavailable(absl::StrCat(what, ": no answer in time"));

  const auto read = [&]() -> absl::StatusOr<std::vector<KafkaMember>> {
    const rd_kafka_DescribeConsumerGroups_result_t* result =
        rd_kafka_event_DescribeConsumerGroups_result(event);
    if (rd_kafka_event_error(event) != RD_KAFKA_RESP_ERR_NO_ERROR || result == nullptr) {
      return client_->ToStatus(rd_kafka_event_error(event), what);
    }
    size_t count = 0;
    const rd_kafka_ConsumerGroupDescription_t** found =
        rd_kafka_DescribeConsumerGroups_result_groups(result, &count);
    if (count != 1) return client_->Unavailable(absl::StrCat(what, ": no such group yet"));
    const rd_kafka_error_t* error = rd_kafka_ConsumerGroupDescription_error(found[0]);
    if (error != nullptr) return client_->ToStatus(rd_kafka_error_code(error), what);
    // In between the coordinator tells members without what they own.
    if (rd_kafka_ConsumerGroupDescription_state(found[0]) != RD_KAFKA_CONSUMER_GROUP_STATE_STABLE) {
      return absl::UnavailableError(absl::StrCat(
          "group ", options_.group, " is ",
          rd_kafka_consumer_group_state_name(rd_kafka_ConsumerGroupDescription_state(found[0]))));
    }
    std::vector<KafkaMember> members;
    for (size_t i = 0; i < rd_kafka_ConsumerGroupDescription_member_count(found[0]); ++i) {
      members.push_back(
          MemberOf(*rd_kafka_ConsumerGroupDescription_member(found[0], i), options_.topic));
    }
    return members;
  };
  absl::StatusOr<std::vector<KafkaMember>> members = read();
  rd_kafka_event_destroy(event);
  return members;
}

}  // namespace revops
