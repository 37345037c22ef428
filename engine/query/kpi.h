// KPIs of the revenue model, answered from cells: by period, by slice, compared with the period
// before.
#pragma once

#include <cstdint>

#include "absl/status/statusor.h"
#include "engine/query/look.h"
#include "revops/v1/service.pb.h"

namespace revops {

inline constexpr int kKpisMax = 200;
inline constexpr size_t kPointsMax = 100'000;

// Leaves `seen` out. Units: `now` in microseconds, for a request without an instant.
// Errors: kNotFound for an unknown KPI, offering the list; kInvalidArgument for a slice that its
// measures are not counted by (offers those), a bad day or range, more than kKpisMax KPIs or
// kPointsMax points; those of reading.
absl::StatusOr<v1::KpiResponse> AskKpis(const Engine& engine, const Look& look, int64_t now,
                                        const v1::KpiRequest& request);

}  // namespace revops
