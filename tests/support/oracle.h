// The second implementation: what all views must say of a set of published records, computed in the
// plainest way: sort the set, fold it. Its own links, resolver, conflict rule, order, arithmetic.
//
// Only the projections' Apply and IndexKeys, the proto classes and the question whether bytes
// decode at all (Decode) are shared with the engine.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "engine/fold/projection.h"
#include "tests/support/logical_view.h"

namespace revops::test {

struct PublishedRecord {
  std::string bytes;
  int64_t appended_at = 0;  // Units: microseconds; what the log stamped.
};

// The view of the set; neither order nor repetition of `records` matters.
LogicalView Oracle(const std::vector<PublishedRecord>& records, const Registry& registry,
                   const RevenueModel& model);

}  // namespace revops::test
