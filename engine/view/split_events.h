// Events whose copies live in different journeys: one (source, id) published about different
// subjects. Copies meet only within a journey, so each of these counts where it lives; no store can
// see it alone, and no number is wrong by the rules, but somebody published it twice.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "engine/event/id.h"
#include "engine/view/view_store.h"

namespace revops {

struct SplitEvent {
  std::string source;
  std::string id;
  std::vector<Id> roots;  // the journeys that hold it, in order of their ids, the first 10
  uint64_t journeys = 0;  // how many hold it
};

struct SplitEvents {
  uint64_t count = 0;
  std::vector<SplitEvent> first;  // by (source, id), at most `listed_max`
};

struct SplitOptions {
  // Names held at once, as fingerprints of 8 bytes. Effect: bounds memory. Trade: once all stores
  // hold more events, they are read as often as that takes.
  size_t fingerprints_max = size_t{8} << 20;
  size_t listed_max = 100;
};

// Reads every journal of all stores of one generation; what is kept but not folded is left out.
// REQUIRES: fingerprints_max >= 4.
// Errors: kDataLoss, kUnavailable.
absl::StatusOr<SplitEvents> FindSplitEvents(const std::vector<const ViewReader*>& stores,
                                            const SplitOptions& options = {});

}  // namespace revops
