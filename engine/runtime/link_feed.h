// Keeps a LinkTable level with the topic `identities`.
#pragma once

#include "absl/status/statusor.h"
#include "engine/identity/link_table.h"
#include "engine/log/event_log.h"

namespace revops {

// Reads up to `records_max` more records into `links`; how many there were.
// Errors: those of EventLog::Read.
absl::StatusOr<int> FeedLinks(EventLog& log, LinkTable& links, int records_max = 10000);

}  // namespace revops
