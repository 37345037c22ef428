// What the commands share that run a process of a cluster: serve --kafka, project and ingest.
#pragma once

#include "absl/status/statusor.h"
#include "engine/cli/cluster_node.h"
#include "engine/cli/command.h"
#include "engine/serve/http_server.h"

namespace revops {

// Runs the process until it is told to stop, its operations log on terminal.err.
absl::StatusOr<ExitCode> RunNode(Session& session, NodeOptions options,
                                 const HttpServerOptions& http);

void AddProject(CLI::App& app, Session& session);
void AddIngest(CLI::App& app, Session& session);

}  // namespace revops
