// What the answers may be missing: events that a projection could not apply, copies that lost a
// conflict, records that do not decode, each with its reason.
#pragma once

#include "absl/status/statusor.h"
#include "engine/query/look.h"
#include "revops/v1/service.pb.h"

namespace revops {

// In the order of their stored keys, which has no meaning but is the same on every page. Leaves
// `seen` out.
// Errors: kNotFound for an unknown projection, offering the list; kInvalidArgument for a bad page
// size or token; those of reading.
absl::StatusOr<v1::DeadLettersResponse> ListDeadLetters(const Engine& engine, const Look& look,
                                                        const v1::DeadLettersRequest& request);

}  // namespace revops
