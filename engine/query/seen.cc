#include "engine/query/seen.h"

#include <algorithm>
#include <vector>

#include "engine/event/position.h"
#include "engine/runtime/topics.h"

namespace revops {
namespace {
// How much too old a record may be taken for. Units: microseconds.
constexpr int64_t kTooOldMicros = 100'000;
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
  if (ends.ok()) Remember(*ends, now);
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
  if (ends.ok()) Remember(*ends, now);
  std::vector<int64_t> lags;
  for (size_t p = 0; p < stores.size(); ++p) {
    const absl::optional<int64_t> since = WaitingSince(stores[p], static_cast<int>(p), ends, now);
    lags.push_back(since.has_value() ? std::max<int64_t>(0, now - *since) : 0);
  }
  return lags;
}

void Freshness::Remember(const LogEnds& ends, int64_t now) {
  absl::MutexLock lock(&mutex_);
  for (size_t p = 0; p < ends.touchpoints.size(); ++p) {
    Remember({kTouchpoints, static_cast<int>(p)}, ends.touchpoints[p], now);
    Remember({kRouted, static_cast<int>(p)}, ends.routed[p], now);
  }
  Remember({kIdentities, 0}, ends.identities, now);
}

void Freshness::Remember(const TopicPartition& where, Offset end, int64_t now) {
  std::deque<Ended>& ends = known_[where].ends;
  while (!ends.empty() && ends.front().at < now - kTooOldMicros) ends.pop_front();
  if (ends.empty() || ends.back().end < end) {
    ends.push_back({end, now});
  } else if (ends.back().end == end) {
    ends.back().at = std::max(ends.back().at, now);
  }
}

int64_t Freshness::AppendedAt(const TopicPartition& where, Offset from, int64_t now) {
  {
    absl::MutexLock lock(&mutex_);
    Known& known = known_[where];
    // To read it costs much on Kafka, where a consumer begins elsewhere for it. If the log did not
    // hold it a moment ago it is no older than that.
    for (auto ended = known.ends.rbegin(); ended != known.ends.rend(); ++ended) {
      if (ended->end <= from && ended->at >= now - kTooOldMicros) return std::min(now, ended->at);
    }
    const int64_t fresh = std::max(kTooOldMicros, (known.asked_at - known.appended_at) / 10);
    const bool is_fresh = now - known.asked_at < fresh && known.asked_at <= now;
    if (known.appended_at != 0 && (known.offset == from || (is_fresh && known.offset < from))) {
      return known.appended_at;
    }
  }
  EventLog::ReadLimits limits;
  limits.records_max = 1;
  const auto records = engine_.log().Read(where, from, limits);
  if (!records.ok() || records->empty()) return now;
  absl::MutexLock lock(&mutex_);
  Known& known = known_[where];
  known.offset = from;
  known.appended_at = records->front().appended_at;
  known.asked_at = now;
  return records->front().appended_at;
}

}  // namespace revops
