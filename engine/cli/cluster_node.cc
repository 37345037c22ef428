#include "engine/cli/cluster_node.h"

#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <set>
#include <thread>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/strip.h"
#include "absl/time/clock.h"
#include "engine/base/clock.h"
#include "engine/base/hash.h"
#include "engine/base/status.h"
#include "engine/cli/data_folder.h"
#include "engine/cli/folder.h"
#include "engine/cli/group_owners.h"
#include "engine/cli/kafka_target.h"
#include "engine/cli/model_watch.h"
#include "engine/ingest/ingest.h"
#include "engine/log/kafka_group.h"
#include "engine/log/renamed_log.h"
#include "engine/runtime/ends_watch.h"
#include "engine/runtime/topics.h"
#include "engine/serve/connect.h"
#include "engine/serve/http_server.h"
#include "engine/serve/local_api.h"
#include "engine/serve/metrics.h"
#include "engine/serve/peer_looks.h"

namespace revops {
namespace {

namespace fs = std::filesystem;

// What a revocation may take in all.
constexpr absl::Duration kGiveMax = absl::Milliseconds(1800);
// For the brokers to answer when a process starts.
constexpr absl::Duration kStartWaitMax = absl::Seconds(30);
constexpr absl::Duration kTick = absl::Milliseconds(250);
constexpr int kTicksPerCommit = 20;
constexpr absl::Duration kBetweenEnds = absl::Seconds(1);
// What passes by itself, such as a store that is being opened, is said once it has lasted so long.
constexpr int kTicksOfPassing = 40;
constexpr absl::Duration kBetweenModelLooks = absl::Seconds(1);

// This machine and folder, for ever the same.
std::string PlaceName(const std::string& folder) {
  char host[256] = {};
  gethostname(host, sizeof(host) - 1);
  std::error_code ignored;
  const std::string path = fs::absolute(folder, ignored).lexically_normal().string();
  return absl::StrCat(host, "-", Sha256Hex(path).substr(0, 12));
}

int RememberedPort(const fs::path& file) {
  int port = 0;
  std::ifstream(file) >> port;
  return port > 0 && port < 65536 ? port : 0;
}

class Node final : public ClusterNode {
 public:
  Node(NodeOptions options, PreparedFolder folder, OperationsLog& log)
      : options_(std::move(options)),
        folder_(std::move(folder)),
        operations_(log),
        topics_(*folder_.log.log, {{kRouted, folder_.routed}}),
        group_name_(GroupOf(options_.target.kafka, folder_.generation)) {}

  ~Node() override {
    watch_.reset();
    // In this order: no partition comes any more; nobody asks; the folds end.
    stop_ = true;
    if (ends_ != nullptr) ends_->Stop();
    if (ticks_.joinable()) ticks_.join();
    group_.reset();
    peer_server_.reset();
    looks_.reset();
    if (engine_ != nullptr) engine_->Stop();
    ends_.reset();
    operations_.Say("left", {{"group", group_name_}});
  }

  absl::Status Start() {
    if (!folder_.beside.empty()) {
      operations_.Say("generation", {{"generation", folder_.generation}, {"what", folder_.beside}});
    }
    EngineOptions engine = EngineOptionsOf(options_.target, folder_);
    engine.owns_all = false;
    if (options_.projects && folder_.log.dead_letters == nullptr) {
      return absl::NotFoundError(absl::StrCat("topic ", options_.target.kafka.prefix,
                                              kDeadLettersTopic,
                                              " is not there; run `revops kafka init`"));
    }
    RETURN_IF_ERROR(OpenEngine(engine));
    engine_->Start();
    ends_ = std::make_unique<EndsWatch>(topics_, engine_->partitions(), kBetweenEnds);
    seen_rounds_.assign(engine_->partitions(), 0);
    looks_ = std::make_unique<PeerLooks>(*engine_, clock_, PeerLooks::Options());
    RETURN_IF_ERROR(StartPeerServer());
    ASSIGN_OR_RETURN(KafkaLogOptions kafka, KafkaOptionsOf(options_.target.kafka));
    RETURN_IF_ERROR(Watch());
    if (options_.ingests) ingest_ = std::make_unique<Ingest>(topics_, engine_->links(), clock_);
    LocalApiOptions api;
    api.program_version = kProgramVersion;
    api.model_text = folder_.model_text;
    api.scratch_folder = folder_.scratch;
    api.stores = stores_.get();
    api_ = std::make_unique<LocalApi>(*engine_, ingest_.get(), clock_, std::move(api));
    if (options_.projects) RETURN_IF_ERROR(Join(kafka));
    ticks_ = std::thread([this] { Tick(); });
    RETURN_IF_ERROR(KeepModel(options_.target, folder_));
    WatchModel();
    return absl::OkStatus();
  }

