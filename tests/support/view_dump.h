// A view store read back whole, key by key, and everything that must hold of it after any commit.
#pragma once

#include <string>
#include <vector>

#include "engine/fold/projection.h"
#include "engine/identity/link_table.h"
#include "engine/view/view_store.h"
#include "revops/v1/stored.pb.h"
#include "tests/support/logical_view.h"

namespace revops::test {

struct StoreDump {
  LogicalView view;
  v1::StoredProgress progress;
  // What is wrong, in words; empty if nothing is:
  //   every key is accounted for: by a journey's head, by a cell, or as the position;
  //   every copy, resolved afresh under the store's link version, belongs to this journey, person,
  //   opportunity and partition, and is redacted if it must be (DESIGN.md §5.4);
  //   chunks, names, ids, lists and counters agree with the journals and rows they are about;
  //   a checkpoint holds the rows that a fold of the items before it gives;
  //   read = kept + duplicate + forwarded + deferred, and the digest is that of what is stored.
  std::vector<std::string> problems;
};

// `links` is read at least up to the store's link version.
StoreDump DumpStore(const ViewReader& store, const Registry& registry, const RevenueModel& model,
                    const LinkTable& links);

}  // namespace revops::test
