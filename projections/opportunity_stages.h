// How a deal moves through the stages of its pipeline.
#pragma once

#include "engine/model/model.h"
#include "revops/v1/views.pb.h"

namespace revops {

// When something happened to a deal.
struct StageMoment {
  const RevenueModel& model;
  int64_t at;   // Units: microseconds.
  bool by_day;  // known by the day only
};

// Leaves the stage the deal is in (if any) and enters `stage`. Stages before it that it never was
// in count as passed, with no dwell: a win passes all, a loss none further.
// Source: contract.md, "A skipped stage counts as passed at the later entry with no dwell".
void EnterStage(const RevenueModel::StageInPipeline& stage, const StageMoment& moment,
                v1::OpportunityView& deal);

}  // namespace revops
