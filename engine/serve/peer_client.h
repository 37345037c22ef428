// Asks other processes of the cluster (peer_looks.h), and reads their stores as if they were here.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "engine/query/look.h"
#include "engine/serve/http_client.h"
#include "revops/v1/peer.pb.h"

namespace revops {

// Keeps connections for the calls to come.
// Thread safety: all functions may be called from any thread.
class PeerClient final {
 public:
  struct Options {
    // How long a peer may take to answer: what a process that hangs costs a question.
    absl::Duration answer_time_max = absl::Seconds(2);
    // Kept open for each peer while nothing is asked.
    size_t idle_connections_max = 8;
  };
  explicit PeerClient(const Options& options) : options_(options) {}

  // Errors of all: kUnavailable if the peer does not answer in time, or has no answer now; its
  // own.
  absl::StatusOr<v1::StatesResponse> States(const std::string& url,
                                            const v1::StatesRequest& request);
  // The peer takes no more touchpoints for so long; zero: it goes on.
  absl::Status Hold(const std::string& url, const v1::HoldRequest& request);
  // Looks at partitions of the peer. The looks may be read from any threads, and one of them
  // is released when the last is gone. Lifetime: the client outlives them.
  absl::StatusOr<std::vector<PartitionLook>> LookAt(const std::string& url,
                                                    const v1::LookRequest& request);

 private:
  friend class PeerLook;
  absl::StatusOr<std::unique_ptr<HttpConnection>> Connection(const std::string& url);
  void GiveBack(const std::string& url, std::unique_ptr<HttpConnection> connection);

  const Options options_;
  absl::Mutex mutex_;
  std::map<std::string, std::vector<std::unique_ptr<HttpConnection>>> idle_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace revops
