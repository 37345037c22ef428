// A log that reads another one and keeps what is appended to some topics to itself.
//
// What a second generation, or a check, needs of the same history: `touchpoints` and `identities`
// are the base's, `routed` is its own.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "engine/log/event_log.h"

namespace revops {

class OverlayLog final : public EventLog {
 public:
  // `own` serves the topics it has, `base` all others, which are then read only. Lifetime: both
  // outlive it.
  OverlayLog(EventLog& base, EventLog& own, std::vector<std::string> own_topics)
      : base_(base), own_(own), own_topics_(std::move(own_topics)) {}

  absl::StatusOr<int> Partitions(absl::string_view topic) const override;
  // Errors: kFailedPrecondition for a topic of the base.
  absl::StatusOr<std::vector<Appended>> Append(std::vector<NewRecord> records) override;
  absl::StatusOr<std::vector<Record>> Read(const TopicPartition& where, Offset from,
                                           const ReadLimits& limits) override;
  absl::StatusOr<Offset> Start(const TopicPartition& where) override;
  absl::StatusOr<Offset> End(const TopicPartition& where) override;
  bool WaitBeyond(const TopicPartition& where, Offset offset, absl::Duration timeout) override;
  std::string identity() const override { return base_.identity(); }
  int64_t record_bytes_max() const override { return base_.record_bytes_max(); }

 private:
  EventLog& For(absl::string_view topic) const;

  EventLog& base_;
  EventLog& own_;
  const std::vector<std::string> own_topics_;
};

}  // namespace revops
