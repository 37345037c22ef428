// The campaign of bad fit: a template given away on social media brings many small companies whose
// people score high and are rejected when sales calls.
#pragma once

#include "engine/simulate/world.h"

namespace revops::simulation {

void StartGiveaway(World& world, Account& account);

}  // namespace revops::simulation
