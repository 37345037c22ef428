// How the open pipeline of one day became that of another:
//   opening + created + moved in + increased - decreased - moved out - won - lost - scrubbed
//   + reopened (+ revaluation) = closing
// of the whole pipeline or of any slice, on deals and on amount.
//
// The flows are cells that the opportunity view counts as it folds each deal, and the opening is
// the sum of all flows before: so it balances between any two days.
#pragma once

#include <cstdint>

#include "absl/status/statusor.h"
#include "engine/query/look.h"
#include "revops/v1/service.pb.h"

namespace revops {

// Leaves `seen` out. Units: `now` in microseconds, for a request without an instant.
// Errors: kInvalidArgument for a bad day, range or slice (offers those there are);
// kNotFound if no deal ever had any of the values asked for; those of reading.
absl::StatusOr<v1::BridgeResponse> AskBridge(const Engine& engine, const Look& look, int64_t now,
                                             const v1::BridgeRequest& request);

}  // namespace revops
