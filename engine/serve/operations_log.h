// What the operator of a process should know, as it happens: one line of JSON for each.
//
//   {"at":"2026-03-01T12:00:00.000001Z","event":"partitions_taken","partitions":"0,1"}
// Names of events never change meaning; nothing of a customer is ever said, only of the machinery.
// Thread safety: any thread.
#pragma once

#include <iosfwd>
#include <utility>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/synchronization/mutex.h"
#include "engine/base/clock.h"

namespace revops {

class OperationsLog final {
 public:
  // Lifetime: both outlive it.
  OperationsLog(std::ostream& out, const Clock& clock) : out_(out), clock_(clock) {}

  using Fields = std::vector<std::pair<absl::string_view, std::string>>;
  void Say(absl::string_view event, const Fields& fields);

 private:
  absl::Mutex mutex_;
  std::ostream& out_ ABSL_GUARDED_BY(mutex_);
  const Clock& clock_;
};

}  // namespace revops
