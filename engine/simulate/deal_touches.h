// What sales does with the people of a deal while it is in a stage.
#pragma once

#include "engine/simulate/deal.h"

namespace revops::simulation {

// Schedules calls, meetings, demos, documents, objections within [at, at + dwell).
void TouchInStage(const SharedDeal& deal, Instant at, int64_t dwell);

}  // namespace revops::simulation
