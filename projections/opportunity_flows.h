// What one deal adds to the measures of a pipeline that moves: the flows of the bridge, what is
// open by the month it is expected to close in, what is past due, and cohorts.
#pragma once

#include <vector>

#include "projections/opportunity_counts.h"

namespace revops {

const std::vector<Measure>& OpportunityFlowMeasures();

// Counts the difference. The flows of any slice up to a day sum to what is open in it.
void CountFlows(const OpportunityStep& step, Fold& fold);

}  // namespace revops
