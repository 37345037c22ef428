#include "engine/cli/exit_code.h"

namespace revops {

ExitCode ExitCodeOf(const absl::Status& status) {
  switch (status.code()) {
    case absl::StatusCode::kOk:
      return ExitCode::kOk;
    case absl::StatusCode::kInvalidArgument:
    case absl::StatusCode::kOutOfRange:
      return ExitCode::kUsage;
    case absl::StatusCode::kNotFound:
      return ExitCode::kNotFound;
    case absl::StatusCode::kUnavailable:
    case absl::StatusCode::kFailedPrecondition:
    case absl::StatusCode::kResourceExhausted:
      return ExitCode::kUnavailable;
    case absl::StatusCode::kDeadlineExceeded:
      return ExitCode::kDeadline;
    case absl::StatusCode::kDataLoss:
      return ExitCode::kDifferent;
    default:
      return ExitCode::kError;
  }
}

absl::string_view ExitCodesHelp() {
  return "Exit codes:\n"
         "  0  it worked\n"
         "  1  an error that is none of these\n"
         "  2  the command, or what it asks for, is not valid\n"
         "  3  not found: no such view, row, topic or file\n"
         "  4  some events or rows were refused; the others went through\n"
         "  5  unavailable: no server answers, or another process holds the folder\n"
         "  6  the engine did not get there in time\n"
         "  7  verification found a difference, or stored data is damaged";
}

}  // namespace revops
