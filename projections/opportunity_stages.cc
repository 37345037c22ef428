#include "projections/opportunity_stages.h"

#include <algorithm>

namespace revops {
namespace {

v1::StagePassed* FindPassed(const v1::Pipeline& pipeline, const std::string& stage_id,
                            v1::OpportunityView& deal) {
  for (auto& passed : *deal.mutable_stages()) {
    if (passed.pipeline_id() == pipeline.pipeline_id() && passed.stage_id() == stage_id) {
      return &passed;
    }
  }
  return nullptr;
}

v1::StagePassed& Pass(const v1::Pipeline& pipeline, const std::string& stage_id, int64_t at,
                      v1::OpportunityView& deal) {
  v1::StagePassed* passed = FindPassed(pipeline, stage_id, deal);
  if (passed == nullptr) {
    passed = deal.add_stages();
    passed->set_pipeline_id(pipeline.pipeline_id());
    passed->set_stage_id(stage_id);
    passed->set_first_entered_at(at);
  }
  return *passed;
}

void Leave(int64_t at, v1::OpportunityView& deal) {
  if (deal.stage_entered_at() == 0) return;
  for (auto& passed : *deal.mutable_stages()) {
    if (passed.pipeline_id() == deal.fields().pipeline_id() &&
        passed.stage_id() == deal.fields().stage_id()) {
      passed.set_dwell(passed.dwell() + std::max<int64_t>(0, at - deal.stage_entered_at()));
    }
  }
}

// The place of the pipeline's qualified stage; its first stage if none is marked.
int QualifiedOrder(const v1::Pipeline& pipeline) {
  for (int i = 0; i < pipeline.stage_size(); ++i) {
    if (pipeline.stage(i).qualified()) return i;
  }
  return 0;
}

}  // namespace

void EnterStage(const RevenueModel::StageInPipeline& stage, const StageMoment& moment,
                v1::OpportunityView& deal) {
  Leave(moment.at, deal);
  const v1::Pipeline& pipeline = *stage.pipeline;
  if (stage.stage->kind() != v1::LOST_STAGE) {
    for (int i = 0; i < stage.order && pipeline.stage(i).kind() == v1::OPEN_STAGE; ++i) {
      Pass(pipeline, pipeline.stage(i).stage_id(), moment.at, deal);
    }
    if (deal.qualified_at() == 0 && stage.order >= QualifiedOrder(pipeline)) {
      deal.set_qualified_at(moment.at);
      deal.set_qualified_by_day(moment.by_day);
    }
  }
  auto& entered = Pass(pipeline, stage.stage->stage_id(), moment.at, deal);
  entered.set_entries(entered.entries() + 1);
  deal.set_stage_entered_at(moment.at);
  deal.mutable_fields()->set_pipeline_id(pipeline.pipeline_id());
  deal.mutable_fields()->set_stage_id(stage.stage->stage_id());
  if (stage.stage->kind() == v1::OPEN_STAGE) deal.set_last_open_stage_id(stage.stage->stage_id());
}

}  // namespace revops
