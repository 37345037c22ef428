// A way into a cluster that leads through proxies, one a node: whoever comes in by it can be cut
// off from all brokers, or find them slow, while others are not touched.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "tests/support/kafka_broker.h"
#include "tests/support/tcp_proxy.h"

namespace revops::test {

class KafkaDoor final {
 public:
  // REQUIRES: the cluster was started with that many doors; each is opened once.
  KafkaDoor(const KafkaBroker& broker, int door) {
    for (const int port : broker.door_ports(door)) {
      proxies_.push_back(std::make_unique<TcpProxy>(port + 1, port));
      absl::StrAppend(&brokers_, brokers_.empty() ? "" : ",", "127.0.0.1:", port + 1);
    }
  }

  const std::string& brokers() const { return brokers_; }
  void Cut() {
    for (const auto& proxy : proxies_) proxy->Cut();
  }
  void Heal() {
    for (const auto& proxy : proxies_) proxy->Heal();
  }
  void Delay(absl::Duration delay) {
    for (const auto& proxy : proxies_) proxy->Delay(delay);
  }

 private:
  std::vector<std::unique_ptr<TcpProxy>> proxies_;
  std::string brokers_;
};

}  // namespace revops::test
