// Where the event log ends now, all of it: asked together, since on Kafka each question is a round
// trip, and every answer says whether it saw all there is.
#pragma once

#include <vector>

#include "absl/status/statusor.h"
#include "engine/log/event_log.h"

namespace revops {

struct LogEnds {
  std::vector<Offset> touchpoints, routed;  // entry i: of partition i
  Offset identities = 0;
};

// None is older than the call.
absl::StatusOr<LogEnds> EndsOfLog(EventLog& log, int partitions);

}  // namespace revops
