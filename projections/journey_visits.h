// Visits of our pages: what one visitor did there without a pause, as the model's `visits` says.
//
// A visitor is a person at an account, or without one; a known contact on two devices is one, and a
// visit before the visitor was known is theirs once they are. A visit counts on the day it begins,
// under the channel and source that brought it; of a period each visitor counts once, under those
// of their first visit in it. Their first visit of all is new, every other one returns.
#pragma once

#include <cstdint>
#include <vector>

#include "absl/strings/string_view.h"
#include "engine/fold/projection.h"
#include "revops/v1/views.pb.h"

namespace revops {

const std::vector<Measure>& VisitMeasures();

// Takes an event that counts into the visits of its visitor's row, and counts what it begins.
// `kind` and `channel` are the event's.
struct VisitStep {
  const v1::Event& event;
  int64_t at;
  absl::string_view kind;
  absl::string_view channel;
};
void NoteVisit(const VisitStep& step, v1::JourneyView& row, Fold& fold);

}  // namespace revops