  absl::Status ended() override {
    absl::MutexLock lock(&mutex_);
    return ended_;
  }

  HttpAnswer Answer(const HttpCall& call) override {
    if (call.method == "GET" && call.path == "/metrics") {
      absl::optional<IngestCounts> counts;
      if (ingest_ != nullptr) counts = ingest_->counts();
      return Plain(200, MetricsText(*engine_, calls_, ends_->known(), counts),
                   "text/plain; version=0.0.4");
    }
    if (call.method == "GET" && call.path == "/healthz") return Plain(200, "ok\n");
    if (call.method == "GET" && call.path == "/readyz") {
      const std::string missing = Missing();
      return missing.empty() ? Plain(200, "ready\n") : Plain(503, absl::StrCat(missing, "\n"));
    }
    HttpAnswer answer = AnswerCall(*api_, call, ConnectLimits());
    absl::string_view name = call.path;
    // Names of clients' own making are not kept.
    if (absl::ConsumePrefix(&name, kServicePath) && answer.status != 404) {
      calls_.Count(name, answer.status);
    }
    return answer;
  }

 private:
  static HttpAnswer Plain(int status, std::string text,
                          std::string type = "text/plain; charset=utf-8") {
    HttpAnswer answer;
    answer.status = status;
    answer.content_type = std::move(type);
    answer.body = std::move(text);
    return answer;
  }

  // A log whose leaders are just being chosen anew is waited for.
  absl::Status OpenEngine(const EngineOptions& options) {
    const int64_t deadline = clock_.MonotonicMicros() + absl::ToInt64Microseconds(kStartWaitMax);
    while (true) {
      auto opened = Engine::Open(options, topics_, folder_.registry, folder_.model);
      if (!absl::IsUnavailable(opened.status()) || clock_.MonotonicMicros() >= deadline) {
        RETURN_IF_ERROR(opened.status());
        engine_ = *std::move(opened);
        return absl::OkStatus();
      }
      operations_.Say("waiting", {{"why", opened.status().ToString()}});
    }
  }

  void WatchModel() {
    watch_ = std::make_unique<ModelWatch>(
        folder_.own_model, folder_.model_text, folder_.registry,
        [this](std::shared_ptr<const RevenueModel> model, std::string text) {
          RETURN_IF_ERROR(engine_->TakeAskPart(std::move(model)));
          api_->SetModelText(std::move(text));
          return absl::OkStatus();
        },
        [this](const std::string& what) {
          operations_.Say("model", {{"what", what}});
        });
    watch_->Start(kBetweenModelLooks);
  }

  absl::Status StartPeerServer() {
    const fs::path file = fs::path(options_.target.data) / "peer-port";
    HttpServerOptions http;
    http.address = options_.peer_address;
    http.port = options_.peer_port != 0 ? options_.peer_port : RememberedPort(file);
    const HttpHandler handler = [this](const HttpCall& call) {
      return AnswerPeerCall(*looks_, call);
    };
    absl::StatusOr<std::unique_ptr<HttpServer>> server = HttpServer::Start(http, handler);
    if (!server.ok() && options_.peer_port == 0 && http.port != 0) {
      http.port = 0;  // somebody else has it now
      server = HttpServer::Start(http, handler);
    }
    RETURN_IF_ERROR(server.status());
    peer_server_ = *std::move(server);
    std::ofstream(file, std::ios::trunc) << peer_server_->port() << "\n";
    return absl::OkStatus();
  }

