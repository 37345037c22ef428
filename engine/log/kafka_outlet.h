// An outlet that is a topic beside those of the log. Partitions may be added to it.
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
  KafkaOutlet(KafkaLog& log, std::string topic) : log_(log), topic_(std::move(topic)) {}

  KafkaLog& log_;
  const std::string topic_;
};

}  // namespace revops
