// How far an engine's partitions are, and waiting for it.
#include <algorithm>

#include "absl/strings/str_cat.h"
#include "engine/base/clock.h"
#include "engine/base/status.h"
#include "engine/runtime/coverage.h"
#include "engine/runtime/engine.h"
#include "engine/runtime/log_ends.h"

namespace revops {
namespace {
// A commit between looking and waiting is not signalled again.
constexpr absl::Duration kLookAgain = absl::Milliseconds(5);
}  // namespace

std::vector<v1::StoredProgress> Engine::Progress() const {
  std::vector<v1::StoredProgress> all;
  for (int p = 0; p < partitions(); ++p) {
    const std::shared_ptr<const Partition> held = partition(p);
    all.push_back(held == nullptr ? v1::StoredProgress() : held->progress());
  }
  return all;
}

Position Engine::position() const {
  Position position;
  position.log = log_hash_;
  for (const v1::StoredProgress& store : Progress())
    position.offsets.push_back(store.touchpoints());
  return position;
}

absl::StatusOr<uint64_t> Engine::Lag() const {
  uint64_t lag = 0;
  const std::vector<v1::StoredProgress> stores = Progress();
  ASSIGN_OR_RETURN(const LogEnds ends, EndsOfLog(log_, partitions()));
  for (int p = 0; p < partitions(); ++p) {
    if (!owns(p)) continue;
    lag += ends.touchpoints[p] - std::min(ends.touchpoints[p], stores[p].touchpoints());
    lag += ends.routed[p] - std::min(ends.routed[p], stores[p].routed());
    lag += ends.identities - std::min(ends.identities, stores[p].link_version());
    lag += stores[p].deferred_journeys();
  }
  return lag;
}

absl::StatusOr<bool> Engine::Settled() const {
  // Lag looks at the stores first and at the log's ends afterwards: if nothing is open between two
  // looks at unchanged stores, nothing was under way.
  const std::vector<v1::StoredProgress> before = Progress();
  ASSIGN_OR_RETURN(const uint64_t lag, Lag());
  if (lag != 0) return false;
  const std::vector<v1::StoredProgress> after = Progress();
  for (int p = 0; p < partitions(); ++p) {
    if (before[p].SerializeAsString() != after[p].SerializeAsString()) return false;
  }
  ASSIGN_OR_RETURN(const uint64_t still, Lag());
  return still == 0;
}

void Engine::AwaitRead(const std::vector<v1::StoredProgress>& wanted,
                       absl::Duration timeout) const {
  const SystemClock clock;
  const int64_t deadline_micros = clock.MonotonicMicros() + absl::ToInt64Microseconds(timeout);
  const auto all_read = [&] {
    for (int p = 0; p < partitions() && p < static_cast<int>(wanted.size()); ++p) {
      const std::shared_ptr<const Partition> held = partition(p);
      if (held != nullptr && !ReadAsMuch(held->progress(), wanted[p])) return false;
    }
    return true;
  };
  while (!all_read() && clock.MonotonicMicros() < deadline_micros) {
    absl::MutexLock lock(&commit_mutex_);
    committed_.WaitWithTimeout(&commit_mutex_, kLookAgain);
  }
}

absl::Status Engine::WaitCovered(const Position& position, absl::Duration timeout) const {
  if (position.log != log_hash_) {
    return absl::InvalidArgumentError(
        "the consistency token belongs to another event log; use one that this server gave");
  }
  Coverage coverage(position);
  const SystemClock clock;
  const int64_t deadline_micros = clock.MonotonicMicros() + absl::ToInt64Microseconds(timeout);
  while (true) {
    for (int p = 0; p < partitions(); ++p) RETURN_IF_ERROR(partition_status(p));
    if (coverage.Reached(Progress())) return absl::OkStatus();
    if (clock.MonotonicMicros() >= deadline_micros) {
      return absl::DeadlineExceededError(absl::StrCat(
          "the token is not covered yet: ", coverage.Missing(), "; ask again with the same token"));
    }
    absl::MutexLock lock(&commit_mutex_);
    committed_.WaitWithTimeout(&commit_mutex_, kLookAgain);
  }
}

}  // namespace revops
