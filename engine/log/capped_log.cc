#include "engine/log/capped_log.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "engine/base/status.h"

namespace revops {

absl::StatusOr<std::vector<Appended>> CappedLog::Append(std::vector<NewRecord> records) {
  if (records.empty()) return std::vector<Appended>();
  return absl::FailedPreconditionError(absl::StrCat(
      records.front().where.topic, " is read only here: its history is another log's"));
}

absl::StatusOr<std::vector<Record>> CappedLog::Read(const TopicPartition& where, Offset from,
                                                    const ReadLimits& limits) {
  const auto end = ends_.find(where);
  if (end == ends_.end()) return base_.Read(where, from, limits);
  if (from > end->second) {
    return absl::OutOfRangeError(
        absl::StrCat(ToString(where), "@", from, " lies beyond the end, ", end->second));
  }
  if (from == end->second) return std::vector<Record>();
  ReadLimits fewer = limits;
  fewer.records_max = static_cast<int>(std::min<uint64_t>(limits.records_max, end->second - from));
  ASSIGN_OR_RETURN(std::vector<Record> records, base_.Read(where, from, fewer));
  // Accepted gaps make offsets grow faster than records.
  while (!records.empty() && records.back().offset >= end->second) records.pop_back();
  return records;
}

absl::StatusOr<Offset> CappedLog::End(const TopicPartition& where) {
  const auto end = ends_.find(where);
  return end == ends_.end() ? base_.End(where) : absl::StatusOr<Offset>(end->second);
}

bool CappedLog::WaitBeyond(const TopicPartition& where, Offset offset, absl::Duration timeout) {
  const auto end = ends_.find(where);
  if (end == ends_.end()) return base_.WaitBeyond(where, offset, timeout);
  if (offset < end->second) return true;
  absl::SleepFor(timeout);
  return false;
}

}  // namespace revops
