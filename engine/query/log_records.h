// Records of the event log, as they were appended: to look at, whatever they hold.
#pragma once

#include "absl/status/statusor.h"
#include "engine/log/event_log.h"
#include "revops/v1/service.pb.h"

namespace revops {

// Errors: kNotFound for an unknown topic or partition, offering what there is; kInvalidArgument for
// a bad records_max; kOutOfRange if `from` lies outside of the partition.
absl::StatusOr<v1::LogResponse> ReadLog(EventLog& log, const v1::LogRequest& request);

}  // namespace revops
