// All partitions of one generation in this process, folding in threads of their own.
//
//   EventLog -> link feed (1 thread) -> LinkTable
//   EventLog -> Partition (1 thread each) -> ViewStore -> readers, through snapshots
// Thread safety: all functions may be called from any thread.
#pragma once

#include <atomic>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "engine/event/position.h"
#include "engine/runtime/partition.h"

namespace revops {

struct EngineOptions {
  // Where the stores are kept, a folder per partition.
  std::string folder;
  // Units: bytes for blocks and memtables of all stores together.
  int64_t memory_bytes = 512 << 20;
  // Records a batch may take when it is behind; when it is not, it takes what there is.
  int batch_records_max = 4096;
  JourneyBatch::Options journeys;
  // Null: the machine's files.
  rocksdb::Env* env = nullptr;
};

class Engine {
 public:
  // Reads all links and opens every partition's store. Lifetime: log and registry outlive it.
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
  // Ends after the batches under way. Nothing is lost by leaving it out: a store goes on from its
  // position.
  void Stop();

  int partitions() const { return static_cast<int>(slots_.size()); }
  // A partition as it is now; it may be replaced when its store had to be opened anew. Null while
  // that is going on. Keep it short.
  std::shared_ptr<const Partition> partition(int p) const;
  // Why it stands still; OK if it does not.
  absl::Status partition_status(int p) const;

  const LinkTable& links() const { return links_; }
  const Registry& registry() const { return registry_; }
  const RevenueModel& model() const { return *model_; }
  const std::string& generation() const { return generation_; }
  EventLog& log() const { return log_; }

  // Partition -> progress as of its last commit.
  std::vector<v1::StoredProgress> Progress() const;
  // What the stores have folded of `touchpoints`.
  Position position() const;
  // Hash64 of the log's identity, as positions carry it.
  uint64_t log_hash() const { return log_hash_; }

  // Whether everything published is read, routed and folded.
  absl::StatusOr<bool> Settled() const;

  // Waits until `position` is covered with all that it caused.
  // Errors: kInvalidArgument for a position of another log; kDeadlineExceeded, saying how far the
  // engine is; kUnavailable or kDataLoss if a partition stands still.
  absl::Status WaitCovered(const Position& position, absl::Duration timeout) const;

  // Records not folded yet, of touchpoints and routed, and versions of links not taken.
  absl::StatusOr<uint64_t> Lag() const;

 private:
  struct Slot {
    mutable absl::Mutex mutex;
    std::shared_ptr<Partition> partition ABSL_GUARDED_BY(mutex);
    absl::Status status ABSL_GUARDED_BY(mutex);
    std::thread thread;
  };

  Engine(EngineOptions options, EventLog& log, const Registry& registry,
         std::shared_ptr<const RevenueModel> model);
  absl::StatusOr<std::unique_ptr<Partition>> OpenPartition(int p);
  void RunLinks();
  void RunPartition(int p);
  absl::StatusOr<int> Step(Partition& partition, int& busy_steps);
  // Opens the partition's store anew, with growing waits; false if it must stand still.
  bool Recover(int p, const absl::Status& why);

  const EngineOptions options_;
  EventLog& log_;
  const Registry& registry_;
  const std::shared_ptr<const RevenueModel> model_;
  const std::string generation_;
  const uint64_t log_hash_;
  LinkTable links_;
  std::unique_ptr<ViewMemory> memory_;
  std::vector<std::unique_ptr<Slot>> slots_;
  std::thread link_thread_;
  std::atomic<bool> stop_{false};
  // Rung at every commit, for those who wait for progress.
  mutable absl::Mutex commit_mutex_;
  mutable absl::CondVar committed_;
};

}  // namespace revops
