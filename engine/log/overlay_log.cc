#include "engine/log/overlay_log.h"

#include <algorithm>

#include "absl/strings/str_cat.h"

namespace revops {

EventLog& OverlayLog::For(absl::string_view topic) const {
  const bool own = std::find(own_topics_.begin(), own_topics_.end(), topic) != own_topics_.end();
  return own ? own_ : base_;
}

absl::StatusOr<int> OverlayLog::Partitions(absl::string_view topic) const {
  return For(topic).Partitions(topic);
}

absl::StatusOr<std::vector<Appended>> OverlayLog::Append(std::vector<NewRecord> records) {
  for (const NewRecord& record : records) {
    if (&For(record.where.topic) == &own_) continue;
    return absl::FailedPreconditionError(
        absl::StrCat(record.where.topic, " is read only here: its history is another log's"));
  }
  return own_.Append(std::move(records));
}

absl::StatusOr<std::vector<Record>> OverlayLog::Read(const TopicPartition& where, Offset from,
                                                     const ReadLimits& limits) {
  return For(where.topic).Read(where, from, limits);
}

absl::StatusOr<Offset> OverlayLog::Start(const TopicPartition& where) {
  return For(where.topic).Start(where);
}

absl::StatusOr<Offset> OverlayLog::End(const TopicPartition& where) {
  return For(where.topic).End(where);
}

bool OverlayLog::WaitBeyond(const TopicPartition& where, Offset offset, absl::Duration timeout) {
  return For(where.topic).WaitBeyond(where, offset, timeout);
}

}  // namespace revops
