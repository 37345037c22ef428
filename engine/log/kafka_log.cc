#include "engine/log/kafka_log.h"

#include <algorithm>
#include <utility>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/time/clock.h"
#include "engine/base/clock.h"
#include "engine/base/status.h"
#include "engine/log/kafka_readers.h"

namespace revops {
namespace {

constexpr absl::Duration kTendEvery = absl::Seconds(1);
constexpr absl::Duration kIdleMax = absl::Minutes(1);
constexpr absl::Duration kBetweenLooks = absl::Milliseconds(20);

}  // namespace

std::string ToString(const KafkaGap& gap) {
  return absl::StrCat(ToString(gap.where), "@", gap.from, "-", gap.to);
}

absl::StatusOr<KafkaGap> ParseKafkaGap(absl::string_view text) {
  KafkaGap gap;
  const std::vector<std::string> parts = absl::StrSplit(text, '@');
  const size_t slash = parts[0].rfind('/');
  if (parts.size() == 2 && slash != std::string::npos && slash > 0) {
    const std::vector<std::string> offsets = absl::StrSplit(parts[1], '-');
    gap.where.topic = parts[0].substr(0, slash);
    if (offsets.size() == 2 && absl::SimpleAtoi(parts[0].substr(slash + 1), &gap.where.partition) &&
        gap.where.partition >= 0 && absl::SimpleAtoi(offsets[0], &gap.from) &&
        absl::SimpleAtoi(offsets[1], &gap.to) && gap.from < gap.to) {
      return gap;
    }
  }
  return absl::InvalidArgumentError(
      absl::StrCat("\"", text, "\" names no gap; one is written touchpoints/3@418-420"));
}

KafkaLog::KafkaLog(KafkaLogOptions options) : options_(std::move(options)) {}

absl::StatusOr<std::unique_ptr<KafkaLog>> KafkaLog::Open(KafkaLogOptions options) {
  std::unique_ptr<KafkaLog> log(new KafkaLog(std::move(options)));
  const KafkaLogOptions& chosen = log->options_;

  KafkaTopics::Options topics;
  topics.connection = chosen.connection;
  topics.prefix = chosen.topic_prefix;
  topics.client_id = chosen.client_id;
  topics.wait_max = chosen.answer_wait_max;
  ASSIGN_OR_RETURN(log->topics_, KafkaTopics::Connect(std::move(topics)));
  log->identity_ = absl::StrCat("kafka:", log->topics_->cluster_id(), "/", chosen.topic_prefix);

  KafkaProducer::Options producer;
  producer.connection = chosen.connection;
  producer.prefix = chosen.topic_prefix;
  producer.client_id = chosen.client_id;
  producer.record_bytes_max = chosen.record_bytes_max;
  producer.waiting_bytes_max = chosen.waiting_bytes_max;
  producer.wait_max = chosen.append_wait_max;
  ASSIGN_OR_RETURN(log->producer_, KafkaProducer::Make(std::move(producer)));

  KafkaReaderOptions readers;
  readers.connection = chosen.connection;
  readers.client_id = chosen.client_id;
  readers.fetch_ahead_bytes = chosen.fetch_ahead_bytes;
  readers.record_bytes_max = chosen.record_bytes_max;
  readers.wait_max = chosen.answer_wait_max;
  readers.accepted_gaps = chosen.accepted_gaps;
  ASSIGN_OR_RETURN(log->readers_,
                   KafkaReaders::Make(std::move(readers), *log->topics_, *log->producer_));

  log->tender_ = std::thread([self = log.get()] { self->Tend(); });
  return log;
}

KafkaLog::~KafkaLog() {
  {
    std::lock_guard<std::mutex> lock(stop_mutex_);
    stop_ = true;
  }
  stopped_.notify_all();
  if (tender_.joinable()) tender_.join();
}

void KafkaLog::Tend() {
  const SystemClock clock;
  int64_t refreshed = clock.MonotonicMicros();
  std::unique_lock<std::mutex> lock(stop_mutex_);
  while (!stopped_.wait_for(lock, absl::ToChronoMilliseconds(kTendEvery), [&] { return stop_; })) {
    lock.unlock();
    readers_->Tend(kIdleMax);
    if (clock.MonotonicMicros() - refreshed >= absl::ToInt64Microseconds(options_.between_counts)) {
      topics_->Refresh();
      refreshed = clock.MonotonicMicros();
    }
    lock.lock();
  }
}

absl::Status KafkaLog::EnsureTopic(absl::string_view topic, int partitions) {
  absl::StatusOr<int> found = topics_->Partitions(topic);
  if (absl::IsNotFound(found.status())) {
    const absl::Status made =
        topics_->Create(topic, topics_->Wanted(partitions, options_.record_bytes_max));
    // Another process may have been faster.
    if (!made.ok() && !absl::IsAlreadyExists(made)) return made;
    // Nor does every broker know of it at once.
    const SystemClock clock;
    const int64_t deadline =
        clock.MonotonicMicros() + absl::ToInt64Microseconds(options_.answer_wait_max);
    found = topics_->Partitions(topic);
    while (absl::IsNotFound(found.status()) && clock.MonotonicMicros() < deadline) {
      absl::SleepFor(kBetweenLooks);
      found = topics_->Partitions(topic);
    }
  }
  RETURN_IF_ERROR(found.status());
  if (*found == partitions) return absl::OkStatus();
  return absl::FailedPreconditionError(absl::StrCat("topic ", topics_->NameOf(topic), " has ",
                                                    *found, " partitions, not ", partitions));
}

absl::StatusOr<int> KafkaLog::Partitions(absl::string_view topic) const {
  return topics_->Partitions(topic);
}

absl::Status KafkaLog::CheckPlace(const TopicPartition& where) const {
  const absl::StatusOr<int> partitions = topics_->Partitions(where.topic);
  if (absl::IsNotFound(partitions.status())) {
    return absl::InvalidArgumentError(
        absl::StrCat(ToString(where), ": ", partitions.status().message()));
  }
  RETURN_IF_ERROR(partitions.status());
  if (where.partition >= 0 && where.partition < *partitions) return absl::OkStatus();
  return absl::InvalidArgumentError(
      absl::StrCat(ToString(where), ": topic ", where.topic, " has ", *partitions, " partitions"));
}

absl::StatusOr<std::vector<Appended>> KafkaLog::Append(std::vector<NewRecord> records) {
  return Append(std::move(records), {});
}

absl::StatusOr<std::vector<Appended>> KafkaLog::Append(std::vector<NewRecord> records,
                                                       std::vector<RecordHeaders> headers) {
  for (const NewRecord& record : records) {
    RETURN_IF_ERROR(CheckPlace(record.where));
    const int64_t bytes = static_cast<int64_t>(record.key.size() + record.value.size());
    if (bytes <= options_.record_bytes_max) continue;
    return absl::InvalidArgumentError(absl::StrCat(
        ToString(record.where), ": a record has ", bytes, " bytes of key and value, at most ",
        options_.record_bytes_max, " are allowed; send smaller events"));
  }
  return producer_->Append(std::move(records), std::move(headers));
}

absl::StatusOr<std::vector<Record>> KafkaLog::Read(const TopicPartition& where, Offset from,
                                                   const ReadLimits& limits) {
  RETURN_IF_ERROR(CheckPlace(where));
  return readers_->Read(where, from, limits);
}

absl::StatusOr<Offset> KafkaLog::Start(const TopicPartition& where) {
  RETURN_IF_ERROR(CheckPlace(where));
  ASSIGN_OR_RETURN(const std::vector<Offset> starts, topics_->Starts({where}));
  return starts.front();
}

absl::StatusOr<Offset> KafkaLog::End(const TopicPartition& where) {
  ASSIGN_OR_RETURN(const std::vector<Offset> ends, Ends({where}));
  return ends.front();
}

absl::StatusOr<std::vector<Offset>> KafkaLog::Ends(const std::vector<TopicPartition>& places) {
  for (const TopicPartition& where : places) RETURN_IF_ERROR(CheckPlace(where));
  ASSIGN_OR_RETURN(std::vector<Offset> ends, topics_->Ends(places));
  for (size_t i = 0; i < places.size(); ++i) {
    ends[i] = readers_->EndBeforeAcceptedGap(places[i], ends[i]);
  }
  return ends;
}

bool KafkaLog::WaitBeyond(const TopicPartition& where, Offset offset, absl::Duration timeout) {
  if (!CheckPlace(where).ok()) return false;
  const SystemClock clock;
  timeout = std::min(timeout, absl::Hours(24 * 365));
  const int64_t deadline = clock.MonotonicMicros() + absl::ToInt64Microseconds(timeout);
  while (true) {
    if (producer_->AcknowledgedEnd(where) > offset) return true;
    const absl::Duration left =
        absl::Microseconds(std::max<int64_t>(deadline - clock.MonotonicMicros(), 0));
    const std::optional<bool> arrived =
        readers_->Await(where, offset, std::min(left, absl::Milliseconds(100)));
    if (arrived.has_value() && *arrived) return true;
    if (!arrived.has_value()) {
      const absl::StatusOr<Offset> end = End(where);
      if (end.ok() && *end > offset) return true;
      producer_->AwaitAcknowledgement(std::min(left, kBetweenLooks));
    }
    if (clock.MonotonicMicros() >= deadline) return producer_->AcknowledgedEnd(where) > offset;
  }
}

void KafkaLog::LetGrow(absl::string_view topic) { topics_->LetGrow(topic); }

void KafkaLog::Release(const TopicPartition& where) { readers_->Release(where); }

}  // namespace revops
