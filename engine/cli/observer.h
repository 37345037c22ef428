// Asks the processes of a cluster without being one of them: it owns no partition and has no
// address, and needs nothing but the brokers.
#pragma once

#include <memory>

#include "absl/status/statusor.h"
#include "engine/cli/open.h"
#include "engine/serve/api.h"

namespace revops {

// The revenue model must be that of the processes: target.model_file, else the one in the folder
// target.data if there is one, else the default. A verification keeps its stores in a temporary
// folder (TMPDIR), which goes with the Api.
// Errors: kNotFound if no process has folded the log under that model; those of the log.
absl::StatusOr<std::unique_ptr<Api>> OpenObserver(const Target& target);

}  // namespace revops
