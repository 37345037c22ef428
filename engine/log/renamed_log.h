// A log under other topic names: what is asked of topic A is asked of the base's topic B.
//
// A generation has a `routed` of its own; this lets all of the engine call it `routed`.
#pragma once

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "engine/log/ends.h"
#include "engine/log/event_log.h"

namespace revops {

class RenamedLog final : public EventLog, public EndsTogether {
 public:
  // `names`: topic here -> topic of the base. Lifetime: `base` outlives it.
  RenamedLog(EventLog& base, std::map<std::string, std::string> names)
      : base_(base), names_(std::move(names)) {}

  absl::StatusOr<int> Partitions(absl::string_view topic) const override;
  absl::StatusOr<std::vector<Appended>> Append(std::vector<NewRecord> records) override;
  absl::StatusOr<std::vector<Record>> Read(const TopicPartition& where, Offset from,
                                           const ReadLimits& limits) override;
  absl::StatusOr<Offset> Start(const TopicPartition& where) override;
  absl::StatusOr<Offset> End(const TopicPartition& where) override;
  bool WaitBeyond(const TopicPartition& where, Offset offset, absl::Duration timeout) override;
  absl::StatusOr<std::vector<Offset>> Ends(const std::vector<TopicPartition>& places) override;
  std::string identity() const override { return base_.identity(); }
  int64_t record_bytes_max() const override { return base_.record_bytes_max(); }

 private:
  TopicPartition There(TopicPartition here) const;

  EventLog& base_;
  const std::map<std::string, std::string> names_;
};

}  // namespace revops
