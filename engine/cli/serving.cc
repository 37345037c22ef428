#include "engine/cli/serving.h"

#include <pthread.h>

#include <csignal>
#include <memory>
#include <utility>

#include "engine/base/status.h"
#include "engine/serve/connect.h"

namespace revops {
namespace {

sigset_t StopSignals() {
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGINT);
  sigaddset(&signals, SIGTERM);
  return signals;
}

}  // namespace

void HoldStopSignals() {
  const sigset_t signals = StopSignals();
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
}

absl::Status ServeUntilStopped(Api& api, const std::string& what, const HttpServerOptions& options,
                               Terminal& terminal) {
  const ConnectLimits limits{options.limits.body_bytes_max};
  return ServeUntilStopped(
      [&api, limits](const HttpCall& call) { return AnswerCall(api, call, limits); }, what, options,
      terminal);
}

absl::Status ServeUntilStopped(HttpHandler handler, const std::string& what,
                               const HttpServerOptions& options, Terminal& terminal) {
  ASSIGN_OR_RETURN(const std::unique_ptr<HttpServer> server,
                   HttpServer::Start(options, std::move(handler)));
  terminal.out << "serving " << what << " at " << server->url() << std::endl;
  terminal.err << "Ask it with `revops status --server " << server->url()
               << "`; Ctrl-C stops it.\n";
  const sigset_t signals = StopSignals();
  int signal = 0;
  sigwait(&signals, &signal);
  terminal.err << "stopping: answering what has begun\n";
  server->Stop();
  return absl::OkStatus();
}

}  // namespace revops
