#include "engine/runtime/verify.h"

#include <algorithm>
#include <map>
#include <thread>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "engine/base/clock.h"
#include "engine/base/status.h"
#include "engine/log/capped_log.h"
#include "engine/log/embedded_log.h"
#include "engine/log/overlay_log.h"
#include "engine/runtime/topics.h"
#include "engine/view/keys.h"
#include "engine/view/store_check.h"

namespace revops {
namespace {

constexpr size_t kDifferencesMax = 100;
constexpr absl::Duration kBetweenLooks = absl::Milliseconds(20);
// Stores of other processes are not forgotten while they are asked something so often.
constexpr absl::Duration kBetweenTouches = absl::Seconds(4);

uint128 DigestOf(const v1::StoredProgress& progress) {
  return progress.digest().size() == 16 ? ReadUint128(progress.digest().data()) : 0;
}

// Where two stores differ, by key.
absl::Status Compare(const ViewReader& live, const ViewReader& replayed, const std::string& name,
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
            absl::StrCat(name, ": key ", space, " ", ToHex(Hash128(key)),
                         at == left.end() ? " is missing" : " has another value"));
      }
      if (at != left.end()) left.erase(at);
      return true;
    }));
    for (const auto& [key, value] : left) {
      if (differences.size() >= kDifferencesMax) break;
      differences.push_back(absl::StrCat(name, ": key ", space, " ", ToHex(Hash128(key)),
                                         " is there but should not be"));
    }
  }
  return absl::OkStatus();
}

std::string NameOf(int partition, const VerifiedStore& store) {
  return store.owner.empty() ? absl::StrCat("partition ", partition)
                             : absl::StrCat("partition ", partition, " of ", store.owner);
}

// Sums up the keys of all stores, each owner's in a thread of its own.
absl::StatusOr<std::vector<StoreSums>> SumAll(const Registry& registry,
                                              const std::vector<VerifiedStore>& stores) {
  std::map<std::string, std::vector<size_t>> owned;  // owner -> partitions
  for (size_t p = 0; p < stores.size(); ++p) owned[stores[p].owner].push_back(p);
  std::vector<absl::StatusOr<StoreSums>> sums(stores.size());
  std::vector<std::thread> readers;
  for (const auto& [owner, partitions] : owned) {
    readers.emplace_back([&, mine = &partitions] {
      for (const size_t p : *mine) sums[p] = SumStoredKeys(*stores[p].store, registry);
    });
  }
  for (std::thread& reader : readers) reader.join();
  std::vector<StoreSums> all;
  for (size_t p = 0; p < stores.size(); ++p) {
    if (!sums[p].ok()) {
      return Annotate(sums[p].status(), NameOf(static_cast<int>(p), stores[p]));
    }
    all.push_back(*sums[p]);
  }
  return all;
}

// The history that the stores hold.
std::map<TopicPartition, Offset> EndsOf(const std::vector<VerifiedStore>& stores) {
  std::map<TopicPartition, Offset> ends;
  for (size_t p = 0; p < stores.size(); ++p) {
    ends[{kTouchpoints, static_cast<int>(p)}] = stores[p].progress.touchpoints();
    Offset& links = ends[{kIdentities, 0}];
    links = std::max<Offset>(links, stores[p].progress.link_version());
  }
  return ends;
}

// Reads a little of every store now and then, from a thread of its own: one in another process
// ends when nobody reads it, and a verification reads one long after the other.
class Touching final {
 public:
  explicit Touching(const std::vector<VerifiedStore>& stores)
      : thread_([this, &stores] {
          absl::MutexLock lock(&mutex_);
          while (!mutex_.AwaitWithTimeout(absl::Condition(&over_), kBetweenTouches)) {
            std::string unused;
            for (const VerifiedStore& one : stores) {
              // One that is gone is noticed when it is read.
              (void)one.store->Get(keys::Progress(), unused);
            }
          }
        }) {}
  ~Touching() {
    {
      absl::MutexLock lock(&mutex_);
      over_ = true;
    }
    thread_.join();
  }

