// The real program, build/revops, as a process of its own. REVOPS_BINARY names another build of it.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "tests/support/folders.h"

namespace revops::test {

// How a run ended, and what it said.
struct ProgramRun {
  int exit_code = -1;  // of a run that a signal ended: 128 + the signal
  std::string out;
  std::string err;
};

// Runs `revops arguments…` to its end with `input` as its standard input.
ProgramRun RunProgram(const std::vector<std::string>& arguments, const std::string& input = "");

// A run that goes on beside the test; killed with the object if it still runs.
class RunningProgram final {
 public:
  explicit RunningProgram(const std::vector<std::string>& arguments, const std::string& input = "");
  ~RunningProgram();
  RunningProgram(const RunningProgram&) = delete;
  RunningProgram& operator=(const RunningProgram&) = delete;

  // Waits until it says that it is serving, and gives the URL.
  // Errors: kUnavailable with what it said on standard error if it ends before that.
  absl::StatusOr<std::string> AwaitUrl();

  void Signal(int signal) const;
  // Waits for its end. To be called once.
  ProgramRun Wait();

  // Processor time it has used so far, all its threads together; on a busy machine it says more
  // than the time that passed. Units: microseconds, in steps of 10,000.
  int64_t processor_micros() const;

  pid_t pid() const { return pid_; }
  std::string said() const;  // on standard error so far

 private:
  const TemporaryFolder folder_;  // its standard input and standard error
  pid_t pid_ = -1;
  int out_ = -1;      // the reading end of its standard output
  std::string read_;  // of it so far
};

}  // namespace revops::test
