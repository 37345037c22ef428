#include "engine/runtime/engine.h"

#include <algorithm>
#include <filesystem>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "engine/base/clock.h"
#include "engine/base/hash.h"
#include "engine/base/status.h"
#include "engine/runtime/generation.h"
#include "engine/runtime/link_feed.h"
#include "engine/runtime/topics.h"

namespace revops {
namespace {
constexpr int kLinkVersionsMax = 256;
// A busy partition still folds a deferred journey now and then.
constexpr int kBusyStepsPerDeferred = 64;
constexpr absl::Duration kIdleWait = absl::Milliseconds(5);
constexpr absl::Duration kHeldWait = absl::Milliseconds(1);
// What of an engine's memory goes to decoded journeys, and to decoded cells.
int64_t CacheBytes(const EngineOptions& options) { return options.memory_bytes / 5; }
constexpr absl::Duration kFirstRetryWait = absl::Milliseconds(50);
constexpr absl::Duration kRetryWaitMax = absl::Seconds(5);

// What others may mend while this process runs: a broker that is away, a queue that is full, a
// permission that was not given.
bool MayPass(const absl::Status& status) {
  switch (status.code()) {
    case absl::StatusCode::kUnavailable:
    case absl::StatusCode::kDeadlineExceeded:
    case absl::StatusCode::kResourceExhausted:
    case absl::StatusCode::kPermissionDenied:
    case absl::StatusCode::kUnauthenticated:
      return true;
    default:
      return false;
  }
}

absl::Status NotOwned(int p) {
  return absl::UnavailableError(absl::StrCat("partition ", p, " is not owned by this process"));
}
}  // namespace

Engine::Engine(EngineOptions options, EventLog& log, const Registry& registry,
               std::shared_ptr<const RevenueModel> model)
    : options_(std::move(options)),
      log_(log),
      registry_(registry),
      model_(std::move(model)),
      asked_(model_.get()),
      generation_(GenerationFingerprint(registry_, *model_)),
      log_hash_(Hash64(log.identity())),
      memory_(std::make_unique<ViewMemory>(options_.memory_bytes - 2 * CacheBytes(options_))) {}

absl::Status Engine::TakeAskPart(std::shared_ptr<const RevenueModel> model) {
  if (model->fold_fingerprint() != model_->fold_fingerprint()) {
    return absl::FailedPreconditionError(
        "its fold part is another than the one the views are folded under; restart with it to fold "
        "them anew, or change the ask part only");
  }
  absl::MutexLock lock(&models_mutex_);
  if (models_.size() >= kModelsMax) {
    return absl::ResourceExhaustedError(
        absl::StrCat("the model changed ", kModelsMax, " times since the start; restart"));
  }
  models_.push_back(std::move(model));
  asked_ = models_.back().get();
  return absl::OkStatus();
}

absl::StatusOr<std::unique_ptr<Engine>> Engine::Open(EngineOptions options, EventLog& log,
                                                     const Registry& registry,
                                                     std::shared_ptr<const RevenueModel> model) {
  std::unique_ptr<Engine> engine(new Engine(std::move(options), log, registry, std::move(model)));
  ASSIGN_OR_RETURN(engine->links_,
                   OpenLinks((std::filesystem::path(engine->options_.folder) / "links").string(),
                             engine->options_.env, log));
  ASSIGN_OR_RETURN(const int partitions, log.Partitions(kTouchpoints));
  for (int p = 0; p < partitions; ++p) {
    engine->slots_.push_back(std::make_unique<Slot>());
    absl::MutexLock lock(&engine->slots_.back()->mutex);
    engine->slots_.back()->status = NotOwned(p);
  }
  if (!engine->options_.owns_all) return engine;
  // Side by side: after a crash each store has its write-ahead log to read again.
  std::vector<absl::StatusOr<std::unique_ptr<Partition>>> opened(partitions);
  std::vector<std::thread> openers;
  for (int p = 0; p < partitions; ++p) {
    openers.emplace_back([&, p] { opened[p] = engine->OpenPartition(p); });
  }
  for (std::thread& opener : openers) opener.join();
  for (int p = 0; p < partitions; ++p) {
    ASSIGN_OR_RETURN(std::shared_ptr<Partition> partition, std::move(opened[p]));
    Slot& slot = *engine->slots_[p];
    absl::MutexLock lock(&slot.mutex);
    slot.partition = std::move(partition);
    slot.status = absl::OkStatus();
    slot.owned = true;
  }
  return engine;
}

absl::StatusOr<std::unique_ptr<Partition>> Engine::OpenPartition(int p) {
  const std::filesystem::path folder =
      std::filesystem::path(options_.folder) / absl::StrCat("partition-", p);
  if (options_.env == nullptr) {
    std::error_code error;
    std::filesystem::create_directories(folder, error);
    if (error) {
      return absl::UnavailableError(
          absl::StrCat("cannot make ", folder.string(), ": ", error.message()));
    }
  }
  ASSIGN_OR_RETURN(auto store, ViewStore::Open(folder.string(), *memory_, options_.env));
  Partition::Options options;
  options.partition = p;
  options.generation = generation_;
  options.journeys = options_.journeys;
  options.cache_bytes = CacheBytes(options_) / partitions();
  options.dead_letters = options_.dead_letters;
  auto partition =
      Partition::Open(std::move(options), log_, *links_, registry_, *model_, std::move(store));
  // Who is to remove a store must know where it is.
  if (absl::IsFailedPrecondition(partition.status()) || absl::IsDataLoss(partition.status())) {
    return Annotate(partition.status(), folder.string());
  }
  return partition;
}

Engine::~Engine() { Stop(); }

absl::Status Engine::FoldAll() {
  REVOPS_CHECK(!link_thread_.joinable());
  Course course = NewCourse();
  for (int done = 1; done > 0;) {
    ASSIGN_OR_RETURN(done, FeedLinks(log_, *links_));
    for (const auto& slot : slots_) {
      std::shared_ptr<Partition> partition;
      {
        absl::MutexLock lock(&slot->mutex);
        partition = slot->partition;
      }
      if (partition == nullptr) continue;
      ASSIGN_OR_RETURN(const int steps, Step(*slot, *partition, course));
      done += steps;
    }
  }
  return absl::OkStatus();
}

void Engine::Start() {
  link_thread_ = std::thread([this] { RunLinks(); });
  for (int p = 0; p < partitions(); ++p) {
    if (!owns(p)) continue;
    Slot& slot = *slots_[p];
    absl::MutexLock hands(&slot.hands);
    {
      absl::MutexLock lock(&slot.mutex);
      ++slot.threads;
    }
    slot.thread = std::thread([this, p] { RunPartition(p); });
  }
}

void Engine::Stop() {
  if (stop_.exchange(true)) return;
  if (link_thread_.joinable()) link_thread_.join();
  for (const auto& slot : slots_) {
    absl::MutexLock hands(&slot->hands);
    if (slot->thread.joinable()) slot->thread.join();
  }
}

void Engine::Take(int p) {
  Slot& slot = *slots_[p];
  absl::MutexLock hands(&slot.hands);
  if (stop_) return;
  {
    absl::MutexLock lock(&slot.mutex);
    if (slot.owned) return;
    slot.owned = true;
    ++slot.threads;
    slot.status = absl::UnavailableError(absl::StrCat("partition ", p, " is being opened"));
  }
  // The one before it may still be closing the store: the new one begins with waiting for it.
  slot.thread = std::thread([this, p, before = std::move(slot.thread)]() mutable {
    if (before.joinable()) before.join();
    {
      Slot& taken = *slots_[p];
      absl::MutexLock taken_lock(&taken.mutex);
      if (taken.owned) taken.stop = false;
    }
    RunPartition(p);
  });
}

bool Engine::Give(int p, absl::Duration time_max) {
  Slot& slot = *slots_[p];
  absl::MutexLock hands(&slot.hands);
  absl::MutexLock lock(&slot.mutex);
  if (slot.owned) {
    slot.owned = false;
    slot.status = NotOwned(p);
    slot.stop = true;
  }
  const auto stands = [&slot]()
                          ABSL_SHARED_LOCKS_REQUIRED(slot.mutex) { return slot.threads == 0; };
  return slot.mutex.AwaitWithTimeout(absl::Condition(&stands), time_max);
}

bool Engine::owns(int p) const {
  absl::MutexLock lock(&slots_[p]->mutex);
  return slots_[p]->owned;
}

uint64_t Engine::records_per_second(int p) const {
  absl::MutexLock lock(&slots_[p]->mutex);
  return slots_[p]->rate.PerSecond(clock_.MonotonicMicros());
}

void Engine::RunLinks() {
  while (!stop_) {
    const absl::StatusOr<int> read = FeedLinks(log_, *links_);
    SetLinksStatus(read.status());
    if (!read.ok()) {
      absl::SleepFor(absl::Milliseconds(100));
    } else if (*read == 0) {
      log_.WaitBeyond({kIdentities, 0}, links_->end(), absl::Milliseconds(50));
    }
  }
}

void Engine::SetLinksStatus(absl::Status status) {
  absl::MutexLock lock(&links_status_mutex_);
  links_status_ = std::move(status);
}

absl::Status Engine::links_status() const {
  absl::MutexLock lock(&links_status_mutex_);
  return Annotate(links_status_, "links are not read");
}

Engine::Course Engine::NewCourse() const {
  return {0, BatchPace(options_.batch_records_max), BatchPace(options_.batch_records_max)};
}

absl::StatusOr<int> Engine::Step(Slot& slot, Partition& partition, Course& course) {
  // All known links first: what is folded under them does not move when they come later.
  int done = 0;
  for (int versions = 1; versions > 0 && !Stopping(slot);) {
    ASSIGN_OR_RETURN(versions, partition.AdvanceLinks(kLinkVersionsMax));
    done += versions;
  }
  if (Stopping(slot)) return done;
  const absl::Time begin = absl::FromUnixMicros(clock_.MonotonicMicros());
  ASSIGN_OR_RETURN(const int routed, partition.FoldRouted(course.routed.records()));
  const absl::Time middle = absl::FromUnixMicros(clock_.MonotonicMicros());
  course.routed.Took(routed, middle - begin);
  done += routed;
  if (Stopping(slot)) return done;
  int touchpoints = 0;
  if (!Held()) {
    ASSIGN_OR_RETURN(touchpoints, partition.FoldTouchpoints(course.touchpoints.records()));
    const absl::Time end = absl::FromUnixMicros(clock_.MonotonicMicros());
    course.touchpoints.Took(touchpoints, end - middle);
  }
  done += touchpoints;
  if (routed + touchpoints > 0) {
    absl::MutexLock lock(&slot.mutex);
    slot.rate.Add(clock_.MonotonicMicros(), routed + touchpoints);
  }
  course.busy_steps = done == 0 ? 0 : course.busy_steps + 1;
  if (done == 0 || course.busy_steps % kBusyStepsPerDeferred == 0) {
    ASSIGN_OR_RETURN(const int deferred, partition.FoldDeferred());
    done += deferred;
  }
  return done;
}

void Engine::RunPartition(int p) {
  Slot& slot = *slots_[p];
  FoldUntilStopped(p);
  if (slot.stop) Close(slot);
  absl::MutexLock lock(&slot.mutex);
  --slot.threads;
}

void Engine::FoldUntilStopped(int p) {
  Slot& slot = *slots_[p];
  Course course = NewCourse();
  absl::Duration wait = kFirstRetryWait;
  while (!Stopping(slot)) {
    ++slot.rounds;
    std::shared_ptr<Partition> partition;
    {
      absl::MutexLock lock(&slot.mutex);
      partition = slot.partition;
    }
    if (partition == nullptr) {
      if (!OpenStore(p)) StandStill(slot);
      continue;
    }
    const absl::StatusOr<int> done = Step(slot, *partition, course);
    if (!done.ok()) {
      {
        absl::MutexLock lock(&slot.mutex);
        if (slot.owned) slot.status = done.status();
      }
      partition.reset();
      if (MayPass(done.status())) {
        Close(slot);
        WaitToRetry(slot, wait);
        wait = std::min(2 * wait, kRetryWaitMax);
      } else {
        StandStill(slot);
      }
      continue;
    }
    wait = kFirstRetryWait;
    if (*done > 0) {
      absl::MutexLock lock(&commit_mutex_);
      committed_.SignalAll();
    } else if (Held()) {
      absl::SleepFor(kHeldWait);
    } else {
      log_.WaitBeyond({kTouchpoints, p}, partition->progress().touchpoints(), kIdleWait);
    }
  }
}

void Engine::WaitToRetry(Slot& slot, absl::Duration time) {
  const auto stopping = [this, &slot] { return Stopping(slot); };
  absl::MutexLock lock(&slot.mutex);
  slot.mutex.AwaitWithTimeout(absl::Condition(&stopping), time);
}

void Engine::StandStill(Slot& slot) {
  const auto stopping = [this, &slot] { return Stopping(slot); };
  absl::MutexLock lock(&slot.mutex);
  while (!stopping()) {
    ++slot.rounds;
    slot.mutex.AwaitWithTimeout(absl::Condition(&stopping), absl::Milliseconds(100));
  }
}

void Engine::Close(Slot& slot) {
  std::shared_ptr<Partition> closing;
  {
    absl::MutexLock lock(&slot.mutex);
    closing = std::move(slot.partition);
  }
  // Readers hold it for the time of one question; its store must be closed to be opened again.
  while (closing.use_count() > 1 && !stop_) absl::SleepFor(absl::Milliseconds(1));
}

bool Engine::OpenStore(int p) {
  Slot& slot = *slots_[p];
  absl::Duration wait = kFirstRetryWait;
  while (!Stopping(slot)) {
    ++slot.rounds;
    absl::StatusOr<std::unique_ptr<Partition>> opened = OpenPartition(p);
    {
      absl::MutexLock lock(&slot.mutex);
      if (slot.owned) slot.status = opened.status();
      if (opened.ok()) {
        slot.partition = std::move(*opened);
        return true;
      }
    }
    if (!MayPass(opened.status())) return false;
    WaitToRetry(slot, wait);
    wait = std::min(2 * wait, kRetryWaitMax);
  }
  return false;
}

std::shared_ptr<const Partition> Engine::partition(int p) const {
  absl::MutexLock lock(&slots_[p]->mutex);
  return slots_[p]->partition;
}

absl::Status Engine::partition_status(int p) const {
  absl::MutexLock lock(&slots_[p]->mutex);
  return slots_[p]->status;
}

}  // namespace revops
