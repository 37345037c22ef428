// What customers say, and the content that sales answers with.
#pragma once

#include "absl/strings/string_view.h"
#include "engine/simulate/world.h"

namespace revops::simulation {

// A need told to `actor` of sales.
void SayNeed(const Person& person, absl::string_view actor, Instant at);

// An objection or concern; returns whether it was answered with content, which helps. With `deal`,
// the events name it.
bool SayObjection(const Person& person, absl::string_view actor, Instant at,
                  const v1::Id* deal = nullptr);

// Sales shows a piece of content.
void ShowContent(const Person& person, absl::string_view actor, int content, Instant at,
                 const v1::Id* deal = nullptr);

}  // namespace revops::simulation
