#include "projections/registry.h"

namespace revops {

Registry AllProjections() {
  Registry registry;
  registry.push_back(MakeJourney());
  registry.push_back(MakeOpportunity());
  registry.push_back(MakeLead());
  return registry;
}

}  // namespace revops
