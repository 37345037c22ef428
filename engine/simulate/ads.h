// Advertising to companies of the market: impressions, and clicks that bring visits.
#pragma once

#include "engine/simulate/world.h"

namespace revops::simulation {

// From now on the person sees advertisements, while anybody cares.
void StartAds(const Person& person);

}  // namespace revops::simulation
