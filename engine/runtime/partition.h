// One partition of a generation: reads its records, folds those whose home it is, forwards the
// others, and keeps its store such that after every commit each journal entry resolves, under the
// store's own link version, to its journey, person and partition.
//
// Everything happens in steps; a step appends what it causes to the log, waits for the
// acknowledgement, and then commits state and position in one write. So a crash at any moment
// costs at most a repeated append, which ids make harmless.
// Thread safety: steps from one thread; progress() and store() from any.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "absl/types/optional.h"
#include "engine/fold/projection.h"
#include "engine/identity/link_table.h"
#include "engine/identity/resolver.h"
#include "engine/log/event_log.h"
#include "engine/log/outlet.h"
#include "engine/view/journey_batch.h"
#include "engine/view/view_store.h"
#include "revops/v1/stored.pb.h"

namespace revops {

class Partition {
 public:
  struct Options {
    int partition = 0;
    // Fingerprint of the fold part of the model, the registry and tzdata (generation.h).
    std::string generation;
    JourneyBatch::Options journeys;
    // Units: approximate bytes of decoded journeys, and as much again of cells, kept in memory.
    int64_t cache_bytes = 1 << 20;
    // Told of dead letters before the position passes them (dead_letter_notices.h); null: nobody
    // is. Lifetime: outlives the partition.
    Outlet* dead_letters = nullptr;
  };

  // Takes over `store`, which is empty or was written by a partition of the same log, generation
  // and partition count. Lifetime: all references outlive the partition.
  // Errors: kFailedPrecondition, in words, for a store of a newer format, of another log,
  // generation, partition or partition count, one that is ahead of the log or behind its start, or
  // one whose last record is not the one the log has there.
  static absl::StatusOr<std::unique_ptr<Partition>> Open(Options options, EventLog& log,
                                                         const LinkTable& links,
                                                         const Registry& registry,
                                                         const RevenueModel& model,
                                                         std::unique_ptr<ViewStore> store);

  // The steps. Each gives how many records, link versions or journeys it took; 0: nothing to do.
  // Errors of all: kUnavailable: nothing is lost; open the partition anew and go on. kDataLoss:
  // stop.
  absl::StatusOr<int> FoldTouchpoints(int records_max);
  // Takes records only up to one that was resolved under a link version this store has not reached.
  absl::StatusOr<int> FoldRouted(int records_max);
  // REQUIRES (for progress): somebody feeds `links` from `identities`.
  absl::StatusOr<int> AdvanceLinks(int versions_max);
  // Folds one journey whose past was deferred.
  absl::StatusOr<int> FoldDeferred();

  // As of the last commit.
  v1::StoredProgress progress() const;
  const ViewStore& store() const { return *store_; }
  int partition() const { return options_.partition; }

 private:
  struct Arrived;  // records on their way into journeys
  Partition(Options options, EventLog& log, const LinkTable& links, const Registry& registry,
            const RevenueModel& model, std::unique_ptr<ViewStore> store);

  // Decodes and resolves one record: into `arrived`, for this store or for another.
  // touchpoint: its offset, if it was read there.
  // Errors: kUnavailable, kDataLoss if links cannot be read.
  absl::Status Take(absl::string_view bytes, int64_t recorded_at, absl::optional<Offset> touchpoint,
                    Arrived& arrived);
  bool NamesErased(const Copy& copy);
  void Place(Copy copy, Arrived& arrived);
  absl::Status Commit(Arrived arrived, v1::StoredProgress next);

  const Options options_;
  EventLog& log_;
  const LinkTable& links_;
  const Registry& registry_;
  const RevenueModel& model_;
  const std::unique_ptr<ViewStore> store_;
  Resolver resolver_;
  HeadCache heads_;
  DecodedEvent decoded_;  // the record at hand; kept for its memory
  CellCache cells_;
  int partitions_ = 0;

  mutable absl::Mutex mutex_;
  v1::StoredProgress progress_ ABSL_GUARDED_BY(mutex_);
};

// The partition an event of this root lives in.
int HomeOf(const Id& root, int partitions);

}  // namespace revops
