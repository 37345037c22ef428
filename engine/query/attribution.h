// Who gets credit: of one deal touch by touch, or of all deals of a period by channel, campaign or
// team, under every model of the revenue model side by side; of channels also Markov's removal
// effects and Shapley values, solved when asked from the path cells.
//
// What each model shares out sums to the whole, in minor units; what no touch may earn is a line of
// its own. Bounded: rules are counted as events are folded, so that an answer costs its cells; the
// solvers take as many channels as path_models.h says, and an answer without them says why.
#pragma once

#include <cstdint>

#include "absl/status/statusor.h"
#include "engine/query/look.h"
#include "revops/v1/service.pb.h"

namespace revops {

// Leaves `seen` out. Units: `now` in microseconds, for a request without an instant.
// Errors: kInvalidArgument for a bad id, day or slice (offers those there are); kNotFound for what
// is no deal, or none that is known, or was not won (or not opened), saying which;
// those of reading.
absl::StatusOr<v1::AttributionResponse> AskAttribution(const Engine& engine, const Look& look,
                                                       int64_t now,
                                                       const v1::AttributionRequest& request);

// Of all deals of a period. Errors: as above. REQUIRES: request.deal is absent.
absl::StatusOr<v1::AttributionResponse> AttributionOfPeriod(const Engine& engine, const Look& look,
                                                            int64_t now,
                                                            const v1::AttributionRequest& request);

}  // namespace revops
