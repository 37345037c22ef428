// Small random companies: few ids, few instants, so that everything meets everything.
#pragma once

#include <random>
#include <string>
#include <vector>

#include "revops/v1/event.pb.h"

namespace revops::test {

using Random = std::mt19937_64;

// A number from 0 to below `bound`. REQUIRES: bound > 0.
inline int Below(Random& random, int bound) {
  return static_cast<int>(random() % static_cast<uint64_t>(bound));
}
inline bool Chance(Random& random, int percent) { return Below(random, 100) < percent; }

enum class Bodies {
  kToy,  // mostly those that the toy projections look at
  kAll,  // any body, any field
};

// Records as publishers could append them: events, restatements, conflicting copies, links and
// their undoing, erasures, a few that do not decode; each at least once.
std::vector<std::string> RandomRecords(Random& random, int count, Bodies bodies);

// Fills fields of `message` at random, from small pools of values.
void FillAtRandom(Random& random, google::protobuf::Message& message, int depth = 0);

}  // namespace revops::test
