// Events from a file, as `--out` writes them.
#pragma once

#include <cstdint>
#include <istream>
#include <string>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "engine/cli/event_sink.h"
#include "revops/v1/event.pb.h"

namespace revops {

struct EventSource {
  std::istream& in;
  std::string name;  // for messages
  EventFormat format = EventFormat::kJsonLines;
};

// Hands each event to `take`, each line that is none to `refuse` (its message names the line), and
// goes on; empty lines are skipped. Returns when the source ends.
// Errors: what `take` returned; kInvalidArgument if a binary source breaks off or a line is longer
// than 1 MiB (behind it nothing can be told apart).
absl::Status ReadEvents(const EventSource& source,
                        absl::FunctionRef<absl::Status(const v1::Event&)> take,
                        absl::FunctionRef<void(const absl::Status&)> refuse);

}  // namespace revops
