#include "engine/cli/folding.h"

#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "engine/base/status.h"
#include "engine/cli/progress_bar.h"

namespace revops {
namespace {

constexpr absl::Duration kBetweenLooks = absl::Milliseconds(10);
constexpr int kLooksMax = 360'000;

}  // namespace

absl::Status AwaitFolded(Api& api, Terminal& terminal) {
  const SystemClock clock;
  ProgressBar bar(terminal, clock, "folding", "records");
  for (int look = 0; look < kLooksMax; ++look) {
    ASSIGN_OR_RETURN(const v1::StatusResponse status, api.Status({}));
    if (status.seen().settled()) return absl::OkStatus();
    uint64_t done = 0;
    uint64_t total = 0;
    for (const v1::PartitionStatus& partition : status.partitions()) {
      if (!partition.error().empty()) {
        return absl::UnavailableError(absl::StrCat("partition ", partition.partition(),
                                                   " stands still: ", partition.error()));
      }
      done += partition.position() + partition.routed_position();
      total += partition.end() + partition.routed_end();
    }
    bar.Show(done, total);
    absl::SleepFor(kBetweenLooks);
  }
  return absl::DeadlineExceededError("the views are not folded to the log's end within an hour");
}

}  // namespace revops
