// Membership in a consumer group: which partitions of a topic are this process's to own.
//
// Only the coordination is Kafka's: records are read through KafkaLog, and the position that counts
// is the one in the view store. The assignor is `range`, so that partition p of any topic with as
// many partitions goes with partition p of this one; membership is static (group.instance.id), so
// that a member that comes back within the session keeps its partitions without a rebalance.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "engine/log/event_log.h"
#include "engine/log/kafka_connection.h"

namespace revops {

struct KafkaGroupOptions {
  KafkaConnection connection;
  std::string topic_prefix;
  std::string topic = "touchpoints";
  std::string group;     // group.id
  std::string instance;  // group.instance.id: this process's name for ever, unique in the group
  std::string client_id = "revops";

  // After how long without a sign of life the group takes a member's partitions away. Brokers
  // refuse less than 6 s unless they are told to take it.
  absl::Duration session_timeout = absl::Seconds(10);

  // Is asked about once a second: whether the process still gets on with its work. After
  // stalled_max without a true the member stops polling and loses its partitions. Null: always.
  std::function<bool()> alive;
  absl::Duration stalled_max = absl::Seconds(60);
};

class KafkaGroup final {
 public:
  // Called from one thread of the group's own, one at a time, and to be brief: while one runs the
  // other members wait.
  struct Callbacks {
    // The partitions that are now owned, all of them, sorted.
    std::function<void(const std::vector<int>& partitions)> assigned;
    // No partition is owned any more. `lost`: others may own them already, so write nothing more.
    // Must return within 2 s, with everything of these partitions closed or about to close.
    std::function<void(const std::vector<int>& partitions, bool lost)> revoked;
    // Membership is over for good: another process has taken this instance's name and keeps it, or
    // the cluster refuses. `revoked` was called before if partitions were owned.
    std::function<void(const absl::Status& why)> ended;
  };

  // Joins. Errors: kInvalidArgument for settings that cannot be.
  static absl::StatusOr<std::unique_ptr<KafkaGroup>> Join(KafkaGroupOptions options,
                                                          Callbacks callbacks);

  // Calls `revoked` if partitions are owned, and closes within a bounded time. The group keeps the
  // place of a static member until its session is over.
  ~KafkaGroup();

  // Tells lag tools how far a partition is. Advisory: nothing reads it back. Does not wait.
  // next_offsets: partition -> next offset, of owned partitions.
  void Commit(const std::map<int, Offset>& next_offsets);

  std::vector<int> owned() const;

 private:
  class Member;
  explicit KafkaGroup(std::unique_ptr<Member> member);
  const std::unique_ptr<Member> member_;
};

}  // namespace revops
