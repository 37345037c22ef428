#include "engine/query/look.h"

#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "engine/base/status.h"
#include "engine/view/keys.h"

namespace revops {

absl::StatusOr<Look> LookAt(const Engine& engine) {
  Look look(engine.partitions());
  std::string bytes;
  for (int p = 0; p < engine.partitions(); ++p) {
    PartitionLook& one = look[p];
    one.partition = engine.partition(p);
    if (one.partition == nullptr) {
      return absl::UnavailableError(absl::StrCat("partition ", p, " is being opened anew (",
                                                 engine.partition_status(p).message(),
                                                 "); try again in a moment"));
    }
    one.store = one.partition->store().Snapshot();
    ASSIGN_OR_RETURN(const bool found, one.store->Get(keys::Progress(), bytes));
    if (found && !one.progress.ParseFromString(bytes)) {
      return absl::DataLossError(absl::StrCat("the position of partition ", p,
                                              " is damaged; remove its store to rebuild it"));
    }
  }
  return look;
}

}  // namespace revops
