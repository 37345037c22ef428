// The hand-over of a lead from marketing to sales, and what sales makes of it: contacted in time,
// late or never; accepted, rejected, recycled; a meeting, an opportunity.
#pragma once

#include "absl/strings/string_view.h"
#include "engine/simulate/world.h"

namespace revops::simulation {

enum class LeadCause { kScore, kRequest, kWebinar, kShow, kGiveaway };

// Declares the person qualified and assigns the lead; the rest follows on the schedule.
// REQUIRES: the person has a lead. Lifetime: `campaign` must outlive the simulation.
void HandOver(const Person& person, LeadCause cause, absl::string_view campaign, Instant at);

}  // namespace revops::simulation
