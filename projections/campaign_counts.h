// What one campaign's row adds to the shared measures: responses, and what became of each.
#pragma once

#include <vector>

#include "engine/fold/projection.h"
#include "projections/contributions.h"
#include "revops/v1/views.pb.h"

namespace revops {

const std::vector<Measure>& CampaignMeasures();

// All but touches, as a function of the row alone.
Contributions ContributionsOf(const v1::CampaignView& row, const RevenueModel& model);

// A touch of the campaign; `reached`: the person's first.
struct CampaignTouch {
  absl::string_view campaign;
  absl::string_view channel;
  bool reached;
};
void CountCampaignTouch(const CampaignTouch& touch, int32_t day, Fold& fold);

// Where the follow-up of a response fell, as seen at an instant: "contact" (nobody called),
// "contact in time" (somebody did, too late), "meeting", "pipeline", "booking"; empty if it did not
// fall, or may still go on.
absl::string_view FellAt(const v1::CampaignResponse& response, int64_t instant);

}  // namespace revops