  absl::Status Watch() {
    ASSIGN_OR_RETURN(owners_, OwnersOf(options_.target.kafka, folder_.generation));
    const std::string self = peer_server_->url();
    stores_ = std::make_unique<ClusterStores>(*engine_, *owners_, clock_, self, Hash64(self) | 1);
    return absl::OkStatus();
  }

  absl::Status Join(const KafkaLogOptions& kafka) {
    KafkaGroupOptions options;
    options.connection = kafka.connection;
    options.topic_prefix = kafka.topic_prefix;
    options.topic = kTouchpoints;
    options.group = group_name_;
    options.instance = absl::StrCat(PlaceName(options_.target.data), "-", peer_server_->port());
    options.client_id = peer_server_->url();
    options.session_timeout = options_.session_timeout;
    options.alive = [this] { return FoldsComeRound(); };
    KafkaGroup::Callbacks callbacks;
    callbacks.assigned = [this](const std::vector<int>& owned) { Own(owned, "assigned"); };
    callbacks.revoked = [this](const std::vector<int>&, bool lost) {
      if (lost) Own({}, "lost");
    };
    callbacks.ended = [this](const absl::Status& why) {
      operations_.Say("membership_ended", {{"why", why.ToString()}});
      {
        absl::MutexLock lock(&mutex_);
        ended_ = why;
      }
      kill(getpid(), SIGTERM);
    };
    operations_.Say("joining", {{"group", group_name_},
                                {"instance", options.instance},
                                {"peers_reach_me_at", options.client_id}});
    ASSIGN_OR_RETURN(group_, KafkaGroup::Join(std::move(options), std::move(callbacks)));
    return absl::OkStatus();
  }

  // From now on these partitions and no others.
  void Own(const std::vector<int>& partitions, absl::string_view why) {
    const int64_t began = clock_.MonotonicMicros();
    const std::set<int> wanted(partitions.begin(), partitions.end());
    std::vector<int> given, taken, closing;
    for (int p = 0; p < engine_->partitions(); ++p) {
      if (!engine_->owns(p) || wanted.count(p) > 0) continue;
      given.push_back(p);
      engine_->Give(p, absl::ZeroDuration());
    }
    looks_->Sweep();
    for (const int p : given) {
      const absl::Duration passed = absl::Microseconds(clock_.MonotonicMicros() - began);
      const absl::Duration left = std::max(kGiveMax - passed, absl::ZeroDuration());
      if (!engine_->Give(p, left)) closing.push_back(p);
    }
    for (const int p : wanted) {
      if (p >= engine_->partitions() || engine_->owns(p)) continue;
      taken.push_back(p);
      engine_->Take(p);
    }
    {
      absl::MutexLock lock(&mutex_);
      shared_out_ = why == "assigned";
    }
    operations_.Say("partitions", {{"why", std::string(why)},
                                   {"owned", absl::StrJoin(wanted, ",")},
                                   {"taken", absl::StrJoin(taken, ",")},
                                   {"given", absl::StrJoin(given, ",")},
                                   {"still_closing", absl::StrJoin(closing, ",")},
                                   {"micros", absl::StrCat(clock_.MonotonicMicros() - began)}});
  }

  // Whether every fold has come round since the last question.
  bool FoldsComeRound() {
    bool all = true;
    for (int p = 0; p < engine_->partitions(); ++p) {
      const uint64_t rounds = engine_->rounds(p);
      if (engine_->owns(p) && rounds == seen_rounds_[p]) all = false;
      seen_rounds_[p] = rounds;
    }
    return all;
  }

  // What keeps this process from answering; empty: nothing.
  std::string Missing() {
    {
      absl::MutexLock lock(&mutex_);
      if (!ended_.ok()) return ended_.ToString();
      if (options_.projects && !shared_out_) return "the group has not given partitions out yet";
    }
    // Who takes events in needs the brokers for each.
    const absl::Status brokers = ends_->known().status;
    if (options_.ingests && !brokers.ok()) return brokers.ToString();
    for (int p = 0; p < engine_->partitions(); ++p) {
      if (engine_->owns(p) && !engine_->partition_status(p).ok()) {
        return engine_->partition_status(p).ToString();
      }
    }
    return "";
  }

