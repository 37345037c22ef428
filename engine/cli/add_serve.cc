// revops serve: ingests, folds and answers in this process until it is told to stop. Over a log on
// Kafka it is one process of a cluster, in every role.
#include <ostream>
#include <utility>

#include "absl/strings/str_cat.h"
#include "engine/base/status.h"
#include "engine/cli/add_node.h"
#include "engine/cli/command.h"
#include "engine/cli/data_folder.h"
#include "engine/cli/serving.h"

namespace revops {
namespace {

struct Options {
  HttpServerOptions http;
  int partitions = 0;
};

absl::StatusOr<ExitCode> Run(Session& session, const Options& options) {
  if (!session.target.server.empty()) {
    return absl::InvalidArgumentError(
        "serve is the server: give it a folder with --data, not a --server");
  }
  HoldStopSignals();
  Target target = session.target;
  target.partitions = options.partitions;
  target.make = true;
  if (!target.kafka.brokers.empty()) {
    NodeOptions node;
    node.target = target;
    return RunNode(session, std::move(node), options.http);
  }
  const auto say = [&session](const std::string& what) {
    session.terminal.err << absl::StrCat(what, "\n") << std::flush;
  };
  ASSIGN_OR_RETURN(const std::unique_ptr<Api> api, OpenWatchedFolder(target, say));
  RETURN_IF_ERROR(ServeUntilStopped(*api, target.data, options.http, session.terminal));
  return ExitCode::kOk;
}

}  // namespace

void AddServe(CLI::App& app, Session& session) {
  CLI::App* command = app.add_subcommand(
      "serve",
      "Serve a data folder on this machine over HTTP (Connect protocol, JSON or protobuf)");
  const auto options = std::make_shared<Options>();
  options->http.port = 8420;
  command->add_option("--port", options->http.port, "0: any free one, which is printed [8420]");
  command->add_option("--address", options->http.address,
                      "127.0.0.1 or ::1; others are refused until there is authentication "
                      "[127.0.0.1]");
  AddModelOption(command, session);
  AddMemoryOption(command, session);
  command->add_option("--partitions", options->partitions,
                      "Partitions of a new folder; they never change [the engine's default]");
  SetExamples(command, {"revops serve --data my-company",
                        "revops serve --data my-company --model model.textproto --port 9000",
                        "curl -H 'Content-Type: application/json' -d '{\"view\":\"lead\"}' "
                        "http://127.0.0.1:8420/revops.v1.RevopsService/List"});
  command->callback([&session, options] {
    session.run = [&session, options] { return Run(session, *options); };
  });
}

}  // namespace revops
