// The partitions of one generation that this process owns, folding in threads of their own.
//
//   EventLog -> link feed (1 thread) -> LinkTable
//   EventLog -> Partition (1 thread each) -> ViewStore -> readers, through snapshots
//
// On one machine an engine owns all partitions for ever. Among several processes each owns some,
// and they change hands (Take, Give). Every process keeps stores of its own in a folder of its own
// and reads all of `identities`. Nobody is fenced, because nothing needs it:
//   - A store is a function of what it has read: `touchpoints/p` and `routed/p` from offset 0,
//   links
//     up to its version. So two processes may hold a store of one partition, both right, each as of
//     its own position. Whoever takes a partition goes on from its own store, however old, or from
//     nothing; what another process did to the partition meanwhile it does again.
//   - All that a store does to others is to append. Whatever it forwards or links twice, or another
//     store of the same partition forwards too, or a process forwards that was stopped for an hour
//     and does not know that it owns nothing any more, is a copy of an event the receiver has or
//     will have: it counts as a duplicate there, in that store's own counters, or, resolved under a
//     later link version, goes on to where the first copy went. Nothing is withdrawn by a message,
//     so a late one takes nothing back.
//   - An event cannot be missing where it belongs: whichever store of partition p folds its
//     touchpoint, and all do, forwards it before its position says so; and the home reads all of
//     its `routed` from 0. What a link moved away from a store was forwarded by that store before;
//     another store of the same partition that still held it forwards it again.
//   - `sent` and `links_seen` of a store cover what that store itself caused, so the current
//   owners'
//     progress together is enough to tell whether a token is covered, if whoever asks begins anew
//     when a partition's progress falls back because another store answers now (coverage.h).
//   - A process that has lost a partition unknowingly answers from an old store and says the old
//     position with it: stale, not wrong.
//
// Thread safety: all functions may be called from any thread.
#pragma once

#include <atomic>
#include <map>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "engine/base/clock.h"
#include "engine/event/position.h"
#include "engine/runtime/batch_pace.h"
#include "engine/runtime/partition.h"
#include "engine/runtime/rate_window.h"

namespace revops {

struct EngineOptions {
  // Where the stores are kept, a folder per partition, and one of the links.
  std::string folder;
  // Units: bytes for blocks, memtables and decoded journeys and cells of all stores together.
  int64_t memory_bytes = 512 << 20;
  // Records a batch may take when it is behind, in time (batch_pace.h); when it is not, it
  // takes what there is.
  int batch_records_max = 65'536;
  JourneyBatch::Options journeys;
  // False: no partition is owned until it is taken.
  bool owns_all = true;
  // Told of dead letters (dead_letter_notices.h); null: nobody is. Lifetime: outlives the engine.
  Outlet* dead_letters = nullptr;
  // Null: the machine's files.
  rocksdb::Env* env = nullptr;
};

inline constexpr size_t kModelsMax = 1000;

class Engine {
 public:
  // Reads all links and, if it owns all partitions, opens every store. Lifetime: log and registry
  // outlive it.
  // Errors: those of Partition::Open and of the log.
  static absl::StatusOr<std::unique_ptr<Engine>> Open(EngineOptions options, EventLog& log,
                                                      const Registry& registry,
                                                      std::shared_ptr<const RevenueModel> model);
  ~Engine();

  // Folds in this thread until nothing is left. REQUIRES: Start was not called.
  // Errors: those of the partitions' steps.
  absl::Status FoldAll();

  // Begins to fold. May be called once.
  void Start();

  // Owns the partition from now on: opens its store, found or made, and folds. Does not wait for
  // that; partition_status tells of what stands in the way. No effect if it is owned.
  // REQUIRES: Start was called.
  void Take(int p);
  // Owns it no longer: ends at the end of the step under way, which stays, and closes the store
  // once nobody reads it. True if that is done within `time_max`; else it goes on by itself, and a
  // Take meanwhile waits for it.
  bool Give(int p, absl::Duration time_max);
  bool owns(int p) const;

  // Takes no more of `touchpoints` for so long from now, so that what was taken comes to rest
  // everywhere; what others send is folded, and publishers notice nothing. Returns once every step
  // that had begun is over. It is held while any holder holds it; of one holder the last call
  // counts.
  // Errors: kUnavailable if a step takes longer; it is held nevertheless.
  absl::Status Hold(uint64_t holder, absl::Duration time) const;
  void Release(uint64_t holder) const;

  // Records read by the partition's fold, over the last ten seconds.
  uint64_t records_per_second(int p) const;

  // How often the partition's thread has come round; a thread that hangs stays where it is.
  uint64_t rounds(int p) const { return slots_[p]->rounds; }

  // Ends after the batches under way. Nothing is lost by leaving it out: a store goes on from its
  // position.
  void Stop();

