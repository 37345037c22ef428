// Who owns which partition, as the consumer group's coordinator says; asked in the background.
// Thread safety: any thread.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <thread>

#include "absl/synchronization/mutex.h"
#include "engine/log/kafka_members.h"
#include "engine/serve/cluster_stores.h"

namespace revops {

class GroupOwners final : public PartitionOwners {
 public:
  explicit GroupOwners(std::unique_ptr<KafkaMembers> members);
  ~GroupOwners() override;

  // While the group shares anew: the owners of before.
  std::map<int, std::string> Owners() override;
  void Refresh() override;

 private:
  void Run();

  const std::unique_ptr<KafkaMembers> members_;
  absl::Mutex mutex_;
  std::map<int, std::string> owners_ ABSL_GUARDED_BY(mutex_);
  bool wanted_ ABSL_GUARDED_BY(mutex_) = true;
  bool stop_ ABSL_GUARDED_BY(mutex_) = false;
  std::thread thread_;
};

}  // namespace revops
