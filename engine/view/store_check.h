// Recomputes from a store's keys what its progress claims.
#pragma once

#include <cstdint>

#include "absl/status/statusor.h"
#include "engine/fold/projection.h"
#include "engine/view/view_store.h"

namespace revops {

struct StoreSums {
  uint128 digest = 0;
  uint64_t journeys = 0;
  uint64_t copies = 0;    // in journals
  uint64_t deferred = 0;  // copies kept but not folded yet
  uint64_t rows = 0;
  uint64_t dead_letters = 0;
  uint64_t cells = 0;
};

// Errors: kDataLoss, naming what is damaged; kUnavailable.
absl::StatusOr<StoreSums> SumStoredKeys(const ViewReader& store, const Registry& registry);

}  // namespace revops
