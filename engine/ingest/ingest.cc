#include "engine/ingest/ingest.h"

#include <algorithm>
#include <utility>

#include "engine/base/hash.h"
#include "engine/base/status.h"
#include "engine/event/codec.h"
#include "engine/identity/resolver.h"
#include "engine/runtime/topics.h"

namespace revops {

absl::StatusOr<Ingest::Result> Ingest::Publish(std::vector<v1::Event> events) {
  ASSIGN_OR_RETURN(const int partitions, log_.Partitions(kTouchpoints));
  // What could not be folded is not acknowledged. A log without them is somebody else's to judge.
  for (const char* topic : {kRouted, kIdentities}) {
    const absl::Status status = log_.Partitions(topic).status();
    if (absl::IsFailedPrecondition(status)) return status;
  }
  const int64_t now = clock_.NowMicros();
  Resolver resolver(links_);
  resolver.Advance(links_.end(), {});

  Result result;
  result.position.log = Hash64(log_.identity());
  result.position.offsets.assign(partitions, 0);
  std::vector<NewRecord> records;
  for (v1::Event& event : events) {
    result.refusals.push_back(CheckForIngest(event, now));
    if (result.refusals.back().has_value()) continue;
    event.set_recorded_at(now);
    std::vector<Id> subject;
    for (const v1::Id& id : event.subject()) subject.emplace_back(id);
    NewRecord record;
    record.value = event.SerializeAsString();
    record.key = resolver.Resolve(subject, event.occurred_at(), Id(v1::COMPANY, "", "unassigned"))
                     .root.bytes();
    record.where = {kTouchpoints, PartitionFor(record.key, partitions)};
    records.push_back(std::move(record));
  }
  result.accepted = static_cast<int>(records.size());
  {
    absl::MutexLock lock(&mutex_);
    counts_.refused += events.size() - records.size();
  }
  if (records.empty()) return result;

  std::vector<int> homes;
  for (const NewRecord& record : records) homes.push_back(record.where.partition);
  const int64_t began = clock_.MonotonicMicros();
  ASSIGN_OR_RETURN(const std::vector<Appended> appended, log_.Append(std::move(records)));
  {
    absl::MutexLock lock(&mutex_);
    counts_.accepted += appended.size();
    ++counts_.appends;
    counts_.append_micros += clock_.MonotonicMicros() - began;
  }
  for (size_t i = 0; i < appended.size(); ++i) {
    uint64_t& offset = result.position.offsets[homes[i]];
    offset = std::max(offset, appended[i].offset + 1);
  }
  return result;
}

IngestCounts Ingest::counts() const {
  absl::MutexLock lock(&mutex_);
  return counts_;
}

}  // namespace revops
