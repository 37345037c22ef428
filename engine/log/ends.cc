#include "engine/log/ends.h"

#include "engine/base/status.h"

namespace revops {

absl::StatusOr<std::vector<Offset>> EndsOf(EventLog& log,
                                           const std::vector<TopicPartition>& places) {
  if (auto* together = dynamic_cast<EndsTogether*>(&log)) return together->Ends(places);
  std::vector<Offset> ends;
  for (const TopicPartition& where : places) {
    ASSIGN_OR_RETURN(const Offset end, log.End(where));
    ends.push_back(end);
  }
  return ends;
}

}  // namespace revops
