// One process of a cluster: a log on Kafka, the partitions that its consumer group gives it, and
// answers about all of them.
//
// Two servers: one for clients (HttpServerOptions), and one for the other processes, whose address
// is this process's client id in the group; so the group itself says who owns what and how to reach
// it. That port is remembered in FOLDER/peer-port and is part of the name of the member, because
// the group keeps a returning member's first client id. A partition is not given up when the group
// begins to share anew, only once it is another's: owning it a moment too long is harmless
// (engine/runtime/engine.h), and most stay where they are.
#pragma once

#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "engine/cli/open.h"
#include "engine/serve/http_call.h"
#include "engine/serve/operations_log.h"

namespace revops {

struct NodeOptions {
  Target target;         // with brokers
  bool projects = true;  // joins the group and owns partitions
  bool ingests = true;   // answers Publish
  // Of the server for other processes; 0: the one it had, else any free one.
  int peer_port = 0;
  std::string peer_address = "127.0.0.1";
  // After how long without a sign of life another process takes the partitions over.
  absl::Duration session_timeout = absl::Seconds(10);
};

class ClusterNode {
 public:
  // Joins the cluster. Lifetime: `log` outlives it.
  // Errors: those of PrepareFolder, of the engine and of the group.
  static absl::StatusOr<std::unique_ptr<ClusterNode>> Open(NodeOptions options, OperationsLog& log);
  // Leaves: ends the folds at the end of their steps and closes the stores.
  virtual ~ClusterNode() = default;

  // Why the group will not have it any more; OK: it will. The process is then told to stop
  // (SIGTERM), because another process has its name.
  virtual absl::Status ended() = 0;

  // GET /metrics, /healthz (the process works) and /readyz (it can answer: the group has given it
  // its partitions and their stores are open), and the calls of the Api.
  virtual HttpAnswer Answer(const HttpCall& call) = 0;
};

}  // namespace revops
