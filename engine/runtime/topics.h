// The topics of the event log, as DESIGN.md §3 names them.
#pragma once

#include "engine/log/event_log.h"

namespace revops {

// The log of record: what publishers said, under any key.
constexpr char kTouchpoints[] = "touchpoints";
// Copies of events whose home is another partition; belongs to one generation.
constexpr char kRouted[] = "routed";
// One partition: copies of links and erasures, in one order for everybody.
constexpr char kIdentities[] = "identities";
// Outside of the log: notices of what the stores hold as dead letters (dead_letter_notices.h).
constexpr char kDeadLettersTopic[] = "dead-letters";

}  // namespace revops
