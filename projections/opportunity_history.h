// The history of a deal's stage, amount, close date, owner, outcome and forecast.
#pragma once

#include "engine/fold/projection.h"
#include "revops/v1/views.pb.h"

namespace revops {

// Adds to `after` what the fact changed. The oldest changes are dropped beyond 60.
void Remember(const Fact& fact, const RevenueModel& model, const v1::OpportunityView& before,
              v1::OpportunityView& after);

}  // namespace revops
