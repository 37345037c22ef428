// What a process of a cluster consists of, several times in one test: an engine that owns what it
// takes, and answers about all partitions.
#pragma once

#include <memory>
#include <string>
#include <utility>

#include "engine/base/clock.h"
#include "engine/base/hash.h"
#include "engine/base/status.h"
#include "engine/runtime/engine.h"
#include "engine/serve/cluster_stores.h"
#include "engine/serve/http_server.h"
#include "engine/serve/local_api.h"
#include "engine/serve/peer_looks.h"

namespace revops::test {

struct PeerProcess {
  // Lifetime: all outlive the process.
  struct Around {
    EventLog* log;
    const Registry* registry;
    PartitionOwners* owners;
    const Clock* clock;
    rocksdb::Env* disk;
    std::string scratch_folder;  // of verifications
  };

  // `folder` of its stores on the disk.
  void Start(const std::string& folder, const Around& around);

  const SystemClock waiting;  // what it waits by, whatever `around.clock` shows
  std::unique_ptr<Engine> engine;
  std::unique_ptr<PeerLooks> looks;
  std::unique_ptr<HttpServer> server;
  std::unique_ptr<ClusterStores> stores;
  std::unique_ptr<LocalApi> api;
};

inline void PeerProcess::Start(const std::string& folder, const Around& around) {
  EngineOptions options;
  options.folder = folder;
  options.memory_bytes = 8 << 20;
  options.env = around.disk;
  options.owns_all = false;
  auto opened = Engine::Open(options, *around.log, *around.registry, RevenueModel::Default());
  REVOPS_CHECK(opened.ok());
  engine = std::move(*opened);
  engine->Start();
  looks = std::make_unique<PeerLooks>(*engine, *around.clock, PeerLooks::Options());
  auto started =
      HttpServer::Start({}, [this](const HttpCall& call) { return AnswerPeerCall(*looks, call); });
  REVOPS_CHECK(started.ok());
  server = std::move(*started);
  stores = std::make_unique<ClusterStores>(*engine, *around.owners, waiting, server->url(),
                                           Hash64(server->url()));
  LocalApiOptions api_options;
  api_options.stores = stores.get();
  api_options.scratch_folder = around.scratch_folder;
  api = std::make_unique<LocalApi>(*engine, nullptr, *around.clock, api_options);
}

}  // namespace revops::test
