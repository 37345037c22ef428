// Where a question finds the stores of all partitions: in this process, or in others too.
#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "absl/types/optional.h"
#include "engine/query/look.h"

namespace revops {

// What is known of a partition and who has it.
struct StoreState {
  std::string owner;  // how the owning process is reached; empty: it is this one, or nobody
  v1::StoredProgress progress;
  absl::Status status;  // why it stands still or is not known; OK: it is well
  uint64_t store_bytes = 0;
  uint64_t records_per_second = 0;

  // Whether somebody said how far it is.
  bool known() const { return progress.partitions() > 0; }
};

// Thread safety: all functions may be called from any thread.
class Stores {
 public:
  virtual ~Stores() = default;

  // One look at every partition; if `covering`, one that covers that position with all it caused,
  // waiting for it up to `timeout`.
  // Errors: kInvalidArgument for a position of another log; kDeadlineExceeded, saying how far the
  // stores are; kUnavailable, naming a partition that is missing; kDataLoss.
  virtual absl::StatusOr<Look> LookAt(const absl::optional<Position>& covering,
                                      absl::Duration timeout) = 0;

  // One look at a moment of rest: each store holds all that was caused by what any of them has
  // taken of `touchpoints`. For that moment they take no more; publishers notice nothing.
  // Errors: kUnavailable if they do not come to rest within `time_max`, saying what is under way,
  // or if a partition is missing; kDataLoss.
  virtual absl::StatusOr<Look> LookAtRest(absl::Duration time_max) = 0;

  // partition -> state, all of the generation.
  virtual std::vector<StoreState> States() = 0;
};

// Those of an engine that owns all partitions.
class OwnStores final : public Stores {
 public:
  // Lifetime: `engine` outlives it.
  explicit OwnStores(const Engine& engine) : engine_(engine) {}

  absl::StatusOr<Look> LookAt(const absl::optional<Position>& covering,
                              absl::Duration timeout) override;
  absl::StatusOr<Look> LookAtRest(absl::Duration time_max) override;
  std::vector<StoreState> States() override;

 private:
  const Engine& engine_;
};

// Whether nothing is on its way to the stores of a look but new touchpoints, which are held.
// Errors: kUnavailable, saying what is.
absl::Status AtRest(EventLog& log, const Look& look);

// The state of one partition as its owner sees it.
StoreState StateOf(const Engine& engine, int partition);

}  // namespace revops
