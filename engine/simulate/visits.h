// Visits of the site by people of an account, anonymous until a form or a mail tells who they are.
#pragma once

#include "absl/strings/string_view.h"
#include "engine/simulate/world.h"

namespace revops::simulation {

// From now on the person visits, more often the more interested; interest fades with each visit.
void StartVisiting(const Person& person, int interest);

// One session of some pages; what comes of it (a form) follows. `campaign` is what brought the
// visitor, empty if the site's own rules decide.
void Visit(const Person& person, absl::string_view campaign);

// Raises the interest, and wakes a person who had stopped visiting.
void Interest(const Person& person, int by);

}  // namespace revops::simulation
