// The door for publishers in this process: checks events, stamps when we learned of them, appends
// them to `touchpoints` and acknowledges what is durable.
#pragma once

#include <cstdint>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "absl/types/optional.h"
#include "engine/base/clock.h"
#include "engine/event/position.h"
#include "engine/identity/link_table.h"
#include "engine/ingest/check.h"
#include "engine/log/event_log.h"

namespace revops {

// What was asked of an ingest since it began.
struct IngestCounts {
  uint64_t accepted = 0;  // events
  uint64_t refused = 0;
  uint64_t appends = 0;       // that were acknowledged
  int64_t append_micros = 0;  // what they took together
};

class Ingest {
 public:
  // `links` tells where an event lives as known now, which saves hops; correctness does not depend
  // on it. Lifetime: all outlive the object. Thread safety: Publish may be called from any thread.
  Ingest(EventLog& log, const LinkTable& links, const Clock& clock)
      : log_(log), links_(links), clock_(clock) {}

  struct Result {
    // Entry i belongs to event i; empty: accepted.
    std::vector<absl::optional<Refusal>> refusals;
    int accepted = 0;
    // Covers every accepted event.
    Position position;
  };

  // Every event that is not refused is durable when this returns OK.
  // Errors: kResourceExhausted or kUnavailable from the log: none is acknowledged; publish all
  // again, their ids remove doubles. kFailedPrecondition, with the remedy, if partitions were added
  // to a topic of the log: nothing would be folded.
  absl::StatusOr<Result> Publish(std::vector<v1::Event> events);

  IngestCounts counts() const;

 private:
  EventLog& log_;
  const LinkTable& links_;
  const Clock& clock_;
  mutable absl::Mutex mutex_;
  IngestCounts counts_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace revops
