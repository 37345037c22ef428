#include "engine/query/look.h"

#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "engine/base/status.h"
#include "engine/view/keys.h"

namespace revops {

absl::StatusOr<Look> LookAt(const Engine& engine) {
  Look look;
  for (int p = 0; p < engine.partitions(); ++p) {
    ASSIGN_OR_RETURN(PartitionLook one, LookAtPartition(engine, p));
    look.push_back(std::move(one));
  }
  return look;
}

absl::StatusOr<PartitionLook> LookAtPartition(const Engine& engine, int partition) {
  PartitionLook look;
  look.partition = engine.partition(partition);
  if (look.partition == nullptr) {
    return absl::UnavailableError(absl::StrCat("partition ", partition, " is not open here (",
                                               engine.partition_status(partition).message(),
                                               "); try again in a moment"));
  }
  look.store = look.partition->store().Snapshot();
  std::string bytes;
  ASSIGN_OR_RETURN(const bool found, look.store->Get(keys::Progress(), bytes));
  if (found && !look.progress.ParseFromString(bytes)) {
    return absl::DataLossError(absl::StrCat("the position of partition ", partition,
                                            " is damaged; remove its store to rebuild it"));
  }
  return look;
}

}  // namespace revops
