// What the program's exit codes mean; scripts depend on them.
#pragma once

#include "absl/status/status.h"
#include "absl/strings/string_view.h"

namespace revops {

// Scripts depend on the numbers: never change.
enum class ExitCode {
  kOk = 0,
  kError = 1,
  kUsage = 2,        // the command, or what it asked for, is not valid
  kNotFound = 3,     // no such view, row, topic or file
  kRefused = 4,      // some events or rows were refused; the others went through
  kUnavailable = 5,  // no server answers, or another process holds the folder
  kDeadline = 6,     // the engine did not get there in time
  kDifferent = 7,    // verification found a difference, or stored data is damaged
};

ExitCode ExitCodeOf(const absl::Status& status);

// The table above, for --help.
absl::string_view ExitCodesHelp();

}  // namespace revops
