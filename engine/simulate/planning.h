// What both teams plan with: owners, teams, territories, campaigns, content, spend and budgets,
// targets, market size, exchange rates, decisions of the weekly meeting.
#pragma once

#include "engine/simulate/world.h"

namespace revops::simulation {

// Defines the company on the first day and schedules what changes later.
void StartPlanning(World& world);

// Owners, teams, territories, and the change of territories in the middle of the year.
void DefineStaff(World& world);

}  // namespace revops::simulation
