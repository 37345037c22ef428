// Waiting until a folder's events are folded.
#pragma once

#include "absl/status/status.h"
#include "engine/cli/terminal.h"
#include "engine/serve/api.h"

namespace revops {

// Returns once the answers are settled, with a bar if it takes a while.
// Errors: those of Status; kUnavailable with a partition's own words if it stands still;
// kDeadlineExceeded after an hour.
absl::Status AwaitFolded(Api& api, Terminal& terminal);

}  // namespace revops
