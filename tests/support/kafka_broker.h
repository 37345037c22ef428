// A real Kafka cluster that a test starts, damages and stops (deploy/kafka/cluster).
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "engine/log/kafka_connection.h"
#include "tests/support/folders.h"

namespace revops::test {

class KafkaBroker final {
 public:
  struct Options {
    int nodes = 1;
    bool secure = false;
    std::string version;                // of Kafka; empty: the usual one
    std::vector<std::string> clients;   // who come in by certificates and may do what ACLs allow
    int doors = 0;                      // more ways in, for kafka_door.h
    std::vector<std::string> settings;  // "log.retention.check.interval.ms=1000"
  };
  // In a folder of its own on free ports.
  // Errors: kUnavailable, in words, where no broker can be had: no Java, no jars and no way to
  // them. Tests are skipped then, unless REVOPS_REQUIRE_KAFKA is set: kInternal.
  static absl::StatusOr<std::unique_ptr<KafkaBroker>> Start(Options options);
  ~KafkaBroker();

  const std::string& brokers() const { return brokers_; }
  // Door: 1…. Where its listener is, node by node; clients are sent to the port after each.
  std::vector<int> door_ports(int door) const;
  // How a client comes in; of a cluster that demands it, with the password.
  KafkaConnection connection() const;
  // Of a cluster that demands something: the properties file of a client. Of one with `clients`
  // "admin" may do all.
  std::string properties_file(const std::string& client = "client") const {
    return folder_.path() + "/kafka/" + client + ".properties";
  }
  // Of such a cluster: what must not be seen.
  std::string secret() const;

  // Ends all nodes, or one, and starts them again. Node: 1…; 0: all.
  void Stop(int node = 0);
  void Restart(int node = 0);
  // Ends a node as a power cut does; freezes it and lets it go on.
  void Kill(int node);
  void Freeze(int node);
  void Thaw(int node);

 private:
  KafkaBroker() = default;
  int Pid(int node) const;

  TemporaryFolder folder_;
  std::string brokers_;
  std::string properties_;  // of connection(); empty: none
};

// The one broker of this test program, started when first asked for.
absl::StatusOr<KafkaBroker*> SharedBroker();
// Stops it, if it was started.
void StopSharedBroker();

// A name that no other test of this broker uses.
std::string FreshName(const std::string& stem);

// Runs a command of the shell; its standard output. Errors: kUnavailable with what it said.
absl::StatusOr<std::string> RunShell(const std::string& command);

}  // namespace revops::test
