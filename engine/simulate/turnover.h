// What happens to records over a year: duplicates found and merged, people who change company,
// records deleted by mistake and restored, wrong links undone, consent withdrawn, people forgotten.
#pragma once

#include "engine/simulate/world.h"

namespace revops::simulation {

void StartTurnover(World& world, Account& account);

}  // namespace revops::simulation
