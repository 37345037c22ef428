// An Api served over HTTP until the process is told to stop.
#pragma once

#include "absl/status/status.h"
#include "engine/cli/terminal.h"
#include "engine/serve/api.h"
#include "engine/serve/http_server.h"

namespace revops {

// Keeps SIGINT and SIGTERM for ServeUntilStopped. To be called before any thread starts.
void HoldStopSignals();

// Says "serving `what` at URL" in one line of terminal.out, which a script can wait for, and
// returns after SIGINT or SIGTERM, once what had begun is answered. Errors: those of
// HttpServer::Start.
absl::Status ServeUntilStopped(Api& api, const std::string& what, const HttpServerOptions& options,
                               Terminal& terminal);

// The same of anything that answers.
absl::Status ServeUntilStopped(HttpHandler handler, const std::string& what,
                               const HttpServerOptions& options, Terminal& terminal);

}  // namespace revops
