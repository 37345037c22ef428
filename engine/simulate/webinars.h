// Webinars and trade shows: invited, registered, attended; and whether sales followed up, in time,
// late or never.
#pragma once

#include "engine/simulate/world.h"

namespace revops::simulation {

// Schedules a webinar a month and the shows of spring and autumn.
void StartWebinars(World& world);

// The start of the day of a webinar (0 is the first).
Instant WebinarDay(const World& world, int webinar);

void StartShows(World& world);

}  // namespace revops::simulation
