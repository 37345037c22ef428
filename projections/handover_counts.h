// What one hand-over adds to the shared measures: each step on its own day, cohorts on the day of
// the earlier step, service levels on the day they fall due, delays on the day of the hand-over.
//
// Past days change by what is learned later, in these measures and no others: cohorts and the
// delays gain on the day of the hand-over, which is what a cohort is; lead_won loses a deal that
// reopens; slices by owner and team move to who has it now, but those of a clock that ran out stay
// with whom it ran for. Totals of all others stay as they were then.
#pragma once

#include <vector>

#include "engine/fold/projection.h"
#include "revops/v1/views.pb.h"

namespace revops {

const std::vector<Measure>& HandOverMeasures();

// Its first touch is promised and not made, and the attempt goes on.
bool IsUntouched(const v1::HandOverView& attempt);

// Counts what a change of the row adds. Cells are what the row says, and what the clocks said that
// it no longer names: one that ran out never changes.
void CountChange(const v1::HandOverView& before, const v1::HandOverView& after, Fold& fold);

// A person qualified.
struct Qualified {
  absl::string_view basis;  // "computed", "declared"
  absl::string_view channel;
  absl::string_view origin;
  absl::string_view campaign;
  bool expansion;  // of a customer or an open deal: no marketing-qualified lead
  bool first;      // of this basis, for this person
};
void CountQualified(const Qualified& qualified, int32_t day, Fold& fold);

// Days from one step to another as a bucket: "0", "1", "2-3", "4-7", "8-14", "15-30", "31-60",
// "61-90", "91-180", "181-365", "366+". on disk: never change.
absl::string_view LagBucket(int32_t days);

}  // namespace revops
