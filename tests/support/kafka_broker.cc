#include "tests/support/kafka_broker.h"

#include <signal.h>
#include <sys/wait.h>

#include <array>
#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "engine/base/status.h"

namespace revops::test {
namespace {

const char kCluster[] = REVOPS_SOURCE_DIR "/deploy/kafka/cluster";

std::unique_ptr<KafkaBroker>& Shared() {
  static auto* shared = new std::unique_ptr<KafkaBroker>;
  return *shared;
}

}  // namespace

absl::StatusOr<std::string> RunShell(const std::string& command) {
  FILE* pipe = popen(absl::StrCat("{ ", command, "\n} 2>&1").c_str(), "r");
  REVOPS_CHECK(pipe != nullptr);
  std::string said;
  std::array<char, 4096> bytes;
  while (const size_t count = fread(bytes.data(), 1, bytes.size(), pipe)) {
    said.append(bytes.data(), count);
  }
  const int status = pclose(pipe);
  if (status == 0) return said;
  return absl::UnavailableError(absl::StrCat(command, ": ", said));
}

absl::StatusOr<std::unique_ptr<KafkaBroker>> KafkaBroker::Start(Options options) {
  std::unique_ptr<KafkaBroker> broker(new KafkaBroker);
  if (options.secure) broker->properties_ = broker->properties_file();
  if (!options.clients.empty()) broker->properties_ = broker->properties_file("admin");
  std::string command = absl::StrCat(kCluster, " start ", broker->folder_.path(), "/kafka --nodes ",
                                     options.nodes, " --heap 320m");
  if (options.secure) absl::StrAppend(&command, " --secure");
  if (!options.clients.empty()) {
    absl::StrAppend(&command, " --clients ", absl::StrJoin(options.clients, ","));
  }
  if (!options.version.empty()) absl::StrAppend(&command, " --version ", options.version);
  if (options.doors > 0) absl::StrAppend(&command, " --doors ", options.doors);
  for (const std::string& setting : options.settings) {
    absl::StrAppend(&command, " --set '", setting, "'");
  }
  const absl::StatusOr<std::string> said = RunShell(command);
  if (!said.ok()) {
    if (std::getenv("REVOPS_REQUIRE_KAFKA") != nullptr) {
      return absl::InternalError(
          absl::StrCat("REVOPS_REQUIRE_KAFKA is set, and ", said.status().message()));
    }
    // Only a machine that cannot run one is an excuse.
    RETURN_IF_ERROR(RunShell("command -v java").status());
    RETURN_IF_ERROR(
        RunShell(absl::StrCat(
                     REVOPS_SOURCE_DIR "/deploy/kafka/fetch",
                     options.version.empty() ? "" : absl::StrCat(" --version ", options.version)))
            .status());
    return absl::InternalError(said.status().message());
  }
  broker->brokers_ = std::string(absl::StripAsciiWhitespace(*said));
  return broker;
}

KafkaBroker::~KafkaBroker() {
  // What it holds goes with it: no need to end in good order.
  for (const int node : {1, 2, 3}) {
    if (Pid(node) > 0) kill(Pid(node), SIGKILL);
  }
}

std::vector<int> KafkaBroker::door_ports(int door) const {
  std::vector<int> ports;
  for (const absl::string_view broker : absl::StrSplit(brokers_, ',')) {
    const std::pair<absl::string_view, absl::string_view> at = absl::StrSplit(broker, ':');
    int port = 0;
    REVOPS_CHECK(absl::SimpleAtoi(at.second, &port));
    ports.push_back(port + 2 * door);
  }
  return ports;
}

KafkaConnection KafkaBroker::connection() const {
  auto connection = LoadKafkaConnection(brokers_, properties_);
  REVOPS_CHECK(connection.ok());
  return *std::move(connection);
}

std::string KafkaBroker::secret() const {
  std::string secret;
  std::ifstream(folder_.path() + "/kafka/secret") >> secret;
  REVOPS_CHECK(!secret.empty());
  return secret;
}

int KafkaBroker::Pid(int node) const {
  int pid = 0;
  std::ifstream(absl::StrCat(folder_.path(), "/kafka/node-", node, "/pid")) >> pid;
  return pid;
}

void KafkaBroker::Stop(int node) {
  const auto done = RunShell(absl::StrCat(kCluster, " stop ", folder_.path(), "/kafka",
                                          node > 0 ? absl::StrCat(" --node ", node) : ""));
  REVOPS_CHECK(done.ok());
}

void KafkaBroker::Restart(int node) {
  const std::string start = absl::StrCat(kCluster, " start ", folder_.path(), "/kafka --heap 320m",
                                         node > 0 ? absl::StrCat(" --node ", node) : "");
  // On a machine that is busy with other things a node may take longer than the command waits.
  absl::Status done;
  for (int tries = 0; tries < 3; ++tries) {
    done = RunShell(start).status();
    if (done.ok()) return;
  }
  std::fprintf(stderr, "%s\n", done.ToString().c_str());
  REVOPS_CHECK(done.ok());
}

void KafkaBroker::Kill(int node) { kill(Pid(node), SIGKILL); }
void KafkaBroker::Freeze(int node) { kill(Pid(node), SIGSTOP); }
void KafkaBroker::Thaw(int node) { kill(Pid(node), SIGCONT); }

absl::StatusOr<KafkaBroker*> SharedBroker() {
  if (Shared() == nullptr) {
    ASSIGN_OR_RETURN(Shared(), KafkaBroker::Start({}));
  }
  return Shared().get();
}

void StopSharedBroker() { Shared().reset(); }

std::string FreshName(const std::string& stem) {
  static std::atomic<int> next{0};
  return absl::StrCat(stem, "-", ++next);
}

}  // namespace revops::test
