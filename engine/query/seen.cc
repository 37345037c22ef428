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
                                                const absl::StatusOr<LogEnds>& ends, int64_t now) {
  if (!ends.ok()) return now;
  absl::optional<int64_t> oldest;
  const auto wait = [&](const TopicPartition& where, Offset next, Offset end) {
    if (next < end) oldest = std::min(oldest.value_or(now), AppendedAt(where, next, now));
  };
  wait({kTouchpoints, partition}, progress.touchpoints(), ends->touchpoints[partition]);
  wait({kRouted, partition}, progress.routed(), ends->routed[partition]);
  wait({kIdentities, 0}, progress.link_version(), ends->identities);
  if (progress.deferred_journeys() > 0) {
    oldest = std::min<int64_t>(oldest.value_or(now), progress.newest_appended_at());
  }
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
  const absl::StatusOr<LogEnds> ends = EndsOfLog(engine_.log(), engine_.partitions());
  for (size_t p = 0; p < look.size(); ++p) {
    position.offsets.push_back(look[p].progress.touchpoints());
    dead_letters += look[p].progress.dead_letters();
    const absl::optional<int64_t> since =
        WaitingSince(look[p].progress, static_cast<int>(p), ends, now);
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

std::vector<int64_t> Freshness::Lags(const std::vector<v1::StoredProgress>& stores) {
  const int64_t now = clock_.NowMicros();
  const absl::StatusOr<LogEnds> ends = EndsOfLog(engine_.log(), engine_.partitions());
  std::vector<int64_t> lags;
  for (size_t p = 0; p < stores.size(); ++p) {
    const absl::optional<int64_t> since = WaitingSince(stores[p], static_cast<int>(p), ends, now);
    lags.push_back(since.has_value() ? std::max<int64_t>(0, now - *since) : 0);
  }
  return lags;
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
