#include "tests/support/faulty_log.h"

#include <algorithm>
#include <utility>

#include "engine/base/status.h"

namespace revops::test {

void FaultyLog::FailNextAppendAfter(size_t records, absl::StatusCode code) {
  absl::MutexLock lock(&mutex_);
  fail_after_ = records;
  failure_ = code;
}

bool FaultyLog::CancelFailure() {
  absl::MutexLock lock(&mutex_);
  const bool waiting = fail_after_.has_value();
  fail_after_.reset();
  return waiting;
}

void FaultyLog::LoseAppends(Loses loses) {
  absl::MutexLock lock(&mutex_);
  loses_ = std::move(loses);
}

int FaultyLog::lost() const {
  absl::MutexLock lock(&mutex_);
  return lost_;
}

void FaultyLog::TamperWithReads(Tamper tamper) {
  absl::MutexLock lock(&mutex_);
  tamper_ = std::move(tamper);
}

void FaultyLog::FailReads(std::string topic, absl::StatusCode code) {
  absl::MutexLock lock(&mutex_);
  unreadable_ = std::move(topic);
  unreadable_code_ = code;
}

void FaultyLog::ReadAll(const TopicPartition& where) {
  const auto end = base_->End(where);
  REVOPS_CHECK(end.ok());
  Offset next = 0;
  while (true) {
    {
      absl::MutexLock lock(&mutex_);
      const auto& known = read_[where];
      while (known.count(next) > 0) ++next;
    }
    if (next >= *end) return;
    auto records = base_->Read(where, next, {});
    REVOPS_CHECK(records.ok());
    absl::MutexLock lock(&mutex_);
    for (Record& record : *records) read_[where][record.offset] = std::move(record);
  }
}

std::vector<Record> FaultyLog::All(absl::string_view topic) {
  std::vector<Record> all;
  const auto partitions = base_->Partitions(topic);
  REVOPS_CHECK(partitions.ok());
  for (int p = 0; p < *partitions; ++p) {
    const TopicPartition where{std::string(topic), p};
    ReadAll(where);
    absl::MutexLock lock(&mutex_);
    for (const auto& [offset, record] : read_[where]) all.push_back(record);
  }
  return all;
}

Record FaultyLog::At(const TopicPartition& where, Offset offset) {
  {
    absl::MutexLock lock(&mutex_);
    const auto& known = read_[where];
    const auto found = known.find(offset);
    if (found != known.end()) return found->second;
  }
  const auto records = base_->Read(where, offset, {.records_max = 1});
  REVOPS_CHECK(records.ok() && records->size() == 1);
  return records->front();
}

absl::StatusOr<int> FaultyLog::Partitions(absl::string_view topic) const {
  return base_->Partitions(topic);
}

absl::StatusOr<std::vector<Appended>> FaultyLog::Append(std::vector<NewRecord> records) {
  std::optional<size_t> fail_after;
  absl::StatusCode failure;
  std::vector<bool> is_kept(records.size(), true);
  {
    absl::MutexLock lock(&mutex_);
    std::swap(fail_after, fail_after_);
    failure = failure_;
    if (loses_ != nullptr) {
      for (size_t i = 0; i < records.size(); ++i) {
        is_kept[i] = !loses_(records[i]);
        lost_ += is_kept[i] ? 0 : 1;
      }
    }
  }
  const size_t count = std::min(records.size(), fail_after.value_or(records.size()));
  std::vector<NewRecord> kept;
  for (size_t i = 0; i < count; ++i) {
    if (is_kept[i]) kept.push_back(std::move(records[i]));
  }
  std::vector<Appended> said;
  if (!kept.empty()) {
    ASSIGN_OR_RETURN(said, base_->Append(std::move(kept)));
  }
  if (fail_after.has_value()) {
    return absl::Status(failure, "the log went away in the middle of an append");
  }
  std::vector<Appended> all;
  size_t next = 0;
  for (const bool is : is_kept) all.push_back(is ? said[next++] : Appended());
  return all;
}

absl::StatusOr<std::vector<Record>> FaultyLog::Read(const TopicPartition& where, Offset from,
                                                    const ReadLimits& limits) {
  {
    absl::MutexLock lock(&mutex_);
    if (where.topic == unreadable_) return absl::Status(unreadable_code_, "it may not be read");
  }
  ASSIGN_OR_RETURN(std::vector<Record> records, base_->Read(where, from, limits));
  absl::MutexLock lock(&mutex_);
  for (Record& record : records) {
    read_[where].emplace(record.offset, record);
    if (tamper_ != nullptr) tamper_(where, record);
  }
  return records;
}

absl::StatusOr<Offset> FaultyLog::Start(const TopicPartition& where) { return base_->Start(where); }
absl::StatusOr<Offset> FaultyLog::End(const TopicPartition& where) { return base_->End(where); }

bool FaultyLog::WaitBeyond(const TopicPartition& where, Offset offset, absl::Duration timeout) {
  return base_->WaitBeyond(where, offset, timeout);
}

}  // namespace revops::test
