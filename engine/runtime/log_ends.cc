#include "engine/runtime/log_ends.h"

#include "engine/base/status.h"
#include "engine/log/ends.h"
#include "engine/runtime/topics.h"

namespace revops {

absl::StatusOr<LogEnds> EndsOfLog(EventLog& log, int partitions) {
  std::vector<TopicPartition> places;
  for (const char* topic : {kTouchpoints, kRouted}) {
    for (int p = 0; p < partitions; ++p) places.push_back({topic, p});
  }
  places.push_back({kIdentities, 0});
  ASSIGN_OR_RETURN(const std::vector<Offset> all, EndsOf(log, places));
  const auto routed = all.begin() + partitions;
  const auto identities = routed + partitions;
  return LogEnds{{all.begin(), routed}, {routed, identities}, *identities};
}

}  // namespace revops
