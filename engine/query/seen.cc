#include "engine/query/seen.h"

#include <algorithm>
#include <vector>

#include "engine/event/position.h"
#include "engine/runtime/topics.h"

namespace revops {
namespace {
// A log is asked for a record's time at most so often a partition. Units: microseconds.
constexpr int64_t kAskAgainMicros = 100'000;
}  // namespace

absl::optional<int64_t> Freshness::WaitingSince(const v1::StoredProgress& progress, int partition,
                                                const absl::StatusOr<Offset>& links_end,
                                                int64_t now) {
  EventLog& log = engine_.log();
  absl::optional<int64_t> oldest;
  const auto waits_since = [&](int64_t instant) {
    oldest = std::min(oldest.value_or(now), instant);
  };
  const std::pair<TopicPartition, Offset> read[] = {
      {{kTouchpoints, partition}, progress.touchpoints()},
      {{kRouted, partition}, progress.routed()}};
  for (const auto& [where, next] : read) {
    const absl::StatusOr<Offset> end = log.End(where);
    if (end.ok() && next >= *end) continue;
    waits_since(end.ok() ? AppendedAt(where, next, now) : now);
  }
  if (!links_end.ok()) waits_since(now);
  if (links_end.ok() && progress.link_version() < *links_end) {
    waits_since(AppendedAt({kIdentities, 0}, progress.link_version(), now));
  }
  if (progress.deferred_journeys() > 0) waits_since(progress.newest_appended_at());
  return oldest;
}

v1::Seen Freshness::Describe(const Look& look) {
  const int64_t now = clock_.NowMicros();
  Position position;
  position.log = engine_.log_hash();
  bool settled = true;
  uint64_t dead_letters = 0;
  int64_t oldest = now;
  // The ends are read after the snapshots were taken, so that nothing that came in between can be
  // missed: a record under way between stores lies beyond an offset that a snapshot holds.
  const absl::StatusOr<Offset> links_end = engine_.log().End({kIdentities, 0});
  for (size_t p = 0; p < look.size(); ++p) {
    position.offsets.push_back(look[p].progress.touchpoints());
    dead_letters += look[p].progress.dead_letters();
    const absl::optional<int64_t> since =
        WaitingSince(look[p].progress, static_cast<int>(p), links_end, now);
    if (!since.has_value()) continue;
    settled = false;
    oldest = std::min(oldest, *since);
  }
  v1::Seen seen;
  seen.set_token(ToToken(position));
  seen.set_settled(settled);
  seen.set_staleness_micros(settled ? 0 : std::max<int64_t>(0, now - oldest));
  seen.set_model_version(engine_.model().version());
  seen.set_generation(engine_.generation());
  seen.set_dead_letters(dead_letters);
  return seen;
}

int64_t Freshness::Lag(const v1::StoredProgress& progress, int partition) {
  const int64_t now = clock_.NowMicros();
  const absl::StatusOr<Offset> links_end = engine_.log().End({kIdentities, 0});
  const absl::optional<int64_t> since = WaitingSince(progress, partition, links_end, now);
  return since.has_value() ? std::max<int64_t>(0, now - *since) : 0;
}

int64_t Freshness::AppendedAt(const TopicPartition& where, Offset from, int64_t now) {
  {
    absl::MutexLock lock(&mutex_);
    const Known& known = known_[where];
    const bool fresh = now - known.asked_at < kAskAgainMicros && known.asked_at <= now;
    if (known.appended_at != 0 && (known.offset == from || (fresh && known.offset < from))) {
      return known.appended_at;
    }
  }
  EventLog::ReadLimits limits;
  limits.records_max = 1;
  const auto records = engine_.log().Read(where, from, limits);
  if (!records.ok() || records->empty()) return now;
  absl::MutexLock lock(&mutex_);
  known_[where] = {from, records->front().appended_at, now};
  return records->front().appended_at;
}

}  // namespace revops
