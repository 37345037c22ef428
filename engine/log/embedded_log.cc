#include "engine/log/embedded_log.h"

#include <algorithm>
#include <chrono>
#include <utility>

#include <rocksdb/file_system.h>

#include "absl/strings/str_cat.h"
#include "engine/base/status.h"
#include "engine/log/log_store.h"
#include "engine/log/rocksdb_adapter.h"

namespace revops {
namespace {
std::string WithoutTrailingSlash(absl::string_view folder) {
  while (folder.size() > 1 && folder.back() == '/') folder.remove_suffix(1);
  return std::string(folder);
}

int64_t BytesOf(const NewRecord& record) {
  return static_cast<int64_t>(record.key.size() + record.value.size());
}
}  // namespace

struct EmbeddedLog::Waiting {
  std::vector<NewRecord> records;
  std::vector<int> partitions;  // entry i: the partition number of record i
  int64_t bytes = 0;
  bool answered = false;
  absl::Status status;
  std::vector<Appended> appended;
  std::condition_variable turn;  // answered, or next to commit
};

EmbeddedLog::EmbeddedLog(std::string folder, EmbeddedLogOptions options)
    : folder_(std::move(folder)), options_(std::move(options)) {}

EmbeddedLog::~EmbeddedLog() = default;

absl::StatusOr<std::unique_ptr<EmbeddedLog>> EmbeddedLog::Open(absl::string_view folder,
                                                               EmbeddedLogOptions options) {
  if (options.clock == nullptr) options.clock = std::make_shared<SystemClock>();
  std::unique_ptr<EmbeddedLog> log(
      new EmbeddedLog(WithoutTrailingSlash(folder), std::move(options)));
  if (log->options_.env == nullptr) {
    const std::shared_ptr<rocksdb::FileSystem> files = rocksdb::FileSystem::Default();
    if (log->options_.topics.empty() && !AcknowledgedMark::Exists(*files, log->folder_)) {
      return absl::NotFoundError(absl::StrCat("there is no event log in ", log->folder_));
    }
    RETURN_IF_ERROR(MakeDurableFolder(*files, log->folder_));
    ASSIGN_OR_RETURN(log->folder_lock_, FolderLock::Take(log->folder_));
  }
  RETURN_IF_ERROR(log->OpenStoreAgain());

  const LogDescription& description = log->store_->description();
  log->identity_ = description.identity;
  int first = 0;
  for (const LogDescription::Topic& topic : description.topics) {
    log->topics_[topic.name] = topic.partitions;
    log->first_partition_[topic.name] = first;
    first += topic.partitions;
  }
  return log;
}

absl::StatusOr<int> EmbeddedLog::Partitions(absl::string_view topic) const {
  const auto found = topics_.find(std::string(topic));
  if (found != topics_.end()) return found->second;
  return absl::NotFoundError(absl::StrCat("the log in ", folder_, " has no topic ", topic));
}

absl::StatusOr<int> EmbeddedLog::NumberOf(const TopicPartition& where) const {
  const auto found = topics_.find(where.topic);
  if (found == topics_.end()) {
    return absl::InvalidArgumentError(
        absl::StrCat(ToString(where), ": the log in ", folder_, " has no topic ", where.topic));
  }
  if (where.partition < 0 || where.partition >= found->second) {
    return absl::InvalidArgumentError(absl::StrCat(ToString(where), ": topic ", where.topic,
                                                   " has ", found->second, " partitions"));
  }
  return first_partition_.at(where.topic) + where.partition;
}

absl::Status EmbeddedLog::Check(const std::vector<NewRecord>& records, Waiting& waiting) const {
  for (const NewRecord& record : records) {
    ASSIGN_OR_RETURN(const int partition, NumberOf(record.where));
    if (BytesOf(record) > options_.record_bytes_max) {
      return absl::InvalidArgumentError(
          absl::StrCat(ToString(record.where), ": a record has ", BytesOf(record),
                       " bytes of key and value, at most ", options_.record_bytes_max,
                       " are allowed; send smaller events"));
    }
    waiting.partitions.push_back(partition);
    waiting.bytes += BytesOf(record);
  }
  return absl::OkStatus();
}

absl::StatusOr<std::vector<Appended>> EmbeddedLog::Append(std::vector<NewRecord> records) {
  Waiting waiting;
  RETURN_IF_ERROR(Check(records, waiting));
  if (records.empty()) return std::vector<Appended>();
  waiting.records = std::move(records);

  std::unique_lock<std::mutex> lock(mutex_);
  // A call that alone is above the bound is let through when nothing else waits.
  if (waiting_bytes_ > 0 && waiting_bytes_ + waiting.bytes > options_.waiting_bytes_max) {
    return absl::ResourceExhaustedError(
        absl::StrCat(waiting_bytes_, " bytes wait to be appended, at most ",
                     options_.waiting_bytes_max, " may; try again later"));
  }
  waiting_bytes_ += waiting.bytes;
  queue_.push_back(&waiting);
  while (!waiting.answered && committing_) waiting.turn.wait(lock);

  if (!waiting.answered) {
    committing_ = true;
    const std::vector<Waiting*> group(queue_.begin(), queue_.end());
    queue_.clear();
    lock.unlock();
    Commit(group);
    lock.lock();
    for (Waiting* member : group) {
      waiting_bytes_ -= member->bytes;
      member->answered = true;
      if (member != &waiting) member->turn.notify_one();
    }
    committing_ = false;
    if (!queue_.empty()) queue_.front()->turn.notify_one();
  }
  if (!waiting.status.ok()) return waiting.status;
  return std::move(waiting.appended);
}

void EmbeddedLog::Commit(const std::vector<Waiting*>& group) {
  const absl::Status status = WriteGroup(group);
  if (!status.ok()) {
    for (Waiting* member : group) member->status = status;
  }
}

absl::Status EmbeddedLog::WriteGroup(const std::vector<Waiting*>& group) {
  ASSIGN_OR_RETURN(OpenStore held, HoldStore());
  std::vector<Offset> ends;
  std::vector<int64_t> last_appended_at;
  {
    std::lock_guard<std::mutex> lock(mutex_);
    ends = ends_;
    last_appended_at = last_appended_at_;
  }
  const int64_t now = options_.clock->NowMicros();
  std::vector<LogStore::Placed> placed;
  for (Waiting* member : group) {
    for (size_t i = 0; i < member->records.size(); ++i) {
      const int partition = member->partitions[i];
      int64_t& last = last_appended_at[partition];
      last = std::max(now, last);
      const Appended appended{.offset = ends[partition]++, .appended_at = last};
      placed.push_back({.partition = partition,
                        .offset = appended.offset,
                        .appended_at = appended.appended_at,
                        .record = &member->records[i]});
      member->appended.push_back(appended);
    }
  }
  const absl::Status written = store_->Write(placed, ends);
  if (!written.ok()) {
    held.unlock();
    ReopenStore();
    return absl::UnavailableError(absl::StrCat(
        "the write failed, and some records may have been appended: ", written.message(),
        "; append again"));
  }
  std::lock_guard<std::mutex> lock(mutex_);
  ends_ = std::move(ends);
  last_appended_at_ = std::move(last_appended_at);
  ends_changed_.notify_all();
  return absl::OkStatus();
}

absl::StatusOr<EmbeddedLog::OpenStore> EmbeddedLog::HoldStore() {
  while (true) {
    {
      std::lock_guard<std::mutex> turn(turn_);
      OpenStore held(store_mutex_);
      if (store_ != nullptr) return held;
    }
    std::lock_guard<std::mutex> turn(turn_);
    std::unique_lock<std::shared_mutex> alone(store_mutex_);
    if (store_ == nullptr) RETURN_IF_ERROR(OpenStoreAgain());
  }
}

void EmbeddedLog::ReopenStore() {
  std::lock_guard<std::mutex> turn(turn_);
  std::unique_lock<std::shared_mutex> alone(store_mutex_);
  store_.reset();
  // If it cannot be opened now, the next call tries again.
  OpenStoreAgain().IgnoreError();
}

absl::Status EmbeddedLog::OpenStoreAgain() {
  if (absl::IsDataLoss(why_closed_)) return why_closed_;
  auto store = LogStore::Open(folder_, options_);
  if (!store.ok()) {
    why_closed_ = store.status();
    return why_closed_;
  }
  store_ = *std::move(store);
  why_closed_ = absl::OkStatus();
  std::lock_guard<std::mutex> lock(mutex_);
  ends_.clear();
  last_appended_at_.clear();
  for (const LogStore::Tail& tail : store_->tails()) {
    ends_.push_back(tail.end);
    last_appended_at_.push_back(tail.appended_at);
  }
  ends_changed_.notify_all();
  return absl::OkStatus();
}

absl::StatusOr<std::vector<Record>> EmbeddedLog::Read(const TopicPartition& where, Offset from,
                                                      const ReadLimits& limits) {
  ASSIGN_OR_RETURN(const int partition, NumberOf(where));
  ASSIGN_OR_RETURN(const OpenStore held, HoldStore());
  Offset end = 0;
  {
    std::lock_guard<std::mutex> lock(mutex_);
    end = ends_[partition];
  }
  if (from > end) {
    return absl::OutOfRangeError(absl::StrCat(ToString(where), "@", from,
                                              ": the partition ends at ", end,
                                              "; read from an offset up to it"));
  }
  return store_->Read(partition, from, end, limits);
}

absl::StatusOr<Offset> EmbeddedLog::Start(const TopicPartition& where) {
  RETURN_IF_ERROR(NumberOf(where).status());
  return Offset{0};
}

absl::StatusOr<Offset> EmbeddedLog::End(const TopicPartition& where) {
  ASSIGN_OR_RETURN(const int partition, NumberOf(where));
  RETURN_IF_ERROR(HoldStore().status());
  std::lock_guard<std::mutex> lock(mutex_);
  return ends_[partition];
}

bool EmbeddedLog::WaitBeyond(const TopicPartition& where, Offset offset, absl::Duration timeout) {
  const auto partition = NumberOf(where);
  if (!partition.ok()) return false;
  // The standard library adds the timeout to now, which must not overflow.
  timeout = std::min(timeout, absl::Hours(24 * 365));
  std::unique_lock<std::mutex> lock(mutex_);
  return ends_changed_.wait_for(lock, absl::ToChronoNanoseconds(timeout),
                                [&] { return ends_[*partition] > offset; });
}

}  // namespace revops
