#include "tests/support/cluster_check.h"

#include <map>
#include <utility>

#include "absl/strings/str_cat.h"
#include "engine/base/int128.h"
#include "engine/base/status.h"
#include "engine/log/embedded_log.h"
#include "engine/log/overlay_log.h"
#include "engine/runtime/engine.h"
#include "engine/runtime/link_feed.h"
#include "engine/runtime/topics.h"
#include "tests/support/logs.h"
#include "tests/support/view_dump.h"

namespace revops::test {
namespace {

constexpr int64_t kReplayMemoryBytes = 64 << 20;

uint128 DigestOf(const v1::StoredProgress& progress) {
  return progress.digest().size() == 16 ? ReadUint128(progress.digest().data()) : 0;
}

// Partition -> digest of `touchpoints`, folded from nothing.
absl::StatusOr<std::vector<uint128>> Replay(EventLog& log, const Registry& registry,
                                            std::shared_ptr<const RevenueModel> model) {
  const auto disk = NewMemoryDisk();
  ASSIGN_OR_RETURN(const int partitions, log.Partitions(kTouchpoints));
  const std::unique_ptr<EmbeddedLog> own = OpenMemoryLog(disk, partitions);
  OverlayLog all(log, *own, {kRouted, kIdentities});
  EngineOptions options;
  options.folder = "/views";
  options.memory_bytes = kReplayMemoryBytes;
  options.env = disk.get();
  ASSIGN_OR_RETURN(const auto engine, Engine::Open(options, all, registry, std::move(model)));
  RETURN_IF_ERROR(engine->FoldAll());
  std::vector<uint128> digests;
  for (const v1::StoredProgress& progress : engine->Progress()) {
    digests.push_back(DigestOf(progress));
  }
  return digests;
}

absl::StatusOr<bool> IsAtEnd(EventLog& log, int partition, const v1::StoredProgress& progress) {
  ASSIGN_OR_RETURN(const Offset touchpoints, log.End({kTouchpoints, partition}));
  ASSIGN_OR_RETURN(const Offset routed, log.End({kRouted, partition}));
  ASSIGN_OR_RETURN(const Offset links, log.End({kIdentities, 0}));
  return progress.touchpoints() == touchpoints && progress.routed() == routed &&
         progress.link_version() == links && progress.deferred_journeys() == 0;
}

absl::Status Check(EventLog& log, const Registry& registry,
                   std::shared_ptr<const RevenueModel> model,
                   const std::vector<ClusterStore>& stores, const Published& published,
                   ClusterCheck& check) {
  LinkTable links;
  for (int read = 1; read > 0;) {
    ASSIGN_OR_RETURN(read, FeedLinks(log, links));
  }
  std::map<int, const ViewReader*> current;
  std::map<std::string, std::pair<int, uint128>> at_end;  // store -> its partition and digest
  for (const ClusterStore& store : stores) {
    const StoreDump dump = DumpStore(*store.reader, registry, *model, links);
    for (const std::string& problem : dump.problems) {
      check.problems.push_back(absl::StrCat(store.name, ": ", problem));
    }
    ASSIGN_OR_RETURN(const bool is_at_end, IsAtEnd(log, store.partition, dump.progress));
    if (!is_at_end) continue;
    current[store.partition] = store.reader;
    at_end[store.name] = {store.partition, DigestOf(dump.progress)};
  }
  ASSIGN_OR_RETURN(check.digests, Replay(log, registry, std::move(model)));
  std::vector<const ViewReader*> readers;
  for (int p = 0; p < static_cast<int>(check.digests.size()); ++p) {
    if (current.count(p) == 0) {
      check.problems.push_back(absl::StrCat("no store has read partition ", p, " to its end"));
    } else {
      readers.push_back(current.at(p));
    }
  }
  for (const auto& [name, found] : at_end) {
    const uint128 should_be = check.digests[static_cast<size_t>(found.first)];
    if (found.second == should_be) continue;
    check.problems.push_back(absl::StrCat(name, " has the digest ", ToHex(found.second),
                                          ", but a replay has ", ToHex(should_be)));
  }
  for (std::string& problem : published.Problems(readers)) {
    check.problems.push_back(std::move(problem));
  }
  return absl::OkStatus();
}

}  // namespace

ClusterCheck CheckCluster(EventLog& log, const Registry& registry,
                          std::shared_ptr<const RevenueModel> model,
                          const std::vector<ClusterStore>& stores, const Published& published) {
  ClusterCheck check;
  const absl::Status checked = Check(log, registry, std::move(model), stores, published, check);
  if (!checked.ok()) check.problems.push_back(checked.ToString());
  return check;
}

}  // namespace revops::test