  void Tick() {
    for (const std::string& why : TopicMisfits(options_.target.kafka, folder_.routed)) {
      operations_.Say("topic_does_not_fit", {{"why", why}});
    }
    std::vector<absl::Status> said(engine_->partitions());
    std::vector<int> passing(engine_->partitions(), 0);  // ticks
    std::map<std::string, absl::Status> topics;
    absl::Status links;
    bool away = false;
    for (int tick = 1; !stop_; ++tick) {
      absl::SleepFor(kTick);
      looks_->Sweep();
      std::map<int, Offset> next;
      for (int p = 0; p < engine_->partitions(); ++p) {
        if (!engine_->owns(p)) continue;
        const auto partition = engine_->partition(p);
        if (partition != nullptr) next[p] = partition->progress().touchpoints();
        const absl::Status status = engine_->partition_status(p);
        passing[p] = absl::IsUnavailable(status) ? passing[p] + 1 : 0;
        if (status == said[p] || (passing[p] > 0 && passing[p] < kTicksOfPassing)) continue;
        said[p] = status;
        operations_.Say(status.ok() ? "partition_folds" : "partition_stands_still",
                        {{"partition", absl::StrCat(p)}, {"why", status.ToString()}});
      }
      for (const char* topic : {kTouchpoints, kRouted, kIdentities}) {
        const absl::Status now = topics_.Partitions(topic).status();
        if (now == topics[topic]) continue;
        topics[topic] = now;
        operations_.Say(now.ok() ? "topic_fits" : "topic_does_not_fit", {{"why", now.ToString()}});
      }
      if (const absl::Status now = engine_->links_status(); now != links) {
        links = now;
        operations_.Say(now.ok() ? "links_are_read" : "links_stand_still",
                        {{"why", now.ToString()}});
      }
      const absl::Status brokers = ends_->known().status;
      if (away != !brokers.ok()) {
        away = !brokers.ok();
        operations_.Say(away ? "brokers_away" : "brokers_answer", {{"why", brokers.ToString()}});
      }
      if (group_ != nullptr && tick % kTicksPerCommit == 0 && !next.empty()) group_->Commit(next);
    }
  }

  const NodeOptions options_;
  const PreparedFolder folder_;
  OperationsLog& operations_;
  const SystemClock clock_;
  RenamedLog topics_;
  const std::string group_name_;
  CallCounts calls_;
  std::unique_ptr<Engine> engine_;
  std::unique_ptr<EndsWatch> ends_;
  std::unique_ptr<PeerLooks> looks_;
  std::unique_ptr<HttpServer> peer_server_;
  std::unique_ptr<GroupOwners> owners_;
  std::unique_ptr<ClusterStores> stores_;
  std::unique_ptr<Ingest> ingest_;
  std::unique_ptr<LocalApi> api_;
  std::unique_ptr<ModelWatch> watch_;
  std::unique_ptr<KafkaGroup> group_;
  std::vector<uint64_t> seen_rounds_;  // of the group's thread
  std::atomic<bool> stop_{false};
  std::thread ticks_;
  absl::Mutex mutex_;
  absl::Status ended_ ABSL_GUARDED_BY(mutex_);
  bool shared_out_ ABSL_GUARDED_BY(mutex_) = false;
};

}  // namespace

absl::StatusOr<std::unique_ptr<ClusterNode>> ClusterNode::Open(NodeOptions options,
                                                               OperationsLog& log) {
  if (options.target.kafka.brokers.empty()) {
    return absl::InvalidArgumentError(
        "name the brokers with --kafka: processes share a log on Kafka");
  }
  options.target.make = true;
  ASSIGN_OR_RETURN(PreparedFolder folder, PrepareFolder(options.target));
  auto node = std::make_unique<Node>(std::move(options), std::move(folder), log);
  RETURN_IF_ERROR(node->Start());
  return std::unique_ptr<ClusterNode>(std::move(node));
}

}  // namespace revops
