// One consistent look at every partition, for the time of one question: what a partition's store
// holds and the position it holds it for, both through one snapshot.
#pragma once

#include <memory>
#include <vector>

#include "absl/status/statusor.h"
#include "engine/runtime/engine.h"

namespace revops {

struct PartitionLook {
  // Keeps the store open; goes after `store`. Null if another process has it.
  std::shared_ptr<const Partition> partition;
  std::unique_ptr<ViewReader> store;
  v1::StoredProgress progress;
};

// partition -> look, one entry per partition of the generation
using Look = std::vector<PartitionLook>;

// Of an engine that owns all partitions. Lifetime: the engine outlives the look. Keep it short: a
// store that failed is opened anew only when nobody looks at it. Errors: kUnavailable while a
// partition's store is being opened anew; kDataLoss.
absl::StatusOr<Look> LookAt(const Engine& engine);

// At one partition, which the engine owns. Errors: as above.
absl::StatusOr<PartitionLook> LookAtPartition(const Engine& engine, int partition);

}  // namespace revops
