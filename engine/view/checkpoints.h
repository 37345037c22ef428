// Rows of a journey as they stood at some of its items, so that a change of its late past does not
// cost a fold of all of it.
//
// Taken when a journey is folded again, a little before its end, where the next late event is
// likely to fall; at most kCheckpointsMax are kept, the denser the nearer to the end. They are no
// part of the view: dropping them all changes nothing but the cost.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "absl/types/optional.h"
#include "engine/fold/row_set.h"
#include "engine/view/view_store.h"

namespace revops {

constexpr size_t kCheckpointsMax = 4;

struct Checkpoint {
  std::string item_key;  // of the last item folded into it
  uint64_t items = 0;    // how many items that were
  std::vector<RowSet::Row> rows;
};

// Errors of all: kDataLoss, kUnavailable.

// The latest one that holds no item after `item_key`.
absl::StatusOr<absl::optional<Checkpoint>> LatestCheckpoint(const ViewReader& store, uint128 root16,
                                                            absl::string_view item_key);

// Brings the journey's checkpoints up to date: those after `common_key` go (its past changed from
// there on; empty: all go), `taken` comes if there is one, and too many are thinned out.
// `items`: how many items the journey has now.
absl::Status UpdateCheckpoints(const ViewReader& store, uint128 root16,
                               absl::string_view common_key,
                               const absl::optional<Checkpoint>& taken, uint64_t items,
                               ViewBatch& writes);

}  // namespace revops
