#include "tests/support/world.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "engine/base/status.h"
#include "engine/runtime/link_feed.h"
#include "engine/runtime/topics.h"
#include "engine/view/keys.h"
#include "tests/support/memory_log.h"
#include "tests/support/shared_kafka.h"
#include "tests/support/view_dump.h"

namespace revops::test {
namespace {
constexpr size_t kProblemsMax = 20;
constexpr int kOrderlyRoundsMax = 3000;

std::unique_ptr<FaultyLog> NewLog(int partitions) {
  if (OverKafka()) return std::make_unique<FaultyLog>(NewSharedLog(partitions));
  return std::make_unique<MemoryLog>(partitions);
}
}  // namespace

World::World(Options options, Random& random, const Registry& registry, const RevenueModel& model)
    : options_(options),
      random_(random),
      registry_(registry),
      model_(model),
      log_(NewLog(options.partitions)),
      stores_(static_cast<size_t>(options.partitions)) {
  for (int i = 0; i < options_.processes; ++i) links_.push_back(std::make_unique<LinkTable>());
  for (int p = 0; p < options_.partitions; ++p) Replace(p, {});
}

void World::Wrong(std::string what) {
  if (problems_.size() < kProblemsMax) problems_.push_back(std::move(what));
}

void World::Publish(int partition, std::string record) {
  published_.push_back({{kTouchpoints, partition}, "", std::move(record)});
}

void World::Flush() {
  if (published_.empty()) return;
  REVOPS_CHECK(log_->Append(std::exchange(published_, {})).ok());
}

FaultyLog& World::log() {
  Flush();
  return *log_;
}

void World::Open(int p) {
  Store& store = stores_[static_cast<size_t>(p)];
  store.partition.reset();
  LinkTable& links = *links_[static_cast<size_t>(ProcessOf(p))];
  auto view = ViewStore::Open("/view", memory_, store.env.get());
  if (!view.ok()) return Wrong(view.status().ToString());
  std::string bytes;
  v1::StoredProgress progress;
  const auto found = (*view)->Get(keys::Progress(), bytes);
  if (found.ok() && *found && progress.ParseFromString(bytes)) {
    while (links.end() < progress.link_version()) {
      const auto fed = FeedLinks(*log_, links, options_.batch_max);
      if (!fed.ok() || *fed == 0) return Wrong("a store is ahead of identities");
    }
  }
  Partition::Options options;
  options.partition = p;
  options.generation = "toy";
  options.journeys.defer_entries_min = options_.defer_entries_min;
  options.journeys.checkpoint_items = options_.checkpoint_items;
  auto partition = Partition::Open(options, *log_, links, registry_, model_, std::move(*view));
  if (!partition.ok()) return Wrong(partition.status().ToString());
  store.partition = std::move(*partition);
}

void World::Replace(int p, const Content& content) {
  Store& store = stores_[static_cast<size_t>(p)];
  store.partition.reset();
  store.env.reset(rocksdb::NewMemEnv(rocksdb::Env::Default()));
  if (!content.empty()) {
    auto view = ViewStore::Open("/view", memory_, store.env.get());
    REVOPS_CHECK(view.ok());
    ViewBatch batch;
    for (const auto& [key, value] : content) batch.Put(key, value);
    REVOPS_CHECK((*view)->Commit(std::move(batch)).ok());
  }
  Open(p);
}

World::Content World::Copy(int p) {
  Content content;
  const absl::Status read =
      partition(p).store().Scan("", [&](absl::string_view key, absl::string_view value) {
        // Marks of refillable_db.h belong to the database, not to what it holds.
        if (key[0] != 'Z') content[std::string(key)] = std::string(value);
        return true;
      });
  REVOPS_CHECK(read.ok());
  return content;
}

void World::FeedAll(int process) {
  while (true) {
    const auto fed = FeedLinks(*log_, *links_[static_cast<size_t>(process)]);
    if (!fed.ok()) Wrong(fed.status().ToString());
    if (!fed.ok() || *fed == 0) return;
  }
}

void World::Restart(int process) {
  for (int p = 0; p < options_.partitions; ++p) {
    if (ProcessOf(p) == process) stores_[static_cast<size_t>(p)].partition.reset();
  }
  links_[static_cast<size_t>(process)] = std::make_unique<LinkTable>();
  for (int p = 0; p < options_.partitions; ++p) {
    if (ProcessOf(p) == process) Open(p);
  }
}

void World::Check(int p) {
  StoreDump dump = DumpStore(partition(p).store(), registry_, model_,
                             *links_[static_cast<size_t>(ProcessOf(p))]);
  for (std::string& problem : dump.problems) {
    Wrong(absl::StrCat("partition ", p, ": ", std::move(problem)));
  }
}

int World::Do(int p, Action action, int count) {
  Flush();
  if (stores_[static_cast<size_t>(p)].partition == nullptr) return 0;
  const v1::StoredProgress before = partition(p).progress();
  absl::StatusOr<int> taken = 0;
  switch (action) {
    case Action::kTouchpoints:
      taken = partition(p).FoldTouchpoints(count);
      break;
    case Action::kRouted:
      taken = partition(p).FoldRouted(count);
      break;
    case Action::kLinks:
      taken = partition(p).AdvanceLinks(count);
      break;
    case Action::kDeferred:
      taken = partition(p).FoldDeferred();
      break;
  }
  if (absl::IsUnavailable(taken.status())) {
    Open(p);
    if (options_.check_each_commit) Check(p);
    return 0;
  }
  if (!taken.ok()) {
    Wrong(absl::StrCat("partition ", p, ": ", taken.status().ToString()));
    return 0;
  }
  // DESIGN.md §5.5: hops end because nobody takes a record resolved under links he has not reached.
  const v1::StoredProgress after = partition(p).progress();
  for (Offset offset = before.routed(); offset < after.routed(); ++offset) {
    v1::RoutedRecord record;
    const bool parses = record.ParseFromString(log_->At({kRouted, p}, offset).value);
    if (!parses || record.link_version() > before.link_version()) {
      Wrong(absl::StrCat("partition ", p, " took a record of link version ", record.link_version(),
                         " at its own ", before.link_version()));
    }
  }
  if (options_.check_each_commit && *taken > 0) Check(p);
  return *taken;
}

void World::Step() {
  Flush();
  const int p = Below(random_, options_.partitions);
  const int process = ProcessOf(p);
  if (Chance(random_, options_.restart_percent)) Restart(process);
  if (stores_[static_cast<size_t>(p)].partition == nullptr) return;
  if (Chance(random_, options_.restore_percent)) {
    Store& store = stores_[static_cast<size_t>(p)];
    if (!store.has_backup || Chance(random_, 50)) {
      store.backup = Copy(p);
      store.has_backup = true;
    } else {
      Replace(p, Chance(random_, 70) ? store.backup : Content());
    }
  }
  const int count = 1 + Below(random_, options_.batch_max);
  const int dice = Below(random_, 100);
  if (dice < 25) {
    const auto fed = FeedLinks(*log_, *links_[static_cast<size_t>(process)], count);
    if (!fed.ok()) Wrong(fed.status().ToString());
    return;
  }
  if (Chance(random_, options_.crash_percent)) {
    log_->FailNextAppendAfter(static_cast<size_t>(Below(random_, 5)));
  }
  if (dice < 55) {
    Do(p, Action::kTouchpoints, count);
  } else if (dice < 75) {
    Do(p, Action::kRouted, count);
  } else if (dice < 92) {
    Do(p, Action::kLinks, count);
  } else {
    Do(p, Action::kDeferred, 1);
  }
  log_->CancelFailure();
}

void World::Settle(int random_steps) {
  for (int i = 0; i < random_steps && problems_.empty(); ++i) Step();
  for (int round = 0; round < kOrderlyRoundsMax; ++round) {
    if (!problems_.empty()) return;
    for (int i = 0; i < options_.processes; ++i) FeedAll(i);
    int taken = 0;
    for (int p = 0; p < options_.partitions; ++p) {
      for (const Action action : {Action::kTouchpoints, Action::kLinks, Action::kRouted}) {
        taken += Do(p, action, options_.batch_max);
      }
      taken += Do(p, Action::kDeferred, 1);
    }
    if (taken > 0) continue;
    // Nobody found anything to do: then everything must have been read.
    for (int p = 0; p < options_.partitions; ++p) {
      const v1::StoredProgress at = partition(p).progress();
      if (at.touchpoints() != *log_->End({kTouchpoints, p}) ||
          at.routed() != *log_->End({kRouted, p}) ||
          at.link_version() != *log_->End({kIdentities, 0}) || at.deferred_journeys() != 0) {
        Wrong(absl::StrCat("partition ", p, " does not settle: ", at.ShortDebugString()));
      }
    }
    return;
  }
  Wrong("it never settles");
}

LogicalView World::View() {
  LogicalView all;
  for (int p = 0; p < options_.partitions; ++p) {
    if (stores_[static_cast<size_t>(p)].partition == nullptr) continue;
    StoreDump dump = DumpStore(partition(p).store(), registry_, model_,
                               *links_[static_cast<size_t>(ProcessOf(p))]);
    for (std::string& problem : dump.problems) {
      Wrong(absl::StrCat("partition ", p, ": ", std::move(problem)));
    }
    for (const auto& [root, copies] : dump.view.journal) {
      if (all.journal.count(root) > 0) Wrong("a journey lives in two partitions");
    }
    AddTo(all, dump.view);
  }
  return all;
}

uint128 World::Digest() const {
  uint128 sum = 0;
  for (const Store& store : stores_) {
    if (store.partition == nullptr) continue;
    const std::string digest = store.partition->progress().digest();
    if (digest.size() == 16) sum += ReadUint128(digest.data());
  }
  return sum;
}

std::vector<PublishedRecord> World::Published() {
  Flush();
  std::vector<PublishedRecord> published;
  for (const Record& record : log_->All(kTouchpoints)) {
    published.push_back({record.value, record.appended_at});
  }
  return published;
}

}  // namespace revops::test
