#include "tests/support/program.h"

#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <fstream>
#include <sstream>

#include "absl/strings/str_cat.h"
#include "engine/base/status.h"

extern char** environ;

namespace revops::test {
namespace {

std::string Contents(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

std::string Binary() {
  const char* other = std::getenv("REVOPS_BINARY");
  return other == nullptr ? REVOPS_BINARY_DIR "/revops" : other;
}

}  // namespace

RunningProgram::RunningProgram(const std::vector<std::string>& arguments,
                               const std::string& input) {
  const std::string in_path = folder_.path() + "/in";
  std::ofstream(in_path, std::ios::binary) << input;
  int ends[2];
  REVOPS_CHECK(pipe2(ends, O_CLOEXEC) == 0);
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, in_path.c_str(), O_RDONLY, 0);
  posix_spawn_file_actions_adddup2(&actions, ends[1], STDOUT_FILENO);
  posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, (folder_.path() + "/err").c_str(),
                                   O_WRONLY | O_CREAT | O_TRUNC, 0600);
  std::vector<std::string> texts = arguments;
  texts.insert(texts.begin(), Binary());
  std::vector<char*> pointers;
  for (std::string& text : texts) pointers.push_back(text.data());
  pointers.push_back(nullptr);
  // exec and not fork: this process may hold stores open.
  const int failed = posix_spawn(&pid_, pointers[0], &actions, nullptr, pointers.data(), environ);
  posix_spawn_file_actions_destroy(&actions);
  close(ends[1]);
  out_ = ends[0];
  REVOPS_CHECK(failed == 0);
}

RunningProgram::~RunningProgram() {
  if (pid_ > 0) {
    Signal(SIGKILL);
    Wait();
  }
  close(out_);
}

std::string RunningProgram::said() const { return Contents(folder_.path() + "/err"); }

absl::StatusOr<std::string> RunningProgram::AwaitUrl() {
  while (true) {
    const size_t at = read_.find(" at http://");
    const size_t end = at == std::string::npos ? at : read_.find('\n', at);
    if (end != std::string::npos) return read_.substr(at + 4, end - at - 4);
    char bytes[4096];
    const ssize_t count = read(out_, bytes, sizeof(bytes));
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) {
      return absl::UnavailableError(absl::StrCat("it ended without serving: ", said()));
    }
    read_.append(bytes, count);
  }
}

int64_t RunningProgram::processor_micros() const {
  // Source: proc(5), fields 14 and 15; the name in field 2 is in brackets.
  std::string stat = Contents(absl::StrCat("/proc/", pid_, "/stat"));
  std::istringstream fields(stat.substr(stat.rfind(')') + 1));
  std::string skipped;
  for (int field = 3; field < 14; ++field) fields >> skipped;
  int64_t user = 0, system = 0;
  fields >> user >> system;
  return (user + system) * 1'000'000 / sysconf(_SC_CLK_TCK);
}

void RunningProgram::Signal(int signal) const { kill(pid_, signal); }

ProgramRun RunningProgram::Wait() {
  while (true) {
    char bytes[65536];
    const ssize_t count = read(out_, bytes, sizeof(bytes));
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) break;
    read_.append(bytes, count);
  }
  int status = 0;
  while (waitpid(pid_, &status, 0) < 0 && errno == EINTR) {
  }
  pid_ = -1;
  ProgramRun run;
  run.exit_code = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  run.out = read_;
  run.err = said();
  return run;
}

ProgramRun RunProgram(const std::vector<std::string>& arguments, const std::string& input) {
  return RunningProgram(arguments, input).Wait();
}

}  // namespace revops::test
