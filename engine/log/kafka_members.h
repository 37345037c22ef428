// Who is in a consumer group and what each member owns, as the broker that coordinates it knows.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "engine/log/kafka_connection.h"

namespace revops {

class KafkaClient;

struct KafkaMember {
  std::string client_id;  // as the member announced itself when it joined
  std::vector<int> partitions;
};

// Thread safety: one call at a time.
class KafkaMembers final {
 public:
  struct Options {
    KafkaConnection connection;
    std::string client_id = "revops";
    std::string group;
    std::string topic;  // with its prefix: the partitions of this one are told
    absl::Duration answer_wait_max = absl::Seconds(5);
  };
  // Connects in the background. Errors: kInvalidArgument.
  static absl::StatusOr<std::unique_ptr<KafkaMembers>> Connect(Options options);
  ~KafkaMembers();

  // Errors: kUnavailable while the group gives its partitions out anew, and if no coordinator
  // answers in time; kPermissionDenied: needs Describe on the group.
  absl::StatusOr<std::vector<KafkaMember>> Describe();

 private:
  explicit KafkaMembers(Options options);
  absl::Status Reach();

  const Options options_;
  std::unique_ptr<KafkaClient> client_;  // null after a failure
};

}  // namespace revops
