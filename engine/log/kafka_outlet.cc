#include "engine/log/kafka_outlet.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "engine/base/hash.h"
#include "engine/base/status.h"

namespace revops {

absl::StatusOr<std::unique_ptr<KafkaOutlet>> KafkaOutlet::Open(KafkaLog& log, std::string topic) {
  RETURN_IF_ERROR(log.Partitions(topic).status());
  log.LetGrow(topic);
  return std::unique_ptr<KafkaOutlet>(new KafkaOutlet(log, std::move(topic)));
}

absl::Status KafkaOutlet::Send(std::vector<Notice> notices) {
  ASSIGN_OR_RETURN(const int partitions, log_.Partitions(topic_));
  std::vector<NewRecord> records;
  std::vector<RecordHeaders> headers;
  for (Notice& notice : notices) {
    const int64_t bytes = static_cast<int64_t>(notice.key.size() + notice.value.size());
    if (bytes > log_.record_bytes_max()) {
      notice.headers.emplace_back("revops-left-out", absl::StrCat(notice.value.size(), " bytes"));
      notice.value.clear();
    }
    const int partition = PartitionFor(notice.key, partitions);
    headers.push_back(std::move(notice.headers));
    records.push_back({{topic_, partition}, std::move(notice.key), std::move(notice.value)});
  }
  return log_.Append(std::move(records), std::move(headers)).status();
}

}  // namespace revops
