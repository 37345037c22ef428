// What a process answers the others of its cluster: how far its partitions are, and reads of their
// stores, as proto/revops/v1/peer.proto says.
//
// A look holds a snapshot for each partition asked for, so that everything one question reads
// belongs together. It costs memory and keeps files of the store, and it keeps a store from being
// closed: so it ends after idle_time_max, when its partition changes hands, and looks_max bounds
// how many there are.
//
// The answers never depend on another process. So peers are served by workers of their own, which
// cannot all be waiting for each other.
// Thread safety: all functions may be called from any thread.
#pragma once

#include <atomic>
#include <cstdint>
#include <map>
#include <memory>

#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "engine/base/clock.h"
#include "engine/query/stores.h"
#include "engine/serve/http_call.h"
#include "revops/v1/peer.pb.h"

namespace revops {

inline constexpr absl::string_view kPeerPath = "/revops.v1.PeerService/";

class PeerLooks final {
 public:
  struct Options {
    // Open at once; one more is refused as unavailable.
    int looks_max = 256;
    absl::Duration idle_time_max = absl::Seconds(15);
    // Requests that wait for progress at once; one more is answered as it stands, so that not all
    // of a server's workers wait.
    int waiting_max = 16;
  };
  // Lifetime: both outlive it.
  PeerLooks(const Engine& engine, const Clock& clock, const Options& options);

  // Errors of all: those of peer.proto; kFailedPrecondition for another generation.
  absl::StatusOr<v1::StatesResponse> States(const v1::StatesRequest& request);
  absl::StatusOr<v1::LookResponse> Look(const v1::LookRequest& request);
  absl::StatusOr<v1::ReadResponse> Read(const v1::ReadRequest& request);
  absl::StatusOr<v1::ReleaseResponse> Release(const v1::ReleaseRequest& request);
  absl::StatusOr<v1::HoldResponse> Hold(const v1::HoldRequest& request);

  // Ends looks that nobody reads any more, and what they hold of partitions that are not owned any
  // more. To be called now and then, and when partitions change hands.
  void Sweep();

 private:
  struct Held;
  absl::Status CheckGeneration(const std::string& generation) const;

  const Engine& engine_;
  const Clock& clock_;
  const Options options_;
  absl::Mutex mutex_;
  uint64_t next_look_ ABSL_GUARDED_BY(mutex_);
  std::map<uint64_t, std::shared_ptr<Held>> looks_ ABSL_GUARDED_BY(mutex_);
  std::atomic<int> waiting_{0};
};

// Answers a POST to kPeerPath; anything else is refused. Never fails, throws nothing.
HttpAnswer AnswerPeerCall(PeerLooks& looks, const HttpCall& call);

}  // namespace revops
