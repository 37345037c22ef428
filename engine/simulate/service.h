// Life with a customer: use, tickets, satisfaction, calls of the success team.
#pragma once

#include "engine/simulate/world.h"

namespace revops::simulation {

// From now on, until the customer leaves.
void StartService(World& world, Account& account);

}  // namespace revops::simulation
