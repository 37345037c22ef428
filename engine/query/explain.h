// The events behind a number, and what each of them added: of a row at once, of a KPI by folding
// all journeys again.
//
// Nothing is remembered for it: events are folded one at a time as they were, and what a row or a
// cell is after each, less what it was before, is what the event added. So what is listed sums to
// the number, whatever the projection does.
#pragma once

#include <cstdint>
#include <functional>

#include "absl/status/statusor.h"
#include "engine/query/look.h"
#include "revops/v1/service.pb.h"

namespace revops {

inline constexpr int kExplainedEventsMax = 10'000;

// Told now and then how many journeys of all are read.
using ExplainProgress = std::function<void(uint64_t done, uint64_t total)>;

// Leaves `seen` out. Units: `now` in microseconds, for a request without an instant.
// Errors: kInvalidArgument for a request that names neither or both, or a bad field; kNotFound for
// an unknown view, row or KPI; those of reading.
absl::StatusOr<v1::ExplainResponse> Explain(const Engine& engine, const Look& look, int64_t now,
                                            const v1::ExplainRequest& request,
                                            const ExplainProgress& progress);

}  // namespace revops
