// What sales starts by itself: cold sequences to target accounts, partners' referrals, and deals of
// which nobody records how they came.
#pragma once

#include "engine/simulate/world.h"

namespace revops::simulation {

void StartOutbound(World& world, Account& account);

}  // namespace revops::simulation
