// Where a command's events go: to the engine in batches, or into a file.
#pragma once

#include <fstream>
#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "engine/cli/command.h"
#include "engine/serve/api.h"
#include "revops/v1/event.pb.h"

namespace revops {

class EventWriter {
 public:
  virtual ~EventWriter() = default;
  virtual absl::Status Put(const v1::Event& event) = 0;
  // Everything put is where it should be. To be called once, at the end.
  virtual absl::Status Finish() = 0;
  // Sums so far; of a file: accepted is what was written.
  virtual const v1::PublishResponse& summary() const = 0;
};

enum class EventFormat {
  kJsonLines,  // one Event in JSON a line
  kBinary,     // each Event as its length (varint) and its bytes
};

// Publishes in batches of at most 1000 events or 1 MiB. Says the first refusals on terminal.err,
// and counts all. While too much waits to be appended it waits a little and tries again, for 30 s.
std::unique_ptr<EventWriter> PublishTo(Api& api, Terminal& terminal);

// Writes to a file (replaced), or for "-" to terminal.out.
// Errors: kUnavailable if it cannot be opened or written.
absl::StatusOr<std::unique_ptr<EventWriter>> WriteToFile(const std::string& file,
                                                         EventFormat format, Terminal& terminal);

// --out and --binary of commands that make events.
struct OutputOptions {
  std::string file;  // empty: publish
  bool binary = false;
};
void AddOutputOptions(CLI::App* command, OutputOptions* options);

// A writer and what it stands on.
struct OpenedWriter {
  std::unique_ptr<Api> api;  // null if a file
  std::unique_ptr<EventWriter> writer;
};
absl::StatusOr<OpenedWriter> OpenWriter(Session& session, const OutputOptions& options);

// Finishes the writer and, if it published into a folder of our own, folds what was published.
absl::Status Finish(Session& session, OpenedWriter& opened);

// Says what happened (on terminal.err for a file, else as the answer) and gives the exit code.
absl::StatusOr<ExitCode> Report(Session& session, const OutputOptions& options,
                                const v1::PublishResponse& summary);

}  // namespace revops
