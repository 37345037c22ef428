// Publishes a company to a cluster while other things happen to it, as publishers do: what was not
// acknowledged is sent again, and at times what was.
#pragma once

#include <atomic>
#include <cstdint>
#include <thread>
#include <vector>

#include "absl/synchronization/mutex.h"
#include "engine/event/position.h"
#include "revops/v1/event.pb.h"
#include "tests/chaos/cluster.h"
#include "tests/support/published.h"

namespace revops::test {

class Publisher final {
 public:
  // Begins. Lifetime: ingest and events outlive it.
  Publisher(ClusterProcess& ingest, const std::vector<v1::Event>& events, uint64_t seed);
  ~Publisher() { Finish(); }

  // Ends with the batch under way.
  void Finish();

  // Covers all that was acknowledged so far.
  Position acknowledged() const;
  // REQUIRES: Finish was called.
  const Published& published() const { return published_; }

 private:
  void Run(uint64_t seed);
  // False if it is to end and nothing was acknowledged.
  bool Publish(const std::vector<v1::Event>& batch);

  ClusterProcess& ingest_;
  const std::vector<v1::Event>& events_;
  std::atomic<bool> finish_{false};
  Published published_;  // of the thread, until it is joined
  mutable absl::Mutex mutex_;
  Position acknowledged_ ABSL_GUARDED_BY(mutex_);
  std::thread thread_;
};

}  // namespace revops::test
