#include "engine/query/stores.h"

#include <algorithm>

#include "absl/cleanup/cleanup.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "engine/base/clock.h"
#include "engine/base/status.h"
#include "engine/runtime/log_ends.h"

namespace revops {
namespace {
constexpr absl::Duration kHoldTime = absl::Seconds(2);
constexpr uint64_t kHolder = 0;  // peers are never that (cluster_stores.cc)
constexpr absl::Duration kBetweenLooks = absl::Milliseconds(5);
}  // namespace

absl::StatusOr<Look> OwnStores::LookAt(const absl::optional<Position>& covering,
                                       absl::Duration timeout) {
  if (covering.has_value()) RETURN_IF_ERROR(engine_.WaitCovered(*covering, timeout));
  return revops::LookAt(engine_);
}

absl::StatusOr<Look> OwnStores::LookAtRest(absl::Duration time_max) {
  const SystemClock clock;
  const int64_t deadline = clock.MonotonicMicros() + absl::ToInt64Microseconds(time_max);
  const auto release = absl::MakeCleanup([this] { engine_.Release(kHolder); });
  absl::Status missing;
  do {
    missing = engine_.Hold(kHolder, kHoldTime);
    if (missing.ok()) {
      absl::StatusOr<Look> look = revops::LookAt(engine_);
      if (!look.ok() && !absl::IsUnavailable(look.status())) return look;
      missing = look.status();
      if (look.ok()) missing = AtRest(engine_.log(), *look);
      if (missing.ok()) return look;
    }
    absl::SleepFor(kBetweenLooks);
  } while (clock.MonotonicMicros() < deadline);
  return Annotate(missing, "the stores did not come to rest");
}

absl::Status AtRest(EventLog& log, const Look& look) {
  ASSIGN_OR_RETURN(const LogEnds ends, EndsOfLog(log, static_cast<int>(look.size())));
  for (size_t p = 0; p < look.size(); ++p) {
    const v1::StoredProgress& store = look[p].progress;
    const Offset routed_end = ends.routed[p];
    if (store.routed() < routed_end || store.link_version() < ends.identities ||
        store.deferred_journeys() > 0) {
      return absl::UnavailableError(absl::StrCat(
          "partition ", p, " has still to fold ", routed_end - std::min(routed_end, store.routed()),
          " events that others sent it, ",
          ends.identities - std::min<Offset>(ends.identities, store.link_version()), " links and ",
          store.deferred_journeys(), " journeys"));
    }
  }
  return absl::OkStatus();
}

std::vector<StoreState> OwnStores::States() {
  std::vector<StoreState> states;
  for (int p = 0; p < engine_.partitions(); ++p) states.push_back(StateOf(engine_, p));
  return states;
}

StoreState StateOf(const Engine& engine, int partition) {
  StoreState state;
  state.status = engine.partition_status(partition);
  if (state.status.ok()) state.status = engine.links_status();
  state.records_per_second = engine.records_per_second(partition);
  const std::shared_ptr<const Partition> held = engine.partition(partition);
  if (held == nullptr) return state;
  state.progress = held->progress();
  state.store_bytes = static_cast<uint64_t>(held->store().size_bytes());
  return state;
}

}  // namespace revops
