// What Prometheus scrapes of a process, in its text format.
//
// Counters of a partition belong to its store: when a partition changes hands they go on from the
// new owner's store, so sum rates by partition, not by process.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/synchronization/mutex.h"
#include "absl/types/optional.h"
#include "engine/ingest/ingest.h"
#include "engine/runtime/ends_watch.h"
#include "engine/runtime/engine.h"

namespace revops {

// Answers counted by call and outcome. Thread safety: any thread.
class CallCounts final {
 public:
  void Count(absl::string_view call, int http_status);
  // {call, HTTP status} -> answers
  std::map<std::pair<std::string, int>, uint64_t> counts() const;

 private:
  mutable absl::Mutex mutex_;
  std::map<std::pair<std::string, int>, uint64_t> counts_ ABSL_GUARDED_BY(mutex_);
};

// Of the partitions that this process owns, its links and its calls. Lags are those to the ends
// that are known: nobody waits for brokers. Of a process that takes no events in, `ingest` is
// empty.
std::string MetricsText(const Engine& engine, const CallCounts& calls, const KnownEnds& ends,
                        const absl::optional<IngestCounts>& ingest);

}  // namespace revops
