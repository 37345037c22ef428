#include "engine/query/status.h"

#include <algorithm>
#include <string>
#include <vector>

#include "absl/strings/str_format.h"
#include "engine/base/status.h"
#include "engine/runtime/log_ends.h"

namespace revops {

std::string DigestText(uint128 digest) {
  return absl::StrFormat("%016x%016x", static_cast<uint64_t>(digest >> 64),
                         static_cast<uint64_t>(digest));
}

absl::StatusOr<v1::StatusResponse> DescribeStatus(const Engine& engine,
                                                  const std::vector<StoreState>& states) {
  v1::StatusResponse response;
  EventLog& log = engine.log();
  ASSIGN_OR_RETURN(const LogEnds ends, EndsOfLog(log, engine.partitions()));
  uint128 digest = 0;
  for (int p = 0; p < engine.partitions(); ++p) {
    const v1::StoredProgress& store = states[p].progress;
    v1::PartitionStatus* one = response.add_partitions();
    const Offset end = ends.touchpoints[p];
    const Offset routed_end = ends.routed[p];
    one->set_partition(p);
    one->set_end(end);
    one->set_owner(states[p].owner);
    if (!states[p].status.ok()) one->set_error(states[p].status.ToString());
    // Nothing is said of a partition that nobody knows of, rather than zeros.
    if (!states[p].known()) continue;
    one->set_position(store.touchpoints());
    one->set_routed_position(store.routed());
    one->set_routed_end(routed_end);
    one->set_lag(end - std::min(end, store.touchpoints()) + routed_end -
                 std::min(routed_end, store.routed()));
    one->set_pending_folds(store.deferred_journeys());
    one->set_link_version(store.link_version());
    one->set_read(store.read());
    // What is deferred is kept as well, only not folded yet.
    one->set_kept(store.kept() + store.deferred());
    one->set_duplicate(store.duplicate());
    one->set_forwarded(store.forwarded());
    one->set_dead_letters(store.dead_letters());
    one->set_journeys(store.journeys());
    const uint128 of_store =
        store.digest().size() == 16 ? ReadUint128(store.digest().data()) : uint128{0};
    one->set_digest(DigestText(of_store));
    digest += of_store;
    one->set_rebuilt(store.rebuilt());
    one->set_store_bytes(states[p].store_bytes);
    one->set_records_per_second(states[p].records_per_second);
  }
  response.set_identities_end(ends.identities);
  response.set_model_version(engine.model().version());
  response.set_fingerprint(engine.generation());
  response.set_log_identity(log.identity());
  response.set_digest(DigestText(digest));
  return response;
}

}  // namespace revops
