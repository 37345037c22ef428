// One run of the conformance suite: records, disturbed and published to a world, against the
// oracle.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "tests/support/world.h"

namespace revops::test {

// The number that an environment variable gives, else `otherwise`.
uint64_t FromEnvironment(const char* name, uint64_t otherwise);

// Partitions, processes, batches, crashes and thresholds drawn at random.
World::Options AnyOptions(Random& random);

std::string InWords(uint64_t seed, const World::Options& options);

// Publishes the records, some of them twice and in another order, to a world, some before it has
// settled and some after. Fails the test unless it comes to what the oracle says.
void RunWorld(const World::Options& options, Random& random, std::vector<std::string> records,
              const Registry& registry, const RevenueModel& model);

}  // namespace revops::test
