// The touches of a journey, kept with the person they were with, until a deal draws on them.
#pragma once

#include <vector>

#include "engine/fold/projection.h"
#include "revops/v1/views.pb.h"

namespace revops {

// Takes notice of one event: the touch it is (if any model may ever credit it), whom it names, when
// a lead was created.
void NoteEvent(const Fact& fact, Fold& fold);

// A deal's conversion, before anybody is credited.
struct ConvertedDeal {
  Id deal;
  Id root;  // of the journey
  int64_t at = 0;
  bool after_previous_win = false;  // an expansion: looks back no further
  std::vector<Id> contacts;         // with a role, as the source names them
};

// The deal's people and the touches that the section lets earn credit, in event order, into `deal`.
// People: contact roles, else all of the account's. A touch that names a deal is of that deal
// alone, whoever had it. Touches of one interaction count as one, the first. Returns when the first
// of its people became a lead; 0 if none did.
int64_t Gather(const ConvertedDeal& conversion, const v1::Attribution& section, Fold& fold,
               v1::AttributedDeal& deal);

}  // namespace revops
