// Engagement of a lead as a constant that time does not change: log2(points) + instant / half-life.
#pragma once

#include <cstdint>

#include "engine/model/scoring.h"
#include "revops/v1/views.pb.h"

namespace revops {

// Adds the points of every rule that holds for the event, and says how many; 0 if none does.
int64_t Engage(const v1::Event& event, int64_t at, const Scoring& scoring, v1::LeadView& lead);

// Whether the points at `at` are `points_min` or more, but for a rounding of 2^-20.
bool HasEngagement(const v1::LeadView& lead, int64_t points_min, int64_t at,
                   const Scoring& scoring);

// Points at an instant, to the nearest 2^-fraction_bits, times 2^fraction_bits; at most 2^62.
int64_t PointsAt(int64_t engagement_log2, int64_t at, const Scoring& scoring,
                 int fraction_bits = 0);

}  // namespace revops
