#include "tests/support/memory_log.h"

#include <algorithm>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "engine/runtime/topics.h"

namespace revops::test {
namespace {

class Vectors final : public EventLog {
 public:
  explicit Vectors(int partitions) {
    for (int p = 0; p < partitions; ++p) {
      records_[{kTouchpoints, p}];
      records_[{kRouted, p}];
    }
    records_[{kIdentities, 0}];
  }

  absl::StatusOr<int> Partitions(absl::string_view topic) const override {
    absl::MutexLock lock(&mutex_);
    int partitions = 0;
    for (const auto& [where, records] : records_) partitions += where.topic == topic ? 1 : 0;
    if (partitions == 0) return absl::NotFoundError(absl::StrCat("no topic ", topic));
    return partitions;
  }

  absl::StatusOr<std::vector<Appended>> Append(std::vector<NewRecord> records) override {
    absl::MutexLock lock(&mutex_);
    for (const NewRecord& record : records) {
      if (Find(record.where) == nullptr) {
        return absl::InvalidArgumentError(absl::StrCat("no ", ToString(record.where)));
      }
    }
    std::vector<Appended> appended;
    for (NewRecord& record : records) {
      std::vector<Record>& to = *Find(record.where);
      now_ += 1000;
      appended.push_back({to.size(), now_});
      to.push_back({to.size(), now_, std::move(record.key), std::move(record.value)});
    }
    return appended;
  }

  absl::StatusOr<std::vector<Record>> Read(const TopicPartition& where, Offset from,
                                           const ReadLimits& limits) override {
    absl::MutexLock lock(&mutex_);
    const std::vector<Record>* records = Find(where);
    if (records == nullptr) return absl::NotFoundError(absl::StrCat("no ", ToString(where)));
    if (from > records->size()) {
      return absl::OutOfRangeError(absl::StrCat(ToString(where), " ends at ", records->size()));
    }
    const size_t count =
        std::min<size_t>(records->size() - from, static_cast<size_t>(limits.records_max));
    const auto first = records->begin() + static_cast<std::ptrdiff_t>(from);
    return std::vector<Record>(first, first + static_cast<std::ptrdiff_t>(count));
  }

  absl::StatusOr<Offset> Start(const TopicPartition& where) override {
    absl::MutexLock lock(&mutex_);
    if (Find(where) == nullptr) return absl::NotFoundError(absl::StrCat("no ", ToString(where)));
    return Offset{0};
  }

  absl::StatusOr<Offset> End(const TopicPartition& where) override {
    absl::MutexLock lock(&mutex_);
    const std::vector<Record>* records = Find(where);
    if (records == nullptr) return absl::NotFoundError(absl::StrCat("no ", ToString(where)));
    return records->size();
  }

  bool WaitBeyond(const TopicPartition& where, Offset offset, absl::Duration) override {
    const auto end = End(where);
    return end.ok() && *end > offset;
  }

  std::string identity() const override { return "memory"; }
  int64_t record_bytes_max() const override { return 1 << 20; }

 private:
  std::vector<Record>* Find(const TopicPartition& where) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) {
    const auto found = records_.find(where);
    return found == records_.end() ? nullptr : &found->second;
  }

  mutable absl::Mutex mutex_;
  std::map<TopicPartition, std::vector<Record>> records_ ABSL_GUARDED_BY(mutex_);
  int64_t now_ ABSL_GUARDED_BY(mutex_) = 1'704'067'200'000'000;  // one millisecond a record
};

}  // namespace

MemoryLog::MemoryLog(int partitions) : FaultyLog(std::make_unique<Vectors>(partitions)) {}

}  // namespace revops::test
