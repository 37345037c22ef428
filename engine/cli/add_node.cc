// revops project and revops ingest: the roles of serve, apart, as processes over a log on Kafka.
#include "engine/cli/add_node.h"

#include <memory>
#include <utility>

#include "absl/strings/str_cat.h"
#include "engine/base/status.h"
#include "engine/cli/serving.h"

namespace revops {
namespace {

struct Options {
  NodeOptions node;
  HttpServerOptions http;
  std::string model;
  int session_timeout_s = 10;
};

absl::StatusOr<ExitCode> Run(Session& session, const Options& options) {
  if (!session.target.server.empty()) {
    return absl::InvalidArgumentError("this starts a server: leave out --server");
  }
  HoldStopSignals();
  NodeOptions node = options.node;
  node.target = session.target;
  node.target.model_file = options.model;
  node.session_timeout = absl::Seconds(options.session_timeout_s);
  return RunNode(session, std::move(node), options.http);
}

std::shared_ptr<Options> AddRole(CLI::App* command, Session& session, int port) {
  const auto options = std::make_shared<Options>();
  options->http.port = port;
  command->add_option("--port", options->http.port,
                      absl::StrCat("0: any free one, which is printed [", port, "]"));
  command->add_option("--address", options->http.address,
                      "127.0.0.1 or ::1; others are refused until there is authentication "
                      "[127.0.0.1]");
  command->add_option("--peer-port", options->node.peer_port,
                      "Where the other processes ask this one [the one it had, else a free one]");
  command->add_option("--model", options->model,
                      "The revenue model, a textproto file; the same for all processes "
                      "[the folder's, or the default]");
  command->callback([&session, options] {
    session.run = [&session, options] { return Run(session, *options); };
  });
  return options;
}

}  // namespace

absl::StatusOr<ExitCode> RunNode(Session& session, NodeOptions options,
                                 const HttpServerOptions& http) {
  const SystemClock clock;
  OperationsLog log(session.terminal.err, clock);
  const std::string what =
      absl::StrCat(options.target.data, " and the log on ", options.target.kafka.brokers);
  ASSIGN_OR_RETURN(const std::unique_ptr<ClusterNode> node,
                   ClusterNode::Open(std::move(options), log));
  RETURN_IF_ERROR(ServeUntilStopped([&node](const HttpCall& call) { return node->Answer(call); },
                                    what, http, session.terminal));
  RETURN_IF_ERROR(node->ended());
  return ExitCode::kOk;
}

void AddProject(CLI::App& app, Session& session) {
  CLI::App* command = app.add_subcommand(
      "project",
      "Fold a share of the partitions of a log on Kafka, and answer questions about all of them");
  const auto options = AddRole(command, session, 8421);
  options->node.ingests = false;
  AddMemoryOption(command, session);
  command
      ->add_option("--session-timeout-s", options->session_timeout_s,
                   "Without a sign of life for so long, others take the partitions over [10]")
      ->check(CLI::Range(1, 300));
  SetExamples(command, {"revops project --kafka 127.0.0.1:19092 --data node-1",
                        "revops project --kafka 127.0.0.1:19092 --data node-2 --port 8422",
                        "revops status --server http://127.0.0.1:8422"});
}

void AddIngest(CLI::App& app, Session& session) {
  CLI::App* command = app.add_subcommand(
      "ingest", "Take events in for a log on Kafka; questions are passed to the projectors");
  const auto options = AddRole(command, session, 8420);
  options->node.projects = false;
  SetExamples(command, {"revops ingest --kafka 127.0.0.1:19092 --data ingest-1",
                        "revops publish --server http://127.0.0.1:8420 events.jsonl"});
}

}  // namespace revops
