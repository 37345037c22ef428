#include "engine/query/log_records.h"

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "engine/base/status.h"
#include "engine/event/codec.h"
#include "engine/runtime/topics.h"

namespace revops {
namespace {

constexpr int kRecordsDefault = 20;
constexpr int kRecordsMax = 1000;
constexpr size_t kShownBytesMax = 1024;

void Describe(const Record& record, bool routed, v1::LogRecord& described) {
  described.set_offset(record.offset);
  described.set_appended_at(record.appended_at);
  described.set_key(record.key);
  described.set_size(record.key.size() + record.value.size());
  absl::StatusOr<DecodedEvent> decoded = absl::InvalidArgumentError("it is no routed record");
  v1::RoutedRecord envelope;
  if (!routed) {
    decoded = Decode(record.value, record.appended_at);
  } else if (envelope.ParseFromString(record.value)) {
    described.set_link_version(envelope.link_version());
    decoded = Decode(envelope.event(), envelope.recorded_at());
  }
  if (decoded.ok()) {
    *described.mutable_event() = std::move(decoded->event);
    described.mutable_event()->set_recorded_at(decoded->recorded_at);
  } else {
    described.set_error(std::string(decoded.status().message()));
    described.set_value(record.value.substr(0, kShownBytesMax));
  }
}

}  // namespace

absl::StatusOr<v1::LogResponse> ReadLog(EventLog& log, const v1::LogRequest& request) {
  const std::string topic = request.topic().empty() ? kTouchpoints : request.topic();
  const absl::StatusOr<int> partitions = log.Partitions(topic);
  if (!partitions.ok()) {
    if (partitions.status().code() != absl::StatusCode::kNotFound) return partitions.status();
    return absl::NotFoundError(absl::StrCat("there is no topic \"", topic, "\"; give ",
                                            kTouchpoints, ", ", kRouted, " or ", kIdentities));
  }
  if (request.partition() < 0 || request.partition() >= *partitions) {
    return absl::NotFoundError(absl::StrCat("the topic ", topic, " has no partition ",
                                            request.partition(), "; give 0 to ", *partitions - 1));
  }
  if (request.records_max() < 0 || request.records_max() > kRecordsMax) {
    return absl::InvalidArgumentError(absl::StrCat("records_max is ", request.records_max(),
                                                   "; give 1 to ", kRecordsMax, ", or 0 for ",
                                                   kRecordsDefault));
  }
  const TopicPartition where{topic, request.partition()};
  v1::LogResponse response;
  ASSIGN_OR_RETURN(const Offset start, log.Start(where));
  ASSIGN_OR_RETURN(const Offset end, log.End(where));
  response.set_start(start);
  response.set_end(end);
  response.set_partitions(*partitions);
  if (request.from() < start || request.from() > end) {
    return absl::OutOfRangeError(absl::StrCat(ToString(where), " holds offsets ", start, " to ",
                                              end, ", not ", request.from(),
                                              "; give one of these"));
  }
  EventLog::ReadLimits limits;
  limits.records_max = request.records_max() == 0 ? kRecordsDefault : request.records_max();
  ASSIGN_OR_RETURN(const std::vector<Record> records, log.Read(where, request.from(), limits));
  for (const Record& record : records) {
    Describe(record, topic == kRouted, *response.add_records());
  }
  return response;
}

}  // namespace revops
