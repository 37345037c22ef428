#include "engine/runtime/ends_watch.h"

#include <utility>

namespace revops {

EndsWatch::EndsWatch(EventLog& log, int partitions, absl::Duration between)
    : log_(log), partitions_(partitions), between_(between), thread_([this] { Run(); }) {}

EndsWatch::~EndsWatch() {
  Stop();
  thread_.join();
}

void EndsWatch::Stop() {
  absl::MutexLock lock(&mutex_);
  stop_ = true;
}

KnownEnds EndsWatch::known() const {
  absl::MutexLock lock(&mutex_);
  return known_;
}

void EndsWatch::Run() {
  while (true) {
    absl::StatusOr<LogEnds> ends = EndsOfLog(log_, partitions_);
    absl::MutexLock lock(&mutex_);
    known_.status = ends.status();
    if (ends.ok()) known_.ends = *std::move(ends);
    if (mutex_.AwaitWithTimeout(absl::Condition(&stop_), between_)) return;
  }
}

}  // namespace revops
