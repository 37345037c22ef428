#include "engine/log/log_copy.h"

#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "engine/base/status.h"
#include "engine/event/codec.h"
#include "google/protobuf/io/coded_stream.h"
#include "google/protobuf/io/zero_copy_stream_impl_lite.h"
#include "revops/v1/event.pb.h"

namespace revops {
namespace {

// The record's value as the copy keeps it, and whether it decodes.
std::string Stamped(const Record& record, bool& readable) {
  const absl::StatusOr<DecodedEvent> decoded = Decode(record.value, record.appended_at);
  readable = decoded.ok();
  std::string value = record.value;
  if (!readable || decoded->recorded_at != record.appended_at) return value;
  // A field after the others stands for the one that was left out, and repeats one that was not.
  google::protobuf::io::StringOutputStream stream(&value);
  google::protobuf::io::CodedOutputStream out(&stream);
  out.WriteTag(v1::Event::kRecordedAtFieldNumber << 3);
  out.WriteVarint64(static_cast<uint64_t>(record.appended_at));
  return value;
}

absl::StatusOr<Record> ReadOne(EventLog& log, const TopicPartition& where, Offset offset) {
  EventLog::ReadLimits limits;
  limits.records_max = 1;
  ASSIGN_OR_RETURN(std::vector<Record> records, log.Read(where, offset, limits));
  if (records.empty()) {
    return absl::UnavailableError(
        absl::StrCat(ToString(where), "@", offset, " cannot be read just now; copy again"));
  }
  return std::move(records.front());
}

absl::Status CompareLast(EventLog& source, EventLog& copy, const TopicPartition& where,
                         Offset end) {
  ASSIGN_OR_RETURN(const Record original, ReadOne(source, where, end - 1));
  ASSIGN_OR_RETURN(const Record copied, ReadOne(copy, where, end - 1));
  bool readable = false;
  if (copied.key == original.key && copied.value == Stamped(original, readable)) {
    return absl::OkStatus();
  }
  return absl::FailedPreconditionError(
      absl::StrCat(ToString(where), "@", end - 1,
                   ": the copy holds another record than the source; it is no copy of it: copy to "
                   "topics, or a folder, that are empty"));
}

}  // namespace

absl::StatusOr<CopyCount> CopyPartition(EventLog& source, EventLog& copy,
                                        const TopicPartition& where, const CopyOptions& options) {
  ASSIGN_OR_RETURN(const Offset start, source.Start(where));
  ASSIGN_OR_RETURN(const Offset end, source.End(where));
  ASSIGN_OR_RETURN(Offset next, copy.End(where));
  if (start > 0) {
    return absl::FailedPreconditionError(absl::StrCat(
        ToString(where), " starts at ", start,
        ": its first records were removed, and a copy would not be the whole history"));
  }
  if (next > end) {
    return absl::FailedPreconditionError(absl::StrCat(ToString(where), " ends at ", end,
                                                      " in the source and at ", next,
                                                      " in the copy; copy to one that is empty"));
  }
  if (next > 0) RETURN_IF_ERROR(CompareLast(source, copy, where, next));

  CopyCount count;
  count.found = next;
  EventLog::ReadLimits limits;
  limits.records_max = options.batch_records_max;
  while (next < end) {
    ASSIGN_OR_RETURN(const std::vector<Record> records, source.Read(where, next, limits));
    std::vector<NewRecord> batch;
    for (const Record& record : records) {
      if (record.offset != next + batch.size()) {
        return absl::FailedPreconditionError(
            absl::StrCat(ToString(where), "@", next + batch.size(),
                         " is a gap that was accepted; a copy would have other offsets"));
      }
      bool readable = false;
      std::string value = Stamped(record, readable);
      if (!readable && options.stamps != nullptr) {
        if (!batch.empty()) break;
        options.stamps->Set(record.appended_at);
      }
      batch.push_back({where, record.key, std::move(value)});
      if (readable) continue;
      ++count.unreadable;
      if (options.stamps != nullptr) break;
    }
    const size_t appending = batch.size();
    ASSIGN_OR_RETURN(const std::vector<Appended> appended, copy.Append(std::move(batch)));
    for (size_t i = 0; i < appended.size(); ++i) {
      if (appended[i].offset == next + i) continue;
      return absl::FailedPreconditionError(absl::StrCat(
          ToString(where), "@", next + i, " came to stand at ", appended[i].offset,
          ": somebody else appends to the copy; stop it, empty the copy and begin again"));
    }
    next += appending;
    count.copied += appending;
    if (options.progress) options.progress(next, end);
  }
  return count;
}

}  // namespace revops
