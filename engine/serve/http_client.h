// One HTTP/1.1 exchange as a client, within named limits. Blocks.
#pragma once

#include <cstddef>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "engine/serve/http_call.h"

namespace revops {

struct HttpEndpoint {
  std::string host;
  int port = 0;
};

// "http://127.0.0.1:8420" or "127.0.0.1:8420", with nothing behind the port.
// Errors: kInvalidArgument, with the form that is meant.
absl::StatusOr<HttpEndpoint> ParseEndpoint(absl::string_view url);

struct HttpClientLimits {
  absl::Duration connect_time_max = absl::Seconds(5);
  // From the connection to the end of the answer.
  absl::Duration answer_time_max = absl::Seconds(40);
  // Units: bytes.
  size_t answer_bytes_max = 256 << 20;
};

// Sends the call over a connection of its own and returns the answer, whatever its status.
// Errors: kUnavailable if nobody answers; kDeadlineExceeded if the time runs out (the call may have
// been done); kResourceExhausted if the answer is larger than its limit.
absl::StatusOr<HttpAnswer> Exchange(const HttpEndpoint& endpoint, const HttpCall& call,
                                    const HttpClientLimits& limits);

}  // namespace revops
