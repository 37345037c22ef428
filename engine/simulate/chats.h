// What visitors do besides reading: a chat on the site, a post in the user community, the podcast.
#pragma once

#include "absl/strings/string_view.h"
#include "engine/simulate/world.h"

namespace revops::simulation {

// After a session, now and then.
void MaybeTalk(const Person& person, int device, absl::string_view session, Instant at);

}  // namespace revops::simulation
