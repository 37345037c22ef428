// What lies in a data folder, and an engine over it.
//
//   FOLDER/log/              the event log: the only thing that cannot be made again
//   FOLDER/views/GENERATION/ the view stores: folded from the log under one model; another model
//                            makes another generation beside it
//   FOLDER/model.textproto   the revenue model the views are folded under
//   FOLDER/verify/           while verifying
//   FOLDER/log-is-on-kafka   instead of log/: the identity of the log the views are folded from
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "engine/cli/open.h"
#include "engine/serve/api.h"

namespace revops {

inline constexpr char kProgramVersion[] = "0.1.0";
inline constexpr int kDefaultPartitions = 4;

// Opens the folder and begins to fold; ends when the Api is destroyed. The folder is made only if
// target.make. A model file given for a folder that has one replaces it.
// Errors: kNotFound if there is no such folder and it is not to be made; kFailedPrecondition if
// another process has it open (names its pid), or if the partition count is another one than the
// folder's; kInvalidArgument with the model's mistakes; those of the log and views.
absl::StatusOr<std::unique_ptr<Api>> OpenDataFolder(const Target& target);

// The same, and while it is open a change of the ask part of the folder's model file is answered
// under at once (model_watch.h); `say` is told of each change, in a thread of its own.
absl::StatusOr<std::unique_ptr<Api>> OpenWatchedFolder(
    const Target& target, std::function<void(const std::string& what)> say);

}  // namespace revops
