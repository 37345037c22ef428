// How deals end, and what follows from a win.
#pragma once

#include "engine/simulate/deal.h"

namespace revops::simulation {

// Closes the deal now. A win makes the account a customer; some closes are entered late with the
// earlier date, some deals reopen.
void CloseDeal(const SharedDeal& deal, v1::OpportunityClosed::Outcome outcome);

}  // namespace revops::simulation
