#include "engine/runtime/link_feed.h"

#include "engine/base/status.h"
#include "engine/event/codec.h"
#include "engine/runtime/log_place.h"
#include "engine/runtime/topics.h"

namespace revops {

absl::StatusOr<int> FeedLinks(EventLog& log, LinkTable& links, int records_max) {
  EventLog::ReadLimits limits;
  limits.records_max = records_max;
  ASSIGN_OR_RETURN(const std::vector<Record> records,
                   log.Read({kIdentities, 0}, links.end(), limits));
  for (const Record& record : records) {
    const auto event = Decode(record.value, record.appended_at);
    if (event.ok()) {
      links.Add(*event, FingerprintOf(record));
    } else {
      links.AddUnreadable(FingerprintOf(record));
    }
  }
  return static_cast<int>(records.size());
}

}  // namespace revops
