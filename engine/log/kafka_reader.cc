#include "engine/log/kafka_reader.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "engine/base/status.h"

namespace revops {
namespace {

constexpr absl::Duration kWaitStep = absl::Milliseconds(100);
// How long a consumer may be silent before the broker is asked whether the partition goes on.
constexpr absl::Duration kSilenceMax = absl::Seconds(10);
constexpr size_t kMessagesAtOnce = 4096;
// A reader that is behind waits this long for a batch to grow: a large one folds at half the cost.
constexpr absl::Duration kFillUpMax = absl::Milliseconds(100);
constexpr absl::Duration kFillUpStep = absl::Milliseconds(10);

int64_t BytesOf(const rd_kafka_message_t& message) {
  return static_cast<int64_t>(message.len + message.key_len);
}

std::string Bytes(const void* data, size_t size) {
  return data == nullptr ? std::string() : std::string(static_cast<const char*>(data), size);
}

}  // namespace

absl::StatusOr<std::vector<Record>> KafkaCursor::Read(Offset from,
                                                      const EventLog::ReadLimits& limits) {
  if (!StandsAt(from)) RETURN_IF_ERROR(StartAt(from));
  const int64_t deadline = clock_.MonotonicMicros() + absl::ToInt64Microseconds(options_.wait_max);
  absl::Duration wait = absl::ZeroDuration();
  while (true) {
    if (pending_.empty()) RETURN_IF_ERROR(Fill(wait));
    if (!pending_.empty()) break;
    if (gap_end_.has_value()) {
      // Read anew once, so that no mistake of the client's is taken for a gap of the log.
      if (doubted_ == from) return Gap(from, *gap_end_);
      doubted_ = from;
      RETURN_IF_ERROR(StartAt(from));
    } else if (end_seen_.has_value() && *end_seen_ >= from &&
               producer_.AcknowledgedEnd(where_) <= *end_seen_) {
      ASSIGN_OR_RETURN(const bool misses_records, MissesRecords());
      if (!misses_records) return std::vector<Record>();
      RETURN_IF_ERROR(StartAt(from));
    }
    if (clock_.MonotonicMicros() >= deadline) {
      return client_.Unavailable(
          absl::StrCat(ToString(where_), "@", from,
                       ": the broker sends nothing although the partition goes on; "
                       "is it away, or does an open transaction hold its records back?"));
    }
    wait = kWaitStep;
  }
  RETURN_IF_ERROR(FillUp(limits));

  std::vector<Record> records;
  int64_t bytes = 0;
  while (!pending_.empty() && static_cast<int>(records.size()) < limits.records_max) {
    const rd_kafka_message_t& message = *pending_.front();
    bytes += BytesOf(message);
    if (!records.empty() && bytes > limits.bytes_max) break;
    Record& record = records.emplace_back();
    record.offset = static_cast<Offset>(message.offset);
    record.appended_at = rd_kafka_message_timestamp(&message, nullptr) * 1000;
    record.key = Bytes(message.key, message.key_len);
    record.value = Bytes(message.payload, message.len);
    next_ = record.offset + 1;
    pending_bytes_ -= BytesOf(message);
    pending_.pop_front();
  }
  return records;
}

absl::Status KafkaCursor::FillUp(const EventLog::ReadLimits& limits) {
  const auto records_max = static_cast<size_t>(std::max(limits.records_max, 1));
  const int64_t bytes_max = std::min(limits.bytes_max, options_.fetch_ahead_bytes);
  const int64_t deadline = clock_.MonotonicMicros() + absl::ToInt64Microseconds(kFillUpMax);
  while (started_ && !gap_end_.has_value() && pending_.size() < records_max &&
         pending_bytes_ < bytes_max && GoesOn() && clock_.MonotonicMicros() < deadline) {
    RETURN_IF_ERROR(Fill(kFillUpStep));
  }
  return absl::OkStatus();
}

bool KafkaCursor::GoesOn() const {
  int64_t low = 0;
  int64_t high = 0;
  const rd_kafka_resp_err_t error = rd_kafka_get_watermark_offsets(
      client_.handle(), topics_.NameOf(where_.topic).c_str(), where_.partition, &low, &high);
  return error == RD_KAFKA_RESP_ERR_NO_ERROR && high > static_cast<int64_t>(fetched_);
}

bool KafkaCursor::Await(absl::Duration timeout) {
  if (!pending_.empty()) return true;
  return Fill(timeout).ok() && !pending_.empty();
}

absl::Status KafkaCursor::StartAt(Offset from) {
  Stop();
  ASSIGN_OR_RETURN(const KafkaTopics::Range range, topics_.Offsets(where_));
  if (from < range.start || from > range.end) return OutOfRange(from, range);
  queue_ = rd_kafka_queue_new(client_.handle());
  rd_kafka_topic_t* topic = client_.Topic(topics_.NameOf(where_.topic));
  if (rd_kafka_consume_start_queue(topic, where_.partition, static_cast<int64_t>(from), queue_) !=
      0) {
    rd_kafka_queue_destroy(queue_);
    queue_ = nullptr;
    return client_.ToStatus(rd_kafka_last_error(), absl::StrCat("reading ", ToString(where_)));
  }
  started_ = true;
  next_ = fetched_ = from;
  heard_at_micros_ = clock_.MonotonicMicros();
  if (range.end == from) end_seen_ = from;
  return absl::OkStatus();
}

absl::StatusOr<bool> KafkaCursor::MissesRecords() {
  const int64_t now = clock_.MonotonicMicros();
  if (now - heard_at_micros_ < absl::ToInt64Microseconds(kSilenceMax)) return false;
  heard_at_micros_ = now;
  ASSIGN_OR_RETURN(const std::vector<Offset> ends, topics_.Ends({where_}));
  return ends.front() > *end_seen_ && !Accepted(*end_seen_, ends.front());
}

void KafkaCursor::Stop() {
  if (!started_) return;
  rd_kafka_consume_stop(client_.Topic(topics_.NameOf(where_.topic)), where_.partition);
  pending_.clear();
  pending_bytes_ = 0;
  rd_kafka_queue_destroy(queue_);
  queue_ = nullptr;
  started_ = false;
  end_seen_.reset();
  accepted_end_.reset();
  gap_end_.reset();
}

absl::Status KafkaCursor::Fill(absl::Duration wait) {
  if (wait > absl::ZeroDuration()) {
    Message first(rd_kafka_consume_queue(queue_, ToMillis(wait)));
    if (first == nullptr) return absl::OkStatus();
    RETURN_IF_ERROR(Take(std::move(first)));
    if (!started_) return absl::OkStatus();
  }
  rd_kafka_message_t* fetched[kMessagesAtOnce];
  const ssize_t count = rd_kafka_consume_batch_queue(queue_, 0, fetched, kMessagesAtOnce);
  absl::Status status;
  for (ssize_t i = 0; i < count; ++i) {
    Message message(fetched[i]);
    if (status.ok() && started_) status = Take(std::move(message));
  }
  return status;
}

absl::Status KafkaCursor::Take(Message message) {
  heard_at_micros_ = clock_.MonotonicMicros();
  if (gap_end_.has_value()) return absl::OkStatus();  // nothing counts after it
  const bool at_end = message->err == RD_KAFKA_RESP_ERR__PARTITION_EOF;
  if (message->err != RD_KAFKA_RESP_ERR_NO_ERROR && !at_end) return Failed(*message);
  const Offset offset = static_cast<Offset>(message->offset);
  if (offset < fetched_) return absl::OkStatus();
  if (offset > fetched_ && !Accepted(fetched_, offset)) {
    gap_end_ = offset;
    return absl::OkStatus();
  }
  if (at_end) {
    end_seen_ = offset;
    if (offset > fetched_) accepted_end_ = offset;
    return absl::OkStatus();
  }
  end_seen_.reset();
  accepted_end_.reset();
  fetched_ = offset + 1;
  pending_bytes_ += BytesOf(*message);
  pending_.push_back(std::move(message));
  return absl::OkStatus();
}

absl::Status KafkaCursor::Failed(const rd_kafka_message_t& message) {
  const rd_kafka_resp_err_t error = message.err;
  const char* words = rd_kafka_message_errstr(&message);
  const std::string what = absl::StrCat("reading ", ToString(where_), "@", fetched_,
                                        words == nullptr ? "" : absl::StrCat(": ", words));
  const Offset from = fetched_;
  Stop();
  if (error == RD_KAFKA_RESP_ERR__AUTO_OFFSET_RESET ||
      error == RD_KAFKA_RESP_ERR_OFFSET_OUT_OF_RANGE) {
    ASSIGN_OR_RETURN(const KafkaTopics::Range range, topics_.Offsets(where_));
    if (from < range.start || from > range.end) return OutOfRange(from, range);
  }
  return client_.ToStatus(error, what, "Read on the topic");
}

bool KafkaCursor::Accepted(Offset from, Offset to) const {
  // Marks of several transactions may stand one after the other, each accepted by itself.
  for (const KafkaGap& gap : options_.accepted_gaps) {
    if (gap.where == where_ && gap.from <= from && from < gap.to) from = gap.to;
  }
  return from >= to;
}

absl::Status KafkaCursor::Gap(Offset from, Offset to) const {
  const std::string name = ToString(KafkaGap{where_, from, to});
  return absl::DataLossError(absl::StrCat(
      name,
      " holds no record: a publisher that uses transactions leaves marks and aborted records "
      "there, else records were lost or compacted away. Let the publisher write without "
      "transactions; if the gap is its mark, accept it by name: --accept-gap ",
      name));
}

absl::Status KafkaCursor::OutOfRange(Offset from, const KafkaTopics::Range& range) const {
  if (from < range.start) {
    return absl::OutOfRangeError(
        absl::StrCat(ToString(where_), "@", from, ": the partition starts at ", range.start,
                     "; retention or somebody removed what stood before; set retention.ms=-1 and "
                     "retention.bytes=-1, and restore the records"));
  }
  return absl::OutOfRangeError(absl::StrCat(ToString(where_), "@", from, ": the partition ends at ",
                                            range.end, "; read from an offset up to it"));
}

}  // namespace revops
