#include "tests/support/memory_log.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "engine/runtime/topics.h"

namespace revops::test {

MemoryLog::MemoryLog(int partitions) {
  for (int p = 0; p < partitions; ++p) {
    records_[{kTouchpoints, p}];
    records_[{kRouted, p}];
  }
  records_[{kIdentities, 0}];
}

void MemoryLog::FailNextAppendAfter(size_t records, absl::StatusCode code) {
  absl::MutexLock lock(&mutex_);
  fail_after_ = records;
  failure_ = code;
}

void MemoryLog::FailReads(std::string topic, absl::StatusCode code) {
  absl::MutexLock lock(&mutex_);
  unreadable_ = std::move(topic);
  unreadable_code_ = code;
}

bool MemoryLog::CancelFailure() {
  absl::MutexLock lock(&mutex_);
  const bool waiting = fail_after_.has_value();
  fail_after_.reset();
  return waiting;
}

std::vector<Record> MemoryLog::All(absl::string_view topic) const {
  absl::MutexLock lock(&mutex_);
  std::vector<Record> all;
  for (const auto& [where, records] : records_) {
    if (where.topic == topic) all.insert(all.end(), records.begin(), records.end());
  }
  return all;
}

Record MemoryLog::At(const TopicPartition& where, Offset offset) const {
  absl::MutexLock lock(&mutex_);
  return records_.at(where).at(offset);
}

void MemoryLog::TamperWithReads(Tamper tamper) {
  absl::MutexLock lock(&mutex_);
  tamper_ = std::move(tamper);
}

std::vector<Record>* MemoryLog::Find(const TopicPartition& where) {
  const auto found = records_.find(where);
  return found == records_.end() ? nullptr : &found->second;
}

absl::StatusOr<int> MemoryLog::Partitions(absl::string_view topic) const {
  absl::MutexLock lock(&mutex_);
  int partitions = 0;
  for (const auto& [where, records] : records_) partitions += where.topic == topic ? 1 : 0;
  if (partitions == 0) return absl::NotFoundError(absl::StrCat("no topic ", topic));
  return partitions;
}

absl::StatusOr<std::vector<Appended>> MemoryLog::Append(std::vector<NewRecord> records) {
  absl::MutexLock lock(&mutex_);
  for (const NewRecord& record : records) {
    if (Find(record.where) == nullptr) {
      return absl::InvalidArgumentError(absl::StrCat("no ", ToString(record.where)));
    }
  }
  const size_t count = std::min(records.size(), fail_after_.value_or(records.size()));
  std::vector<Appended> appended;
  for (size_t i = 0; i < count; ++i) {
    std::vector<Record>& to = *Find(records[i].where);
    now_ += 1000;
    appended.push_back({to.size(), now_});
    to.push_back({to.size(), now_, std::move(records[i].key), std::move(records[i].value)});
  }
  if (fail_after_.has_value()) {
    fail_after_.reset();
    return absl::Status(failure_, "the log went away in the middle of an append");
  }
  return appended;
}

absl::StatusOr<std::vector<Record>> MemoryLog::Read(const TopicPartition& where, Offset from,
                                                    const ReadLimits& limits) {
  absl::MutexLock lock(&mutex_);
  if (where.topic == unreadable_) return absl::Status(unreadable_code_, "it may not be read");
  const std::vector<Record>* records = Find(where);
  if (records == nullptr) return absl::NotFoundError(absl::StrCat("no ", ToString(where)));
  if (from > records->size()) {
    return absl::OutOfRangeError(absl::StrCat(ToString(where), " ends at ", records->size()));
  }
  const size_t count =
      std::min<size_t>(records->size() - from, static_cast<size_t>(limits.records_max));
  const auto first = records->begin() + static_cast<std::ptrdiff_t>(from);
  std::vector<Record> read(first, first + static_cast<std::ptrdiff_t>(count));
  if (tamper_ != nullptr) {
    for (Record& record : read) tamper_(where, record);
  }
  return read;
}

absl::StatusOr<Offset> MemoryLog::Start(const TopicPartition& where) {
  absl::MutexLock lock(&mutex_);
  if (Find(where) == nullptr) return absl::NotFoundError(absl::StrCat("no ", ToString(where)));
  return Offset{0};
}

absl::StatusOr<Offset> MemoryLog::End(const TopicPartition& where) {
  absl::MutexLock lock(&mutex_);
  const std::vector<Record>* records = Find(where);
  if (records == nullptr) return absl::NotFoundError(absl::StrCat("no ", ToString(where)));
  return records->size();
}

bool MemoryLog::WaitBeyond(const TopicPartition& where, Offset offset, absl::Duration) {
  const auto end = End(where);
  return end.ok() && *end > offset;
}

}  // namespace revops::test
