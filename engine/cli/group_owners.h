// Who owns which partition, as the consumer group's coordinator says; asked in the background.
// Thread safety: any thread.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <thread>
#include <vector>

#include "absl/synchronization/mutex.h"
#include "engine/log/kafka_members.h"
#include "engine/serve/cluster_stores.h"

namespace revops {

class GroupOwners final : public PartitionOwners {
 public:
  // Asks the coordinator; called from one thread. Errors: as KafkaMembers::Describe.
  using Describe = std::function<absl::StatusOr<std::vector<KafkaMember>>()>;
  explicit GroupOwners(Describe describe);
  ~GroupOwners() override;

  // While the group shares anew: the owners of before.
  std::map<int, std::string> Owners() override;
  std::string Blind() override;
  void Refresh() override;

 private:
  void Run();

  const Describe describe_;
  absl::Mutex mutex_;
  std::map<int, std::string> owners_ ABSL_GUARDED_BY(mutex_);
  absl::Status looked_ ABSL_GUARDED_BY(mutex_);
  bool wanted_ ABSL_GUARDED_BY(mutex_) = true;
  bool stop_ ABSL_GUARDED_BY(mutex_) = false;
  std::thread thread_;
};

}  // namespace revops
