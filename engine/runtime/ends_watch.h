// Where the log ends, asked again and again, so that who watches a process needs not wait for
// brokers that are away.
#pragma once

#include <thread>

#include "absl/status/status.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "absl/types/optional.h"
#include "engine/log/event_log.h"
#include "engine/runtime/log_ends.h"

namespace revops {

struct KnownEnds {
  absl::optional<LogEnds> ends;  // the last that were told
  absl::Status status;           // of the last question
};

// Thread safety: any thread.
class EndsWatch final {
 public:
  // Asks at once, and so long after each answer. Lifetime: `log` outlives it.
  EndsWatch(EventLog& log, int partitions, absl::Duration between);
  // Waits for a question under way.
  ~EndsWatch();
  // Asks no more; does not wait.
  void Stop();

  KnownEnds known() const;

 private:
  void Run();

  EventLog& log_;
  const int partitions_;
  const absl::Duration between_;
  mutable absl::Mutex mutex_;
  bool stop_ ABSL_GUARDED_BY(mutex_) = false;
  KnownEnds known_ ABSL_GUARDED_BY(mutex_);
  std::thread thread_;
};

}  // namespace revops
