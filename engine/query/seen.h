// What an answer says of itself: the position it saw, whether that is all there is, and how old.
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "absl/synchronization/mutex.h"
#include "absl/types/optional.h"
#include "engine/base/clock.h"
#include "engine/query/look.h"
#include "engine/runtime/log_ends.h"
#include "revops/v1/service.pb.h"

namespace revops {

// Thread safety: any thread.
class Freshness {
 public:
  // Lifetime: both outlive it.
  Freshness(const Engine& engine, const Clock& clock) : engine_(engine), clock_(clock) {}

  // Describes what was seen through `look`. The staleness is the age of the oldest record of the
  // log not folded into it, at most 0.1 s or a tenth too high; of what is kept but deferred only a
  // lower bound, the age of the newest record taken. If the log cannot say where it ends, the
  // answer is not settled.
  v1::Seen Describe(const Look& look);

  // The staleness of each partition that is so far: entry i of partition i. Units: microseconds.
  std::vector<int64_t> Lags(const std::vector<v1::StoredProgress>& stores);

 private:
  // Since when something of the partition waits to be folded; empty: nothing does.
  absl::optional<int64_t> WaitingSince(const v1::StoredProgress& progress, int partition,
                                       const absl::StatusOr<LogEnds>& ends, int64_t now);
  // When the record at `from`, which exists, was appended, or shortly before; remembered for a
  // while.
  int64_t AppendedAt(const TopicPartition& where, Offset from, int64_t now);
  // Where the log ends at `now` or ended later.
  void Remember(const LogEnds& ends, int64_t now);
  void Remember(const TopicPartition& where, Offset end, int64_t now)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  struct Ended {
    Offset end;
    int64_t at;
  };
  struct Known {
    Offset offset = 0;
    int64_t appended_at = 0;
    int64_t asked_at = 0;
    std::deque<Ended> ends;  // of a moment ago, rising
  };
  const Engine& engine_;
  const Clock& clock_;
  absl::Mutex mutex_;
  std::map<TopicPartition, Known> known_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace revops
