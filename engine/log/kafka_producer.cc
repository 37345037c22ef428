#include "engine/log/kafka_producer.h"

#include <algorithm>
#include <atomic>
#include <set>
#include <thread>
#include <utility>

#include "absl/strings/str_cat.h"
#include "engine/base/status.h"
#include "engine/log/kafka_client.h"

namespace revops {
namespace {

constexpr int kPollMillis = 100;
constexpr int kCloseWaitMillis = 3000;
constexpr absl::Duration kBetweenTries = absl::Milliseconds(50);

int64_t BytesOf(const std::vector<NewRecord>& records) {
  int64_t bytes = 0;
  for (const NewRecord& record : records) {
    bytes += static_cast<int64_t>(record.key.size() + record.value.size());
  }
  return bytes;
}

// Whether the same record may be taken the next time: this producer is broken or does not know the
// topic yet, but the log is not at fault.
bool MayPass(rd_kafka_resp_err_t error) {
  switch (error) {
    case RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED:
    case RD_KAFKA_RESP_ERR_CLUSTER_AUTHORIZATION_FAILED:
    case RD_KAFKA_RESP_ERR_MSG_SIZE_TOO_LARGE:
    case RD_KAFKA_RESP_ERR_RECORD_LIST_TOO_LARGE:
    case RD_KAFKA_RESP_ERR_INVALID_RECORD:
    case RD_KAFKA_RESP_ERR_POLICY_VIOLATION:
    case RD_KAFKA_RESP_ERR__MSG_TIMED_OUT:
      return false;
    default:
      return true;
  }
}

// Hands a record over; the bytes stay where they are until the report: no copy. librdkafka does not
// change them.
rd_kafka_resp_err_t Send(rd_kafka_t* client, rd_kafka_topic_t* topic, const NewRecord& record,
                         const RecordHeaders* headers, void* slot) {
  char* value = const_cast<char*>(record.value.data());
  if (headers == nullptr) {
    const int sent = rd_kafka_produce(topic, record.where.partition, 0, value, record.value.size(),
                                      record.key.data(), record.key.size(), slot);
    return sent == 0 ? RD_KAFKA_RESP_ERR_NO_ERROR : rd_kafka_last_error();
  }
  rd_kafka_headers_t* owned = rd_kafka_headers_new(headers->size());
  for (const auto& [name, text] : *headers) {
    rd_kafka_header_add(owned, name.data(), static_cast<ssize_t>(name.size()), text.data(),
                        static_cast<ssize_t>(text.size()));
  }
  const rd_kafka_resp_err_t error =
      rd_kafka_producev(client, RD_KAFKA_V_RKT(topic), RD_KAFKA_V_PARTITION(record.where.partition),
                        RD_KAFKA_V_VALUE(value, record.value.size()),
                        RD_KAFKA_V_KEY(record.key.data(), record.key.size()),
                        RD_KAFKA_V_HEADERS(owned), RD_KAFKA_V_OPAQUE(slot), RD_KAFKA_V_END);
  if (error != RD_KAFKA_RESP_ERR_NO_ERROR) rd_kafka_headers_destroy(owned);
  return error;
}

}  // namespace

// What was sent, and the answers. Lives until it is answered in full, if need be longer than the
// call of Append that made it.
struct KafkaProducer::Call {
  struct Slot {
    Call* call = nullptr;
    rd_kafka_resp_err_t error = RD_KAFKA_RESP_ERR__NOENT;
    Appended appended;
  };

  Call(KafkaProducer& producer, std::vector<NewRecord> sent, std::vector<RecordHeaders> with)
      : producer(producer),
        records(std::move(sent)),
        headers(std::move(with)),
        bytes(BytesOf(records)) {
    slots.resize(records.size());
    for (Slot& slot : slots) slot.call = this;
  }
  ~Call() {
    std::lock_guard<std::mutex> lock(producer.mutex_);
    producer.waiting_bytes_ -= bytes;
  }

  // By librdkafka, for each record once.
  static void Delivered(rd_kafka_t*, const rd_kafka_message_t* message, void*) {
    auto& slot = *static_cast<Slot*>(message->_private);
    Call& call = *slot.call;
    slot.error = message->err;
    // A repeat that the broker knew already has no offset: as good as not answered.
    if (slot.error == RD_KAFKA_RESP_ERR_NO_ERROR && message->offset < 0) {
      slot.error = RD_KAFKA_RESP_ERR__NOENT;
    }
    slot.appended.offset = static_cast<Offset>(std::max<int64_t>(message->offset, 0));
    slot.appended.appended_at = rd_kafka_message_timestamp(message, nullptr) * 1000;
    std::unique_lock<std::mutex> lock(call.mutex);
    if (--call.outstanding > 0) return;
    const bool abandoned = call.abandoned;
    if (!abandoned) call.answered.notify_one();
    lock.unlock();
    if (abandoned) delete &call;
  }

