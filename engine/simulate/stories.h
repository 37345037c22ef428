// The scripted stories (story.h says what each is about).
#pragma once

#include "engine/simulate/world.h"

namespace revops::simulation {

// Schedules all of them.
void TellStories(World& world);

// Stories of deals: disputed, backdated, reopened, across a change of territory, untouched.
void TellDealStories(World& world);
// The webinar whose attendees were called in time, late or never, one small account each.
void TellWebinarStory(World& world);
// Stories of identity: named late, merged, changed company, linked wrongly, forgotten.
void TellPeopleStories(World& world);

}  // namespace revops::simulation
