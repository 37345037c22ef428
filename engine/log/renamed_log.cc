#include "engine/log/renamed_log.h"

namespace revops {

TopicPartition RenamedLog::There(TopicPartition here) const {
  const auto renamed = names_.find(here.topic);
  if (renamed != names_.end()) here.topic = renamed->second;
  return here;
}

absl::StatusOr<int> RenamedLog::Partitions(absl::string_view topic) const {
  return base_.Partitions(There({std::string(topic.data(), topic.size()), 0}).topic);
}

absl::StatusOr<std::vector<Appended>> RenamedLog::Append(std::vector<NewRecord> records) {
  for (NewRecord& record : records) record.where = There(std::move(record.where));
  return base_.Append(std::move(records));
}

absl::StatusOr<std::vector<Record>> RenamedLog::Read(const TopicPartition& where, Offset from,
                                                     const ReadLimits& limits) {
  return base_.Read(There(where), from, limits);
}

absl::StatusOr<Offset> RenamedLog::Start(const TopicPartition& where) {
  return base_.Start(There(where));
}

absl::StatusOr<Offset> RenamedLog::End(const TopicPartition& where) {
  return base_.End(There(where));
}

absl::StatusOr<std::vector<Offset>> RenamedLog::Ends(const std::vector<TopicPartition>& places) {
  std::vector<TopicPartition> there;
  for (const TopicPartition& where : places) there.push_back(There(where));
  return EndsOf(base_, there);
}

bool RenamedLog::WaitBeyond(const TopicPartition& where, Offset offset, absl::Duration timeout) {
  return base_.WaitBeyond(There(where), offset, timeout);
}

}  // namespace revops