  // The records to be sent again: of each partition, all from the first that failed.
  std::vector<size_t> Failed() const {
    std::set<TopicPartition> broken;
    std::vector<size_t> failed;
    for (size_t i = 0; i < slots.size(); ++i) {
      if (slots[i].error == RD_KAFKA_RESP_ERR_NO_ERROR && broken.count(records[i].where) == 0) {
        continue;
      }
      broken.insert(records[i].where);
      failed.push_back(i);
    }
    return failed;
  }

  KafkaProducer& producer;
  const std::vector<NewRecord> records;
  const std::vector<RecordHeaders> headers;  // none, or entry i: of record i
  const int64_t bytes;
  std::vector<Slot> slots;  // entry i: of record i
  std::mutex mutex;
  std::condition_variable answered;
  size_t outstanding = 0;
  bool abandoned = false;
};

class KafkaProducer::Connection final {
 public:
  static absl::StatusOr<std::shared_ptr<Connection>> Make(const Options& options) {
    KafkaClient::Settings settings;
    settings.type = RD_KAFKA_PRODUCER;
    settings.client_id = options.client_id;
    settings.delivered = &Call::Delivered;
    settings.properties = {
        {"enable.idempotence", "true"},
        {"acks", "all"},
        {"message.timeout.ms", "300000"},
        {"linger.ms", "0.5"},
        {"message.max.bytes", absl::StrCat(options.record_bytes_max + (32 << 10))},
        {"queue.buffering.max.messages", "1000000"},
        // Above our own bound, which answers in words.
        {"queue.buffering.max.kbytes", absl::StrCat(options.waiting_bytes_max / 512 + 1024)},
    };
    auto connection = std::make_shared<Connection>();
    ASSIGN_OR_RETURN(connection->client_, KafkaClient::Make(options.connection, settings));
    connection->poller_ = std::thread([self = connection.get()] {
      while (!self->stop_) rd_kafka_poll(self->client_->handle(), kPollMillis);
    });
    return connection;
  }

  // Every call is answered before it is gone, with an error if need be.
  ~Connection() {
    if (client_ == nullptr) return;
    rd_kafka_t* handle = client_->handle();
    if (!broken()) rd_kafka_flush(handle, kCloseWaitMillis);
    rd_kafka_purge(handle, RD_KAFKA_PURGE_F_QUEUE | RD_KAFKA_PURGE_F_INFLIGHT);
    rd_kafka_flush(handle, kCloseWaitMillis);
    stop_ = true;
    poller_.join();
  }

  bool broken() const {
    char words[16];
    return rd_kafka_fatal_error(client_->handle(), words, sizeof(words)) !=
           RD_KAFKA_RESP_ERR_NO_ERROR;
  }

  KafkaClient& client() const { return *client_; }

