// A whole company of partitions over one log, in memory or on Kafka, driven at random: steps in any
// order and size, links fed to each process at its own pace, crashes between appends and commits,
// stores lost or put back from an older copy. Whatever it does, once settled its view must be the
// oracle's.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "engine/runtime/partition.h"
#include "rocksdb/env.h"
#include "tests/support/faulty_log.h"
#include "tests/support/logical_view.h"
#include "tests/support/oracle.h"
#include "tests/support/random_events.h"

namespace revops::test {

class World final {
 public:
  struct Options {
    int partitions = 1;
    int processes = 1;  // partition p belongs to process p mod processes
    uint64_t defer_entries_min = 4096;
    uint64_t checkpoint_items = 32;
    int batch_max = 4;        // records, link versions
    int crash_percent = 0;    // of the steps: in the middle of what they append, or after it
    int restart_percent = 0;  // of the steps: before it a process starts anew
    int restore_percent = 0;  // of the steps: before it a store is copied, lost or put back
    bool check_each_commit = false;
  };

  // Lifetime: `random`, `registry` and `model` outlive the world.
  World(Options options, Random& random, const Registry& registry, const RevenueModel& model);

  void Publish(int partition, std::string record);
  FaultyLog& log();

  // One step of a partition, or of feeding links to a process, chosen at random.
  void Step();
  // Random steps, then orderly ones without crashes until nothing is left to do.
  void Settle(int random_steps);

  // What went wrong so far; empty: nothing.
  const std::vector<std::string>& problems() const { return problems_; }

  // What all stores say, read back and checked.
  LogicalView View();
  // The sum of the digests that the stores keep.
  uint128 Digest() const;
  // Everything published, as the oracle takes it.
  std::vector<PublishedRecord> Published();

  Partition& partition(int p) { return *stores_[static_cast<size_t>(p)].partition; }
  // Every key and value of a store; and a store made of them. What a backup is.
  using Content = std::map<std::string, std::string>;
  Content Copy(int p);
  void Replace(int p, const Content& content);
  // Reads a process's links up to the end.
  void FeedAll(int process);

  // Each gives how many records, versions or journeys it took; errors are problems, and after an
  // injected one the partition is opened anew.
  enum class Action { kTouchpoints, kRouted, kLinks, kDeferred };
  int Do(int p, Action action, int count);

 private:
  struct Store {
    std::unique_ptr<rocksdb::Env> env;
    std::unique_ptr<Partition> partition;
    Content backup;
    bool has_backup = false;
  };
  // Appends what was published, all at once: a log on Kafka takes its time for each append.
  void Flush();
  int ProcessOf(int p) const { return p % options_.processes; }
  void Open(int p);
  void Restart(int process);
  void Check(int p);
  void Wrong(std::string what);

  const Options options_;
  Random& random_;
  const Registry& registry_;
  const RevenueModel& model_;
  ViewMemory memory_{32 << 20};
  const std::unique_ptr<FaultyLog> log_;
  std::vector<NewRecord> published_;               // and not appended yet
  std::vector<std::unique_ptr<LinkTable>> links_;  // one a process
  std::vector<Store> stores_;                      // one a partition
  std::vector<std::string> problems_;
};

}  // namespace revops::test
