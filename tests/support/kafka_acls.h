// Who may do what on a cluster that keeps ACLs (deploy/kafka/cluster --clients).
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "engine/log/kafka_connection.h"

namespace revops::test {

struct KafkaRight {
  std::string operation;  // "Read", "Write", "Create", "Describe", "DescribeConfigs"
  std::string kind;       // "topic" or "group"
  std::string name;       // "routed-*" stands for all names that begin so
};
std::string ToString(const KafkaRight& right);

class KafkaAcls final {
 public:
  // As somebody who may do all.
  explicit KafkaAcls(const KafkaConnection& admin);
  ~KafkaAcls();

  // Fail the test if the brokers do not do it. They know of it at once.
  void Give(const std::string& user, const std::vector<KafkaRight>& rights);
  void Take(const std::string& user, const std::vector<KafkaRight>& rights);

 private:
  struct Handle;
  std::unique_ptr<Handle> handle_;
};

}  // namespace revops::test