 private:
  std::unique_ptr<KafkaClient> client_;
  std::atomic<bool> stop_{false};
  std::thread poller_;
};

KafkaProducer::KafkaProducer(Options options) : options_(std::move(options)) {}

KafkaProducer::~KafkaProducer() { connection_.reset(); }

absl::StatusOr<std::unique_ptr<KafkaProducer>> KafkaProducer::Make(Options options) {
  std::unique_ptr<KafkaProducer> producer(new KafkaProducer(std::move(options)));
  RETURN_IF_ERROR(producer->Current().status());
  return producer;
}

absl::StatusOr<std::shared_ptr<KafkaProducer::Connection>> KafkaProducer::Current() {
  std::lock_guard<std::mutex> lock(connection_mutex_);
  if (connection_ == nullptr) {
    ASSIGN_OR_RETURN(connection_, Connection::Make(options_));
  }
  return connection_;
}

void KafkaProducer::Replace(const std::shared_ptr<Connection>& broken) {
  std::lock_guard<std::mutex> lock(connection_mutex_);
  if (connection_ == broken) connection_ = nullptr;
}

absl::Status KafkaProducer::Reserve(int64_t bytes) {
  std::lock_guard<std::mutex> lock(mutex_);
  // A call that alone is above the bound is let through when nothing else waits.
  if (waiting_bytes_ > 0 && waiting_bytes_ + bytes > options_.waiting_bytes_max) {
    return absl::ResourceExhaustedError(
        absl::StrCat(waiting_bytes_, " bytes wait to be acknowledged by Kafka, at most ",
                     options_.waiting_bytes_max, " may; try again later"));
  }
  waiting_bytes_ += bytes;
  return absl::OkStatus();
}

void KafkaProducer::Acknowledged(const TopicPartition& where, Offset end) {
  Offset& known = ends_[where];
  known = std::max(known, end);
}

Offset KafkaProducer::AcknowledgedEnd(const TopicPartition& where) const {
  std::lock_guard<std::mutex> lock(mutex_);
  const auto found = ends_.find(where);
  return found == ends_.end() ? 0 : found->second;
}

void KafkaProducer::AwaitAcknowledgement(absl::Duration timeout) {
  std::unique_lock<std::mutex> lock(mutex_);
  acknowledged_.wait_for(lock, absl::ToChronoNanoseconds(timeout));
}

absl::StatusOr<std::vector<Appended>> KafkaProducer::Append(std::vector<NewRecord> records,
                                                            std::vector<RecordHeaders> headers) {
  if (records.empty()) return std::vector<Appended>();
  RETURN_IF_ERROR(Reserve(BytesOf(records)));
  auto call = std::make_unique<Call>(*this, std::move(records), std::move(headers));
  const int64_t deadline = clock_.MonotonicMicros() + absl::ToInt64Microseconds(options_.wait_max);
  std::vector<size_t> open(call->slots.size());
  for (size_t i = 0; i < open.size(); ++i) open[i] = i;
  while (true) {
    ASSIGN_OR_RETURN(const std::shared_ptr<Connection> connection, Current());
    KafkaClient& client = connection->client();
    {
      std::lock_guard<std::mutex> lock(call->mutex);
      call->outstanding = open.size();
    }
    size_t refused = 0;  // at once, so that no report follows
    const std::string* topic_name = nullptr;
    rd_kafka_topic_t* topic = nullptr;
    for (const size_t i : open) {
      const NewRecord& record = call->records[i];
      if (topic_name == nullptr || *topic_name != record.where.topic) {
        topic_name = &record.where.topic;
        topic = client.Topic(absl::StrCat(options_.prefix, *topic_name));
      }
      const rd_kafka_resp_err_t error =
          Send(client.handle(), topic, record, call->headers.empty() ? nullptr : &call->headers[i],
               &call->slots[i]);
      if (error == RD_KAFKA_RESP_ERR_NO_ERROR) continue;
      call->slots[i].error = error;
      ++refused;
    }
    std::unique_lock<std::mutex> lock(call->mutex);
    call->outstanding -= refused;
    const int64_t left = std::max<int64_t>(deadline - clock_.MonotonicMicros(), 0);
    const bool answered = call->answered.wait_for(lock, std::chrono::microseconds(left),
                                                  [&] { return call->outstanding == 0; });
    if (!answered) {
      call->abandoned = true;
      lock.unlock();
      static_cast<void>(call.release());  // deletes itself once it is answered
      return client.Unavailable(absl::StrCat(
          "Kafka has not acknowledged an append within ", absl::FormatDuration(options_.wait_max),
          "; some records may have been appended: append again"));
    }
    lock.unlock();

    open = call->Failed();
    if (open.empty()) break;
    const rd_kafka_resp_err_t error = call->slots[open[0]].error;
    const std::string what = absl::StrCat("appending to ", ToString(call->records[open[0]].where));
    if (!MayPass(error)) return client.ToStatus(error, what, "Write on the topic");
    if (clock_.MonotonicMicros() >= deadline) {
      return client.Unavailable(
          absl::StrCat(what, ": ", rd_kafka_err2str(error), "; append again"));
    }
    if (connection->broken()) {
      Replace(connection);
    } else {
      AwaitAcknowledgement(kBetweenTries);
    }
  }

  std::vector<Appended> appended;
  appended.reserve(call->slots.size());
  {
    std::lock_guard<std::mutex> lock(mutex_);
    for (size_t i = 0; i < call->slots.size(); ++i) {
      appended.push_back(call->slots[i].appended);
      Acknowledged(call->records[i].where, appended.back().offset + 1);
    }
    acknowledged_.notify_all();
  }
  return appended;
}

}  // namespace revops
