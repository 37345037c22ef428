// Bodies that update an entity say which fields they set (presence) and which they clear.
#pragma once

#include "absl/status/status.h"
#include "google/protobuf/message.h"

namespace revops {

// Whether every name in `cleared` is a field. Errors: kInvalidArgument.
absl::Status CheckPatch(const google::protobuf::Message& patch);

// Sets in `target` what `patch` sets (lists and parts as a whole), clears what it names in
// `cleared`; with `snapshot`, all that it does not set.
// REQUIRES: both are of one type, which has `cleared` and `snapshot`.
void ApplyPatch(const google::protobuf::Message& patch, google::protobuf::Message& target);

}  // namespace revops