 private:
  absl::Mutex mutex_;
  bool over_ ABSL_GUARDED_BY(mutex_) = false;
  std::thread thread_;
};

// Folds the stores' history into stores of `again`, which is not started.
absl::Status FoldAgain(Engine& again, const VerifyOptions& options) {
  ASSIGN_OR_RETURN(const uint64_t total, again.Lag());
  again.Start();
  while (true) {
    for (int p = 0; p < again.partitions(); ++p) RETURN_IF_ERROR(again.partition_status(p));
    RETURN_IF_ERROR(again.links_status());
    ASSIGN_OR_RETURN(const bool settled, again.Settled());
    ASSIGN_OR_RETURN(const uint64_t left, again.Lag());
    if (options.progress) options.progress(total - std::min(left, total), total);
    if (settled) break;
    absl::SleepFor(kBetweenLooks);
  }
  again.Stop();
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<Verification> Verify(const Engine& engine, const std::vector<VerifiedStore>& stores,
                                    const VerifyOptions& options) {
  REVOPS_CHECK(static_cast<int>(stores.size()) == engine.partitions());
  const Touching touching(stores);
  ASSIGN_OR_RETURN(const std::vector<StoreSums> sums, SumAll(engine.registry(), stores));
  Verification result;
  for (int p = 0; p < engine.partitions(); ++p) {
    Verification::OfPartition partition;
    partition.live = DigestOf(stores[p].progress);
    partition.stored = sums[p].digest;
    partition.events = sums[p].copies;
    partition.equal = partition.live == partition.stored;
    if (sums[p].copies != stores[p].progress.kept()) {
      partition.equal = false;
      result.differences.push_back(absl::StrCat(NameOf(p, stores[p]), ": holds ", sums[p].copies,
                                                " copies but counts ", stores[p].progress.kept()));
    }
    if (partition.live != partition.stored) {
      result.differences.push_back(
          absl::StrCat(NameOf(p, stores[p]), ": its keys do not add up to its digest"));
    }
    result.events += partition.events;
    result.partitions.push_back(partition);
  }

  std::vector<const ViewReader*> readers;
  for (const VerifiedStore& one : stores) readers.push_back(one.store);
  ASSIGN_OR_RETURN(result.split_events, FindSplitEvents(readers));

  if (!options.stored_only) {
    // The same history with a `routed` of its own, folded into stores of its own.
    EmbeddedLogOptions own_options;
    own_options.topics[kRouted] = engine.partitions();
    ASSIGN_OR_RETURN(
        const auto own,
        EmbeddedLog::Open(absl::StrCat(options.scratch_folder, "/routed"), own_options));
    CappedLog history(engine.log(), EndsOf(stores));
    OverlayLog log(history, *own, {kRouted});
    EngineOptions engine_options;
    engine_options.folder = absl::StrCat(options.scratch_folder, "/views");
    // Borrowed for as long as this function runs.
    std::shared_ptr<const RevenueModel> model(std::shared_ptr<const RevenueModel>(),
                                              &engine.model());
    ASSIGN_OR_RETURN(const auto again, Engine::Open(engine_options, log, engine.registry(), model));
    RETURN_IF_ERROR(FoldAgain(*again, options));
    const std::vector<v1::StoredProgress> replayed = again->Progress();
    for (int p = 0; p < engine.partitions(); ++p) {
      Verification::OfPartition& partition = result.partitions[p];
      partition.replayed = DigestOf(replayed[p]);
      if (partition.replayed == partition.stored) continue;
      partition.equal = false;
      const absl::Status compared =
          Compare(*stores[p].store, *again->partition(p)->store().Snapshot(), NameOf(p, stores[p]),
                  result.differences);
      if (compared.ok()) continue;
      if (!absl::IsUnavailable(compared)) return compared;
      result.differences.push_back(
          absl::StrCat(NameOf(p, stores[p]),
                       ": differs from the log; where cannot be told, because it has "
                       "changed hands"));
    }
  }
  result.equal = true;
  for (const Verification::OfPartition& partition : result.partitions) {
    result.equal = result.equal && partition.equal;
  }
  return result;
}

}  // namespace revops
