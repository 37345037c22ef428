// Brings journeys up to date in one batch of a view store: journal, rows, lists, cells, digest.
//
// Every change of a journey goes through Apply, whether its events came in order (fold on), late
// (take back, fold again), twice (drop) or went elsewhere (take out). Nothing is visible until the
// caller commits the ViewBatch together with the totals.
// The caches hold what is committed: the batch takes journeys out, and RememberIn brings back what
// it made of them. A batch that is not committed leaves them without those journeys, which is safe.
// Thread safety: none. Lifetime: all references outlive the batch; use one per commit.
#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "engine/fold/runner.h"
#include "engine/view/cell_cache.h"
#include "engine/view/head_cache.h"
#include "engine/view/journey_head.h"
#include "engine/view/stored_journal.h"
#include "engine/view/view_store.h"

namespace revops {

// What the batches of one store add up to; part of its progress.
struct StoreTotals {
  uint64_t kept = 0;       // copies in journals
  uint64_t duplicate = 0;  // copies that were there already
  uint64_t deferred = 0;   // copies kept but not folded yet
  uint64_t journeys = 0;
  uint64_t dead_letters = 0;
  uint64_t deferred_journeys = 0;
  uint128 digest = 0;
};

// A dead letter that came (or stands with another reason), or went because its event applies now.
struct LetterChange {
  Id root;
  std::string entity;  // its id in the journey
  bool stands = true;
  std::string bytes;  // StoredDeadLetter, as it stands or stood
};

struct JourneyChange {
  Id root;
  std::vector<Copy> added;
  std::vector<Copy> removed;   // copies that go elsewhere, found by their bytes
  bool links_changed = false;  // a link of a person held here changed
};

class JourneyBatch {
 public:
  struct Options {
    // A journey above this many entries whose past changes is folded again later, by FoldDeferred.
    uint64_t defer_entries_min = 4096;
    // A journey that is folded again leaves a checkpoint this many items before its end, if it has
    // grown by as many since the last one (by more when it has many rows).
    uint64_t checkpoint_items = 32;
  };

  JourneyBatch(const ViewStore& store, HeadCache& heads, const Registry& registry,
               const RevenueModel& model, Resolver& resolver, const StoreTotals& totals,
               Options options)
      : store_(store),
        heads_(heads),
        registry_(registry),
        model_(model),
        resolver_(resolver),
        options_(options),
        totals_(totals) {}

  // REQUIRES: at most one change a root and batch.
  // Errors: kDataLoss, kUnavailable from the store; the batch must then be dropped.
  absl::Status Apply(JourneyChange change);

  // Folds what was deferred in the journey.
  absl::Status FoldDeferred(const Id& root);

  // Writes the cells; nothing may be applied afterwards.
  absl::Status Finish(CellCache& cells);

  ViewBatch& writes() { return writes_; }
  const StoreTotals& totals() const { return totals_; }
  const std::vector<LetterChange>& letters() const { return letters_; }

  // REQUIRES: writes() are committed. May be called once.
  void Remember(CellCache& cells);

 private:
  struct Loaded : HeadCache::Held {
    bool existed = false;
  };

  absl::Status Load(const Id& root, Loaded& journey);
  absl::Status ApplyTo(Loaded& journey, JourneyChange change);
  absl::StatusOr<bool> Holds(const Loaded& journey, const std::string& name);
  absl::StatusOr<bool> HoldsCopy(const Loaded& journey, const Copy& copy);
  absl::StatusOr<bool> InOrder(Loaded& journey, const std::vector<Entry>& fresh,
                               std::vector<TenureAt>& tenures);
  absl::Status Defer(Loaded& journey, std::vector<Copy> copies);
  absl::Status FoldOn(Loaded& journey, std::vector<Entry> fresh, std::vector<TenureAt> tenures);
  absl::Status FoldAgain(Loaded& journey, JourneyChange change);
  absl::StatusOr<RowSet> Refold(const Loaded& journey, absl::Span<const FoldItem> before,
                                absl::Span<const FoldItem> after, size_t common);
  absl::Status WriteRows(Loaded& journey, const RowSet& rows);
  void WriteTenures(Loaded& journey, const std::vector<TenureAt>& old,
                    const std::vector<TenureAt>& tenures);
  // What a journey that is folded again has in place of some of its entries.
  struct Remade {
    std::vector<const Entry*> before, after;  // in event order
    std::set<Id> old_ids;                     // of copies that were deferred
  };
  void WriteNames(Loaded& journey, const std::vector<const Entry*>& untouched,
                  const Remade& remade);
  void WriteOccurrences(Loaded& journey, const std::vector<const Entry*>& untouched,
                        const Remade& remade);
  void WriteJournal(Loaded& journey, const StoredJournal& old,
                    const std::vector<const Entry*>& entries, const Remade& remade);
  absl::Status WriteRow(const Loaded& journey, const RowSet::Change& change);
  absl::Status WriteIds(Loaded& journey, const std::set<Id>& ids);
  void WriteHead(Loaded& journey);

  const ViewStore& store_;
  HeadCache& heads_;
  const Registry& registry_;
  const RevenueModel& model_;
  Resolver& resolver_;
  const Options options_;
  StoreTotals totals_;
  CellDeltas cells_;
  absl::flat_hash_map<std::string, int128> cell_values_;  // cell key -> what Finish wrote
  std::vector<HeadCache::Held> touched_;
  std::vector<LetterChange> letters_;
  ViewBatch writes_;
};

}  // namespace revops
