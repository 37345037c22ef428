#include "projections/registry.h"

namespace revops {

Registry AllProjections() {
  Registry registry;
  registry.push_back(MakeJourney());
  registry.push_back(MakeOpportunity());
  registry.push_back(MakeLead());
  registry.push_back(MakeCompany());
  registry.push_back(MakeCustomer());
  registry.push_back(MakeAccount());
  registry.push_back(MakeContent());
  registry.push_back(MakeVoice());
  registry.push_back(MakeHandOver());
  registry.push_back(MakeAttribution());
  registry.push_back(MakeCampaign());
  return registry;
}

}  // namespace revops
