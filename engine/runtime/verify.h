// Proves a generation: folds the log again from nothing and compares.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "engine/runtime/engine.h"
#include "engine/view/split_events.h"

namespace revops {

struct Verification {
  struct OfPartition {
    uint128 live = 0;      // as kept by the running fold
    uint128 stored = 0;    // as summed up from the stored keys
    uint128 replayed = 0;  // as folded again from the log
    uint64_t events = 0;   // copies in its journals
    bool equal = false;
  };
  std::vector<OfPartition> partitions;
  uint64_t events = 0;
  bool equal = false;
  std::vector<std::string> differences;  // in words, the first 100
  // No difference, but something to know of.
  SplitEvents split_events;
};

struct VerifyOptions {
  // Only recompute from the stored keys; do not fold the log again.
  bool stored_only = false;
  // An empty folder for the second set of stores; the caller removes it.
  std::string scratch_folder;
  // Records done, records in all. Null: nobody is told.
  std::function<void(uint64_t, uint64_t)> progress;
};

// A partition's store at a moment of rest, here or in another process.
struct VerifiedStore {
  const ViewReader* store = nullptr;
  v1::StoredProgress progress;  // at that moment
  std::string owner;            // as in StoreState
};

// Sums up the stores' keys, folds the history that they hold again, up to their positions, and
// compares. What is published meanwhile changes nothing. `engine` gives the log, the views and the
// model; `stores` has an entry for each of its partitions, read from several threads. Lifetime:
// stores outlive the call; one that ends early (its partition changes hands) costs no more than the
// words about what differs in it. Errors: kUnavailable, kDataLoss.
absl::StatusOr<Verification> Verify(const Engine& engine, const std::vector<VerifiedStore>& stores,
                                    const VerifyOptions& options);

}  // namespace revops
