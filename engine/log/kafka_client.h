// One librdkafka handle, and its errors as ours. Only engine/log/kafka_*.cc include it.
#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <string>

#include <librdkafka/rdkafka.h>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "engine/log/kafka_connection.h"

namespace revops {

// Thread safety: as librdkafka's: any thread.
class KafkaClient final {
 public:
  struct Settings {
    rd_kafka_type_t type = RD_KAFKA_PRODUCER;
    std::string client_id;
    std::map<std::string, std::string> properties;  // over the connection's
    // Called by whoever polls the handle; null: none.
    void (*delivered)(rd_kafka_t*, const rd_kafka_message_t*, void*) = nullptr;
    void (*rebalance)(rd_kafka_t*, rd_kafka_resp_err_t, rd_kafka_topic_partition_list_t*,
                      void*) = nullptr;
    void* opaque = nullptr;  // what the two get as their last argument
  };
  // Connects in the background. Errors: kInvalidArgument naming the property, without its value.
  static absl::StatusOr<std::unique_ptr<KafkaClient>> Make(const KafkaConnection& connection,
                                                           Settings settings);
  // Gives the handle a few seconds to end; one that hangs is left behind.
  ~KafkaClient();

  rd_kafka_t* handle() const { return handle_; }

  // The topic of this name, for as long as the client lives.
  rd_kafka_topic_t* Topic(const std::string& name);

  // `what`, with what the client last heard of the brokers: ": connection refused".
  absl::Status Unavailable(absl::string_view what) const;
  // `right`: what a client must be allowed for this, "Write on the topic"; said when it is not.
  absl::Status ToStatus(rd_kafka_resp_err_t error, absl::string_view what,
                        absl::string_view right = "") const;

 private:
  KafkaClient() = default;
  static void Failed(rd_kafka_t*, int error, const char* reason, void* self);

  Settings settings_;
  rd_kafka_t* handle_ = nullptr;
  mutable std::mutex mutex_;
  std::string last_error_;
  std::map<std::string, rd_kafka_topic_t*> topics_;
};

// For librdkafka's timeouts. Units: milliseconds, at least 0.
int ToMillis(absl::Duration duration);

}  // namespace revops
