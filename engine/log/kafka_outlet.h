// An outlet that is a topic beside those of the log.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "engine/log/kafka_log.h"
#include "engine/log/outlet.h"

namespace revops {

class KafkaOutlet final : public Outlet {
 public:
  // Lifetime: `log` outlives it. Errors: kNotFound if there is no such topic; kUnavailable.
  static absl::StatusOr<std::unique_ptr<KafkaOutlet>> Open(KafkaLog& log, std::string topic);

  // A value that is too large for a record is left out, and a header says so.
  absl::Status Send(std::vector<Notice> notices) override;

 private:
  KafkaOutlet(KafkaLog& log, std::string topic, int partitions)
      : log_(log), topic_(std::move(topic)), partitions_(partitions) {}

  KafkaLog& log_;
  const std::string topic_;
  const int partitions_;
};

}  // namespace revops
