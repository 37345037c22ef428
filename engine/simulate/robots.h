// Traffic that is not the market's: robots, some of which say what they are, and our own people.
#pragma once

#include "engine/simulate/world.h"

namespace revops::simulation {

// Schedules sessions in proportion to the accounts, as the noise options say.
void StartRobots(World& world);

}  // namespace revops::simulation
