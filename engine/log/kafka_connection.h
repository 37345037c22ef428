// How a Kafka cluster is reached: brokers and security, from the command line and a file.
//
//   # kafka.properties                     names are librdkafka's, which are mostly Java's
//   security.protocol=SASL_SSL
//   ssl.ca.location=/etc/revops/ca.pem
//   sasl.mechanism=SCRAM-SHA-512
//   sasl.username=revops
//   sasl.password=${file:/run/secrets/kafka}   or ${env:KAFKA_PASSWORD}
//
// Only what concerns the way to the brokers can be set: security.*, ssl.*, sasl.*, socket.*,
// broker.*, client.*, reconnect.*, compression.*, enable.ssl.certificate.verification. What the
// engine's promises rest on (acks, idempotence, offsets, isolation) is not the operator's to
// change, nor is client.id, by which processes find each other. Secrets never appear in messages.
#pragma once

#include <map>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace revops {

struct KafkaConnection {
  std::string brokers;  // "host:port,host:port"
  // librdkafka property -> value, secrets resolved.
  std::map<std::string, std::string> properties;
};

// Reads the properties `text` of the file `name`, one `property=value` a line; # begins a comment.
// Errors: kInvalidArgument with file, line, property and remedy, never with a secret; also if SASL
// is named without a mechanism. kNotFound as below.
absl::StatusOr<std::map<std::string, std::string>> ParseKafkaProperties(absl::string_view text,
                                                                        absl::string_view name);

// `properties_file` may be empty: plain text, no authentication.
// Errors: kInvalidArgument; kNotFound if a file or an environment variable is not there.
absl::StatusOr<KafkaConnection> LoadKafkaConnection(absl::string_view brokers,
                                                    const std::string& properties_file);

}  // namespace revops