  // Of the generation, here or elsewhere.
  int partitions() const { return static_cast<int>(slots_.size()); }
  // A partition as it is now; it may be replaced when its store had to be opened anew. Null while
  // that is going on, or if it is not owned. Keep it short.
  std::shared_ptr<const Partition> partition(int p) const;
  // Why it stands still; OK if it does not. kUnavailable if it is not owned.
  absl::Status partition_status(int p) const;

  const LinkTable& links() const { return *links_; }
  // Why no links are read; OK if they are.
  absl::Status links_status() const;
  const Registry& registry() const { return registry_; }
  // What questions are answered under. Lifetime: that of the engine.
  const RevenueModel& model() const { return *asked_; }
  // From now on questions are answered by this model's ask part. The models before are kept, since
  // a question may be at work with one. Errors: kFailedPrecondition if its fold part is another,
  // which takes another generation; kResourceExhausted after kModelsMax models.
  absl::Status TakeAskPart(std::shared_ptr<const RevenueModel> model);
  const std::string& generation() const { return generation_; }
  EventLog& log() const { return log_; }

  // Partition -> progress as of its last commit; nothing of one that is not owned.
  std::vector<v1::StoredProgress> Progress() const;
  // What the stores have folded of `touchpoints`.
  Position position() const;
  // Hash64 of the log's identity, as positions carry it.
  uint64_t log_hash() const { return log_hash_; }

  // Whether everything published to the owned partitions is read, routed and folded.
  absl::StatusOr<bool> Settled() const;

  // Waits until `position` is covered with all that it caused.
  // Errors: kInvalidArgument for a position of another log; kDeadlineExceeded, saying how far the
  // engine is; kUnavailable or kDataLoss if a partition stands still.
  absl::Status WaitCovered(const Position& position, absl::Duration timeout) const;

  // Waits until each owned partition p has read as much as wanted[p], at most for so long.
  void AwaitRead(const std::vector<v1::StoredProgress>& wanted, absl::Duration timeout) const;

  // Records not folded yet, of touchpoints and routed, and versions of links not taken; of the
  // owned partitions.
  absl::StatusOr<uint64_t> Lag() const;

 private:
  struct Slot {
    // Held while the partition changes hands; goes before `mutex`.
    absl::Mutex hands;
    std::thread thread ABSL_GUARDED_BY(hands);
    std::atomic<bool> stop{false};
    std::atomic<uint64_t> rounds{0};

    mutable absl::Mutex mutex;
    std::shared_ptr<Partition> partition ABSL_GUARDED_BY(mutex);
    absl::Status status ABSL_GUARDED_BY(mutex);
    bool owned ABSL_GUARDED_BY(mutex) = false;
    int threads ABSL_GUARDED_BY(mutex) = 0;  // that have something left to do
    RateWindow rate ABSL_GUARDED_BY(mutex);
  };

  Engine(EngineOptions options, EventLog& log, const Registry& registry,
         std::shared_ptr<const RevenueModel> model);
  absl::StatusOr<std::unique_ptr<Partition>> OpenPartition(int p);
  void RunLinks();
  void SetLinksStatus(absl::Status status);
  void RunPartition(int p);
  void FoldUntilStopped(int p);
  // What one who folds a partition remembers from step to step.
  struct Course {
    int busy_steps = 0;  // since there was nothing to do
    BatchPace routed;
    BatchPace touchpoints;
  };
  Course NewCourse() const;
  absl::StatusOr<int> Step(Slot& slot, Partition& partition, Course& course);
  bool Held() const;
  bool Stopping(const Slot& slot) const { return stop_ || slot.stop; }
  // Opens the partition's store, with growing waits; false if it must stand still.
  bool OpenStore(int p);
  void StandStill(Slot& slot);
  void WaitToRetry(Slot& slot, absl::Duration time);
  // Takes the partition from readers to come, and waits for those it has.
  void Close(Slot& slot);

  const EngineOptions options_;
  EventLog& log_;
  const Registry& registry_;
  const std::shared_ptr<const RevenueModel> model_;  // what is folded under
  std::atomic<const RevenueModel*> asked_;
  absl::Mutex models_mutex_;
  std::vector<std::shared_ptr<const RevenueModel>> models_ ABSL_GUARDED_BY(models_mutex_);
  const std::string generation_;
  const uint64_t log_hash_;
  std::unique_ptr<LinkTable> links_;
  std::unique_ptr<ViewMemory> memory_;
  std::vector<std::unique_ptr<Slot>> slots_;
  std::thread link_thread_;
  mutable absl::Mutex links_status_mutex_;
  absl::Status links_status_ ABSL_GUARDED_BY(links_status_mutex_);
  std::atomic<bool> stop_{false};
  mutable absl::Mutex holds_mutex_;
  // Holder -> until when. Units: monotonic microseconds. It changes nothing that can be asked.
  mutable std::map<uint64_t, int64_t> holds_ ABSL_GUARDED_BY(holds_mutex_);
  const SystemClock clock_;
  // Rung at every commit, for those who wait for progress.
  mutable absl::Mutex commit_mutex_;
  mutable absl::CondVar committed_;
};

}  // namespace revops
