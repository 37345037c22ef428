// What must hold of a cluster at rest, however it was shaken: looked at from outside, in its log
// and in the stores that its processes left behind.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "engine/fold/projection.h"
#include "engine/log/event_log.h"
#include "engine/view/view_store.h"
#include "tests/support/published.h"

namespace revops::test {

// A store of a partition, in whichever process.
struct ClusterStore {
  std::string name;  // for the words
  int partition = 0;
  const ViewReader* reader = nullptr;
};

struct ClusterCheck {
  // What is wrong, in words; empty if nothing is:
  //   every store that ever was, also one that lost its partition long ago, is right in itself as
  //   of its own position: all that StoreDump says, of it the invariant of DESIGN.md §5.4; each
  //   partition has a store that has read its log to the end; those stores have the digest that a
  //   replay of `touchpoints` from nothing has, under links and forwards of its own making; their
  //   journals hold what Published says.
  std::vector<std::string> problems;
  // Partition -> digest of the replay.
  std::vector<uint128> digests;
};

// `log`: with the generation's `routed` under that name. REQUIRES: nobody publishes or folds.
ClusterCheck CheckCluster(EventLog& log, const Registry& registry,
                          std::shared_ptr<const RevenueModel> model,
                          const std::vector<ClusterStore>& stores, const Published& published);

}  // namespace revops::test
