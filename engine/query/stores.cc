#include "engine/query/stores.h"

#include "engine/base/status.h"

namespace revops {

absl::StatusOr<Look> OwnStores::LookAt(const absl::optional<Position>& covering,
                                       absl::Duration timeout) {
  if (covering.has_value()) RETURN_IF_ERROR(engine_.WaitCovered(*covering, timeout));
  return revops::LookAt(engine_);
}

std::vector<StoreState> OwnStores::States() {
  std::vector<StoreState> states;
  for (int p = 0; p < engine_.partitions(); ++p) states.push_back(StateOf(engine_, p));
  return states;
}

StoreState StateOf(const Engine& engine, int partition) {
  StoreState state;
  state.status = engine.partition_status(partition);
  const std::shared_ptr<const Partition> held = engine.partition(partition);
  if (held == nullptr) return state;
  state.progress = held->progress();
  state.store_bytes = static_cast<uint64_t>(held->store().size_bytes());
  return state;
}

}  // namespace revops
