// The one list of projections. Adding a view is one file beside this one, its row message in
// views.proto, its test, and one line in registry.cc.
#pragma once

#include <memory>

#include "engine/fold/projection.h"

namespace revops {

// Every projection, in the order they run. An index in this list is part of stored keys: append,
// never reorder. on disk: never change.
Registry AllProjections();

std::unique_ptr<const Projection> MakeAttribution();
std::unique_ptr<const Projection> MakeCampaign();
std::unique_ptr<const Projection> MakeHandOver();
std::unique_ptr<const Projection> MakeJourney();
std::unique_ptr<const Projection> MakeLead();
std::unique_ptr<const Projection> MakeOpportunity();
std::unique_ptr<const Projection> MakeCompany();
std::unique_ptr<const Projection> MakeCustomer();
std::unique_ptr<const Projection> MakeAccount();
std::unique_ptr<const Projection> MakeContent();
std::unique_ptr<const Projection> MakeVoice();

}  // namespace revops
