// Where many partitions end, asked at once: on Kafka a question each costs a round trip each, and
// every answer says whether it saw all there is.
#pragma once

#include <vector>

#include "absl/status/statusor.h"
#include "engine/log/event_log.h"

namespace revops {

// What a log is besides, if it can ask for many ends together.
class EndsTogether {
 public:
  virtual ~EndsTogether() = default;
  // As EndsOf.
  virtual absl::StatusOr<std::vector<Offset>> Ends(const std::vector<TopicPartition>& places) = 0;
};

// Entry i: the end of places[i], as EventLog::End; none is older than the call.
absl::StatusOr<std::vector<Offset>> EndsOf(EventLog& log,
                                           const std::vector<TopicPartition>& places);

}  // namespace revops
