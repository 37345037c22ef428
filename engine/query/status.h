// Where the engine stands, as Status tells it.
#pragma once

#include "absl/status/statusor.h"
#include "engine/query/stores.h"
#include "revops/v1/service.pb.h"

namespace revops {

// Answers also while partitions stand still, and says why. Leaves `version` and `seen` out.
// Errors: those of the log.
absl::StatusOr<v1::StatusResponse> DescribeStatus(const Engine& engine,
                                                  const std::vector<StoreState>& states);

// 32 hex digits.
std::string DigestText(uint128 digest);

}  // namespace revops
