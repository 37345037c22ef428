#include "engine/log/kafka_connection.h"

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <system_error>
#include <utility>
#include <vector>

#include <librdkafka/rdkafka.h>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "engine/base/status.h"

namespace revops {
namespace {

bool MaySet(absl::string_view property) {
  static const auto* prefixes = new std::vector<absl::string_view>{
      "security.", "ssl.", "sasl.", "socket.", "broker.", "client.", "reconnect.", "compression."};
  return property == "enable.ssl.certificate.verification" ||
         std::any_of(prefixes->begin(), prefixes->end(),
                     [&](absl::string_view prefix) { return absl::StartsWith(property, prefix); });
}

absl::StatusOr<std::string> ReadText(const std::string& file) {
  std::error_code ignored;
  if (std::filesystem::is_directory(file, ignored)) {
    return absl::InvalidArgumentError(absl::StrCat(file, ": is a folder; name a file in it"));
  }
  std::ifstream stream(file, std::ios::binary);
  std::ostringstream text;
  if (stream.is_open()) text << stream.rdbuf();
  if (!stream.is_open() || !stream) {
    return absl::NotFoundError(absl::StrCat(file, ": cannot be read; does it exist?"));
  }
  return text.str();
}

// What ${env:NAME} and ${file:PATH} stand for; anything else for itself.
absl::StatusOr<std::string> Resolve(absl::string_view value) {
  if (!absl::ConsumePrefix(&value, "${")) return std::string(value);
  if (!absl::ConsumeSuffix(&value, "}")) {
    return absl::InvalidArgumentError("a value that begins with ${ ends with }");
  }
  if (absl::ConsumePrefix(&value, "env:")) {
    const std::string name(value);
    const char* found = std::getenv(name.c_str());
    if (found == nullptr) {
      return absl::NotFoundError(
          absl::StrCat("the environment variable ", name, " is not set; set it"));
    }
    return std::string(found);
  }
  if (absl::ConsumePrefix(&value, "file:")) {
    ASSIGN_OR_RETURN(const std::string text, ReadText(std::string(value)));
    return std::string(absl::StripTrailingAsciiWhitespace(text));
  }
  return absl::InvalidArgumentError("a value in ${…} is written ${env:NAME} or ${file:PATH}");
}

// Whether the client knows the property and takes the value. Errors: kInvalidArgument without the
// value, which may be a secret.
absl::Status CheckTaken(const std::string& property, const std::string& value) {
  rd_kafka_conf_t* scratch = rd_kafka_conf_new();
  const rd_kafka_conf_res_t result =
      rd_kafka_conf_set(scratch, property.c_str(), value.c_str(), nullptr, 0);
  rd_kafka_conf_destroy(scratch);
  if (result == RD_KAFKA_CONF_UNKNOWN) {
    return absl::InvalidArgumentError(absl::StrCat("is no property of librdkafka ",
                                                   rd_kafka_version_str(),
                                                   "; is it misspelt? Its CONFIGURATION.md lists "
                                                   "them"));
  }
  if (result == RD_KAFKA_CONF_OK) return absl::OkStatus();
  return absl::InvalidArgumentError(
      "librdkafka does not take this value; its CONFIGURATION.md says which it takes");
}

// Errors: kInvalidArgument if what is set leaves to chance how this process proves who it is.
absl::Status CheckComplete(const std::map<std::string, std::string>& properties,
                           absl::string_view name) {
  const auto protocol = properties.find("security.protocol");
  if (protocol == properties.end() ||
      !absl::StartsWith(absl::AsciiStrToUpper(protocol->second), "SASL_") ||
      properties.count("sasl.mechanism") > 0 || properties.count("sasl.mechanisms") > 0) {
    return absl::OkStatus();
  }
  return absl::InvalidArgumentError(
      absl::StrCat(name, ": security.protocol is ", protocol->second,
                   ", but sasl.mechanism is not set; add a line sasl.mechanism=SCRAM-SHA-512 (or "
                   "PLAIN, SCRAM-SHA-256, GSSAPI, OAUTHBEARER), as the brokers have it"));
}

}  // namespace

absl::StatusOr<std::map<std::string, std::string>> ParseKafkaProperties(absl::string_view text,
                                                                        absl::string_view name) {
  std::map<std::string, std::string> properties;
  int number = 0;
  for (absl::string_view line : absl::StrSplit(text, '\n')) {
    ++number;
    line = absl::StripAsciiWhitespace(line);
    if (line.empty() || line[0] == '#') continue;
    const std::string where = absl::StrCat(name, ":", number);
    const size_t equals = line.find('=');
    if (equals == absl::string_view::npos) {
      return absl::InvalidArgumentError(absl::StrCat(where, ": a line is written property=value"));
    }
    const std::string property(absl::StripAsciiWhitespace(line.substr(0, equals)));
    if (property == "client.id") {
      return absl::InvalidArgumentError(
          absl::StrCat(where,
                       ": client.id cannot be set: by it the processes of a cluster find "
                       "each other; leave it out"));
    }
    if (!MaySet(property)) {
      return absl::InvalidArgumentError(
          absl::StrCat(where, ": ", property,
                       " cannot be set; only how brokers are reached can: security.*, ssl.*, "
                       "sasl.*, socket.*, broker.*, client.*, reconnect.*, compression.*"));
    }
    auto value = Resolve(absl::StripAsciiWhitespace(line.substr(equals + 1)));
    if (!value.ok()) return Annotate(value.status(), absl::StrCat(where, ": ", property));
    RETURN_IF_ERROR(Annotate(CheckTaken(property, *value), absl::StrCat(where, ": ", property)));
    properties[property] = *std::move(value);
  }
  RETURN_IF_ERROR(CheckComplete(properties, name));
  return properties;
}

absl::StatusOr<KafkaConnection> LoadKafkaConnection(absl::string_view brokers,
                                                    const std::string& properties_file) {
  if (brokers.empty()) {
    return absl::InvalidArgumentError("name the brokers: --kafka HOST:PORT,…");
  }
  KafkaConnection connection;
  connection.brokers = std::string(brokers);
  if (!properties_file.empty()) {
    ASSIGN_OR_RETURN(const std::string text, ReadText(properties_file));
    ASSIGN_OR_RETURN(connection.properties, ParseKafkaProperties(text, properties_file));
  }
  return connection;
}

}  // namespace revops
