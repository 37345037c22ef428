// The stores of all partitions, wherever in the cluster they are.
//
// Who owns a partition is what the members of the consumer group say of it, that is, the broker
// that coordinates them: one arbiter, who notices when a process dies, and nothing of our own to
// clean up. It may be late; so a process that is asked answers only for what it owns, and a
// partition that cannot be found where it should be is looked for again until the question's time
// is over. Then the answer is an error that names the partition and where it should be: part of a
// list or of a sum would be mistaken for the whole. Thread safety: all functions may be called from
// any thread.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "engine/base/clock.h"
#include "engine/query/stores.h"
#include "engine/runtime/coverage.h"
#include "engine/serve/peer_client.h"

namespace revops {

// Thread safety: any thread.
class PartitionOwners {
 public:
  virtual ~PartitionOwners() = default;

  // partition -> URL of its owner's peer server; without partitions that nobody owns. Of a moment
  // ago, and never waits for the network.
  virtual std::map<int, std::string> Owners() = 0;

  // Why the last look at them failed, in words; empty: it did not.
  virtual std::string Blind() { return ""; }

  // The last answer led nowhere: looks anew soon.
  virtual void Refresh() = 0;
};

class ClusterStores final : public Stores {
 public:
  // `self`: the URL that this process announces, if it does. `holder`: by which its holds are told
  // from those of other processes, which have others; not 0. Lifetime: all outlive it.
  ClusterStores(const Engine& engine, PartitionOwners& owners, const Clock& clock, std::string self,
                uint64_t holder);

  absl::StatusOr<Look> LookAt(const absl::optional<Position>& covering,
                              absl::Duration timeout) override;
  // Holds all owners; one that is found only afterwards makes it try again.
  absl::StatusOr<Look> LookAtRest(absl::Duration time_max) override;
  // Asks all owners side by side, so that one that hangs costs as much as one, however many do.
  std::vector<StoreState> States() override;

 private:
  // Partition p's once it has read as much as wanted[p], or as it is after `time_max`.
  std::vector<StoreState> StatesOnceRead(const std::vector<v1::StoredProgress>& wanted,
                                         absl::Duration time_max);
  // For `time`; zero: all go on.
  absl::Status HoldAll(absl::Duration time);
  // Waits until every partition has read what is in the log now. Units: monotonic microseconds.
  // Errors: kUnavailable if one has not by then, or changes hands.
  absl::Status AwaitCaughtUp(int64_t deadline);
  // One try; `wanted`, if not empty: partition -> progress that the look must have reached.
  absl::StatusOr<Look> LookOnce(const std::vector<v1::StoredProgress>& wanted);
  // owner -> partitions that are elsewhere. Errors: kUnavailable, naming those that nobody owns.
  absl::StatusOr<std::map<std::string, std::vector<int>>> Elsewhere();

  const Engine& engine_;
  PartitionOwners& owners_;
  const Clock& clock_;
  const std::string self_;
  const uint64_t holder_;
  PeerClient peers_{PeerClient::Options()};
};

}  // namespace revops
