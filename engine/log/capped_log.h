// A log that ends earlier than the one it reads: history up to one moment, however it goes on.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "engine/log/event_log.h"

namespace revops {

class CappedLog final : public EventLog {
 public:
  // ends: partition -> where it ends here; those that are not named end where the base does.
  // Lifetime: `base` outlives it. REQUIRES: no end is beyond the base's.
  CappedLog(EventLog& base, std::map<TopicPartition, Offset> ends)
      : base_(base), ends_(std::move(ends)) {}

  absl::StatusOr<int> Partitions(absl::string_view topic) const override {
    return base_.Partitions(topic);
  }
  // Errors: kFailedPrecondition: it is read only.
  absl::StatusOr<std::vector<Appended>> Append(std::vector<NewRecord> records) override;
  absl::StatusOr<std::vector<Record>> Read(const TopicPartition& where, Offset from,
                                           const ReadLimits& limits) override;
  absl::StatusOr<Offset> Start(const TopicPartition& where) override { return base_.Start(where); }
  absl::StatusOr<Offset> End(const TopicPartition& where) override;
  bool WaitBeyond(const TopicPartition& where, Offset offset, absl::Duration timeout) override;
  std::string identity() const override { return base_.identity(); }
  int64_t record_bytes_max() const override { return base_.record_bytes_max(); }

 private:
  EventLog& base_;
  const std::map<TopicPartition, Offset> ends_;
};

}  // namespace revops
