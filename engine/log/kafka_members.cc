#include "engine/log/kafka_members.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "engine/base/status.h"
#include "engine/log/kafka_client.h"

namespace revops {
namespace {

std::string Text(const char* text) { return text == nullptr ? std::string() : std::string(text); }

// Reads big-endian numbers and texts; false once something is missing.
class Reader final {
 public:
  Reader(const void* bytes, int size)
      : bytes_(static_cast<const char*>(bytes), static_cast<size_t>(std::max(size, 0))) {}

  bool Number(int width, int64_t* number) {
    if (bytes_.size() < static_cast<size_t>(width)) return false;
    uint64_t read = 0;
    for (int i = 0; i < width; ++i) read = read << 8 | static_cast<uint8_t>(bytes_[i]);
    bytes_.remove_prefix(width);
    *number = static_cast<int64_t>(read);
    return true;
  }
  bool Word(std::string* word) {
    int64_t size = 0;
    if (!Number(2, &size) || bytes_.size() < static_cast<size_t>(size)) return false;
    word->assign(bytes_.data(), static_cast<size_t>(size));
    bytes_.remove_prefix(static_cast<size_t>(size));
    return true;
  }

 private:
  absl::string_view bytes_;
};

// assignment := version(2) topics(4) { topic(2 + bytes) partitions(4) { partition(4) } }
// Source: Kafka protocol, ConsumerProtocolAssignment.
std::vector<int> PartitionsIn(const rd_kafka_group_member_info& member, const std::string& topic) {
  Reader in(member.member_assignment, member.member_assignment_size);
  std::vector<int> partitions;
  int64_t version = 0, topics = 0;
  if (!in.Number(2, &version) || !in.Number(4, &topics)) return partitions;
  for (int64_t t = 0; t < topics; ++t) {
    std::string name;
    int64_t count = 0, partition = 0;
    if (!in.Word(&name) || !in.Number(4, &count)) return partitions;
    for (int64_t i = 0; i < count; ++i) {
      if (!in.Number(4, &partition)) return partitions;
      if (name == topic) partitions.push_back(static_cast<int>(partition));
    }
  }
  return partitions;
}

}  // namespace

KafkaMembers::KafkaMembers(Options options) : options_(std::move(options)) {}
KafkaMembers::~KafkaMembers() = default;

absl::StatusOr<std::unique_ptr<KafkaMembers>> KafkaMembers::Connect(Options options) {
  std::unique_ptr<KafkaMembers> members(new KafkaMembers(std::move(options)));
  RETURN_IF_ERROR(members->Reach());
  return members;
}

absl::Status KafkaMembers::Reach() {
  KafkaClient::Settings settings;
  settings.type = RD_KAFKA_PRODUCER;  // the lightest handle that can ask
  settings.client_id = options_.client_id;
  ASSIGN_OR_RETURN(client_, KafkaClient::Make(options_.connection, std::move(settings)));
  return absl::OkStatus();
}

absl::StatusOr<std::vector<KafkaMember>> KafkaMembers::Describe() {
  const std::string what = absl::StrCat("describing group ", options_.group);
  if (client_ == nullptr) RETURN_IF_ERROR(Reach());
  const rd_kafka_group_list* found = nullptr;
  // The older call: rd_kafka_DescribeConsumerGroups of librdkafka 2.0.2 ends the process with an
  // assertion (eonce->refcnt) when the coordinator goes away under it.
  const rd_kafka_resp_err_t error = rd_kafka_list_groups(
      client_->handle(), options_.group.c_str(), &found, ToMillis(options_.answer_wait_max));
  const std::unique_ptr<const rd_kafka_group_list, void (*)(const rd_kafka_group_list*)> list(
      found, [](const rd_kafka_group_list* groups) {
        if (groups != nullptr) rd_kafka_group_list_destroy(groups);
      });
  // Of several brokers some may be away: what the coordinator said is among the answers, or not.
  if (error != RD_KAFKA_RESP_ERR_NO_ERROR && error != RD_KAFKA_RESP_ERR__PARTIAL) {
    // A handle asks every broker it has ever known, and fails while one of them is away. A new one
    // knows only those that are there.
    const absl::Status failed = client_->ToStatus(error, what, "Describe on the group");
    client_.reset();
    return failed;
  }
  for (int g = 0; list != nullptr && g < list->group_cnt; ++g) {
    const rd_kafka_group_info& group = list->groups[g];
    if (Text(group.group) != options_.group) continue;
    if (group.err != RD_KAFKA_RESP_ERR_NO_ERROR)
      return client_->ToStatus(group.err, what, "Describe on the group");
    // In between the coordinator tells members without what they own.
    if (Text(group.state) != "Stable") {
      return absl::UnavailableError(
          absl::StrCat("group ", options_.group, " is ", Text(group.state)));
    }
    std::vector<KafkaMember> members;
    for (int i = 0; i < group.member_cnt; ++i) {
      members.push_back(
          {Text(group.members[i].client_id), PartitionsIn(group.members[i], options_.topic)});
    }
    return members;
  }
  return client_->Unavailable(
      absl::StrCat(what, ": no such group yet, or no right to Describe it"));
}

}  // namespace revops
