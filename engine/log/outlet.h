// Where a fold tells others something besides its views: a topic that is read outside.
//
// What is told may be told again, after a restart or by another process that folds the same
// records; the key is the same then, so the last record of a key is what counts.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"

namespace revops {

using RecordHeaders = std::vector<std::pair<std::string, std::string>>;

struct Notice {
  std::string key;
  std::string value;
  RecordHeaders headers;
};

// Thread safety: all functions may be called from any thread.
class Outlet {
 public:
  virtual ~Outlet() = default;

  // Returns once all notices are durable; those of one key keep their order.
  // Errors: kUnavailable: some may have been written, send all again; those of EventLog::Append.
  virtual absl::Status Send(std::vector<Notice> notices) = 0;
};

}  // namespace revops
