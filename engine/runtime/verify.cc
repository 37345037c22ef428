#include "engine/runtime/verify.h"

#include <algorithm>
#include <map>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "engine/base/status.h"
#include "engine/log/embedded_log.h"
#include "engine/log/overlay_log.h"
#include "engine/runtime/topics.h"
#include "engine/view/keys.h"
#include "engine/view/store_check.h"

namespace revops {
namespace {

constexpr int kSettleTries = 600;
constexpr size_t kDifferencesMax = 100;

// One settled moment: snapshots of all partitions between two looks that found nothing under way.
absl::StatusOr<std::vector<std::unique_ptr<ViewReader>>> SettledSnapshots(
    const Engine& engine, std::vector<std::shared_ptr<const Partition>>& held,
    std::vector<v1::StoredProgress>& progress) {
  for (int attempt = 0; attempt < kSettleTries; ++attempt) {
    ASSIGN_OR_RETURN(const bool settled, engine.Settled());
    if (settled) {
      progress = engine.Progress();
      held.clear();
      std::vector<std::unique_ptr<ViewReader>> snapshots;
      for (int p = 0; p < engine.partitions(); ++p) {
        held.push_back(engine.partition(p));
        if (held.back() == nullptr) break;
        snapshots.push_back(held.back()->store().Snapshot());
      }
      ASSIGN_OR_RETURN(const bool still, engine.Settled());
      const std::vector<v1::StoredProgress> now = engine.Progress();
      bool same = still && snapshots.size() == progress.size();
      for (size_t p = 0; same && p < now.size(); ++p) {
        same = now[p].SerializeAsString() == progress[p].SerializeAsString();
      }
      if (same) return snapshots;
    }
    absl::SleepFor(absl::Milliseconds(50));
  }
  return absl::FailedPreconditionError(
      "the engine did not settle within 30 s: somebody keeps publishing; verify in a quiet moment");
}

uint128 DigestOf(const v1::StoredProgress& progress) {
  return progress.digest().size() == 16 ? ReadUint128(progress.digest().data()) : 0;
}

// Where two stores differ, by key.
absl::Status Compare(const ViewReader& live, const ViewReader& replayed, int partition,
                     std::vector<std::string>& differences) {
  for (const char* space : {"S", "C", "R", "X", "K"}) {
    std::map<std::string, std::string> left;
    RETURN_IF_ERROR(live.Scan(space, [&](absl::string_view key, absl::string_view value) {
      left.emplace(std::string(key.data(), key.size()), std::string(value.data(), value.size()));
      return left.size() < (size_t{1} << 20);
    }));
    RETURN_IF_ERROR(replayed.Scan(space, [&](absl::string_view key, absl::string_view value) {
      const auto at = left.find(std::string(key.data(), key.size()));
      const bool equal = at != left.end() && at->second == value;
      if (!equal && differences.size() < kDifferencesMax) {
        differences.push_back(
            absl::StrCat("partition ", partition, ": key ", space, " ", ToHex(Hash128(key)),
                         at == left.end() ? " is missing" : " has another value"));
      }
      if (at != left.end()) left.erase(at);
      return true;
    }));
    for (const auto& [key, value] : left) {
      if (differences.size() >= kDifferencesMax) break;
      differences.push_back(absl::StrCat("partition ", partition, ": key ", space, " ",
                                         ToHex(Hash128(key)), " is there but should not be"));
    }
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<Verification> Verify(const Engine& engine, const VerifyOptions& options) {
  std::vector<std::shared_ptr<const Partition>> held;
  std::vector<v1::StoredProgress> progress;
  ASSIGN_OR_RETURN(const auto snapshots, SettledSnapshots(engine, held, progress));

  Verification result;
  result.equal = true;
  for (int p = 0; p < engine.partitions(); ++p) {
    Verification::OfPartition partition;
    ASSIGN_OR_RETURN(const StoreSums sums, SumStoredKeys(*snapshots[p], engine.registry()));
    partition.live = DigestOf(progress[p]);
    partition.stored = sums.digest;
    partition.events = sums.copies;
    partition.equal = partition.live == partition.stored;
    if (sums.copies != progress[p].kept()) {
      partition.equal = false;
      result.differences.push_back(absl::StrCat("partition ", p, ": holds ", sums.copies,
                                                " copies but counts ", progress[p].kept()));
    }
    if (partition.live != partition.stored) {
      result.differences.push_back(
          absl::StrCat("partition ", p, ": its keys do not add up to its digest"));
    }
    result.events += partition.events;
    result.partitions.push_back(partition);
  }

  std::vector<const ViewReader*> stores;
  for (const auto& snapshot : snapshots) stores.push_back(snapshot.get());
  ASSIGN_OR_RETURN(result.split_events, FindSplitEvents(stores));

  if (!options.stored_only) {
    // The same history with a `routed` of its own, folded into stores of its own.
    EmbeddedLogOptions own_options;
    own_options.topics[kRouted] = engine.partitions();
    ASSIGN_OR_RETURN(
        const auto own,
        EmbeddedLog::Open(absl::StrCat(options.scratch_folder, "/routed"), own_options));
    OverlayLog log(engine.log(), *own, {kRouted});
    EngineOptions engine_options;
    engine_options.folder = absl::StrCat(options.scratch_folder, "/views");
    // Borrowed for as long as this function runs.
    std::shared_ptr<const RevenueModel> model(std::shared_ptr<const RevenueModel>(),
                                              &engine.model());
    ASSIGN_OR_RETURN(const auto again, Engine::Open(engine_options, log, engine.registry(), model));
    ASSIGN_OR_RETURN(const uint64_t total, again->Lag());
    again->Start();
    while (true) {
      for (int p = 0; p < again->partitions(); ++p) RETURN_IF_ERROR(again->partition_status(p));
      ASSIGN_OR_RETURN(const bool settled, again->Settled());
      ASSIGN_OR_RETURN(const uint64_t left, again->Lag());
      if (options.progress) options.progress(total - std::min(left, total), total);
      if (settled) break;
      absl::SleepFor(absl::Milliseconds(20));
    }
    again->Stop();
    const std::vector<v1::StoredProgress> replayed = again->Progress();
    for (int p = 0; p < engine.partitions(); ++p) {
      Verification::OfPartition& partition = result.partitions[p];
      partition.replayed = DigestOf(replayed[p]);
      if (replayed[p].touchpoints() != progress[p].touchpoints()) {
        return absl::FailedPreconditionError(
            "events were published while the log was folded again; verify in a quiet moment");
      }
      if (partition.replayed == partition.stored) continue;
      partition.equal = false;
      RETURN_IF_ERROR(
          Compare(*snapshots[p], *again->partition(p)->store().Snapshot(), p, result.differences));
    }
  }
  for (const Verification::OfPartition& partition : result.partitions) {
    result.equal = result.equal && partition.equal;
  }
  return result;
}

}  // namespace revops
