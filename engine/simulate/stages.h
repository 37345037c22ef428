// The stages that simulated deals go through, by the ids of engine/model/default_model.textproto.
#pragma once

#include <cstdint>

#include "revops/v1/event.pb.h"

namespace revops::simulation {

// What sales mainly does in a stage.
enum class StageWork { kTalk, kDemo, kOffer, kContract };

struct StageInfo {
  const char* id;
  v1::ForecastCategory forecast;
  StageWork work;
  int64_t median_days;
  // Percent of the deals of a company of fair fit that fall out of the stage.
  int64_t lost_percent;
  int64_t no_decision_percent;
};

struct PipelineInfo {
  const char* id;
  int stages;
  StageInfo stage[5];
};

inline constexpr PipelineInfo kNewBusiness = {
    "new_business",
    5,
    {{"prospecting", v1::FORECAST_PIPELINE, StageWork::kTalk, 5, 10, 6},
     {"discovery", v1::FORECAST_PIPELINE, StageWork::kTalk, 9, 17, 10},
     {"evaluation", v1::FORECAST_PIPELINE, StageWork::kDemo, 14, 15, 11},
     {"proposal", v1::FORECAST_BEST_CASE, StageWork::kOffer, 13, 14, 9},
     {"negotiation", v1::FORECAST_COMMIT, StageWork::kContract, 10, 9, 4}}};

inline constexpr PipelineInfo kExpansion = {
    "expansion",
    3,
    {{"identified", v1::FORECAST_PIPELINE, StageWork::kTalk, 12, 22, 12},
     {"proposal", v1::FORECAST_BEST_CASE, StageWork::kOffer, 12, 16, 8},
     {"negotiation", v1::FORECAST_COMMIT, StageWork::kContract, 8, 8, 3}}};

inline constexpr PipelineInfo kRenewal = {
    "renewal",
    2,
    {{"upcoming", v1::FORECAST_MOST_LIKELY, StageWork::kTalk, 40, 12, 1},
     {"negotiation", v1::FORECAST_COMMIT, StageWork::kContract, 20, 10, 1}}};

inline constexpr const char* kWonStage = "closed_won";
inline constexpr const char* kLostStage = "closed_lost";

inline const PipelineInfo& PipelineOf(v1::Motion motion) {
  switch (motion) {
    case v1::EXPANSION:
      return kExpansion;
    case v1::RENEWAL:
      return kRenewal;
    default:
      return kNewBusiness;
  }
}

}  // namespace revops::simulation
