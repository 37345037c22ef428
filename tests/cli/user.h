// A user at the command line, before an engine of one's choice.
#pragma once

#include <memory>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

#include "engine/cli/command_line.h"

namespace revops::test {

class User {
 public:
  explicit User(ApiOpener open) : open_(std::move(open)) {}

  ExitCode Run(std::vector<std::string> arguments, const std::string& input = "") {
    std::istringstream in(input);
    std::ostringstream out_stream, err_stream;
    Terminal terminal{in, out_stream, err_stream};
    terminal.out_is_person = person;
    terminal.err_is_person = person;
    terminal.width = width;
    const ExitCode code = RunCommandLine(std::move(arguments), terminal, open_);
    out = out_stream.str();
    err = err_stream.str();
    return code;
  }

  bool person = false;
  int width = 0;
  // Of the last run.
  std::string out;
  std::string err;

 private:
  const ApiOpener open_;
};

}  // namespace revops::test
