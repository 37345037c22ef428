// The composition root: what a command works on, a running server or a data folder.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "engine/serve/api.h"

namespace revops {

// A log on Kafka; no brokers: the folder's own log.
struct KafkaTarget {
  std::string brokers;      // "host:port,host:port"
  std::string config_file;  // of security properties; empty: plain text, no authentication
  std::string prefix;       // of topics' names
  std::vector<std::string> accepted_gaps;  // "touchpoints/3@418-420"
  bool cluster = false;                    // asks the processes that fold it (observer.h)
};

struct Target {
  std::string server;  // "http://127.0.0.1:8420"; empty: the folder
  std::string data;    // a folder
  KafkaTarget kafka;
  std::string model_file;  // a revenue model for a new folder; empty: the default one
  int partitions = 0;      // of a new folder; 0: the default
  bool make = false;       // a folder that does not exist is made
  // Units: MiB, of what folding keeps in memory; 0: the engine's default.
  int memory_mib = 0;
};

// The Api of the server, if one is named, else of the folder (data_folder.h).
// Errors: those of OpenDataFolder and of RemoteApi::Open.
absl::StatusOr<std::unique_ptr<Api>> OpenApi(const Target& target);

// How commands get their Api; tests hand in their own.
using ApiOpener = std::function<absl::StatusOr<std::unique_ptr<Api>>(const Target& target)>;

}  // namespace revops
