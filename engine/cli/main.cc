// The process around the command line.
#include <sys/ioctl.h>
#include <unistd.h>

#include <csignal>
#include <cstdlib>
#include <iostream>
#include <string>
#include <vector>

#include "engine/cli/command_line.h"
#include "google/protobuf/stubs/logging.h"

namespace {

int ScreenWidth() {
  winsize size{};
  return ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 ? size.ws_col : 0;
}

}  // namespace

int main(int argc, char** argv) {
  // Writing to a closed pipe or socket is an error like others.
  std::signal(SIGPIPE, SIG_IGN);
  // What protobuf finds wrong with a client's bytes is said in the answer, not in our log too.
  google::protobuf::SetLogHandler(nullptr);
  std::ios::sync_with_stdio(false);
  const bool colours = std::getenv("NO_COLOR") == nullptr;
  revops::Terminal terminal{std::cin, std::cout, std::cerr};
  terminal.out_is_person = colours && isatty(STDOUT_FILENO) == 1;
  terminal.err_is_person = colours && isatty(STDERR_FILENO) == 1;
  terminal.width = isatty(STDOUT_FILENO) == 1 ? ScreenWidth() : 0;
  terminal.program = argv[0];
  const std::vector<std::string> arguments(argv + 1, argv + argc);
  return static_cast<int>(revops::RunCommandLine(arguments, terminal, revops::OpenApi));
}
