// Folds a stored journey again, one event at a time, to see what each adds.
#pragma once

#include <functional>

#include "absl/status/statusor.h"
#include "engine/fold/runner.h"
#include "engine/query/look.h"

namespace revops {

// What one event, or one tenure change, did. Lifetime: until the call returns.
struct RefoldStep {
  const FoldItem& item;
  const CellDeltas& cells;  // that it added
  RowSet& rows;             // of the journey, as they are after it
};

// Calls `each` for every item of the journey in event order. What is kept but not folded yet is
// left out, as it is in the stored rows and cells. False if there is no such journey.
// Errors: kDataLoss, kUnavailable, and those of `each`.
absl::StatusOr<bool> Refold(const Engine& engine, const ViewReader& store, uint128 root16,
                            const std::function<absl::Status(const RefoldStep& step)>& each);

}  // namespace revops
