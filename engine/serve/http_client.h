// HTTP/1.1 exchanges as a client, within named limits. They block.
#pragma once

#include <cstddef>
#include <memory>
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

// One exchange after the other over a connection that is kept.
// Thread safety: none.
class HttpConnection final {
 public:
  // Connects with the first exchange.
  HttpConnection(HttpEndpoint endpoint, const HttpClientLimits& limits);
  ~HttpConnection();
  HttpConnection(const HttpConnection&) = delete;
  HttpConnection& operator=(const HttpConnection&) = delete;

  // As Exchange below. After an error the next exchange connects anew; if the server closed a kept
  // connection before it said anything, the call is sent once more, so it must be harmless twice.
  absl::StatusOr<HttpAnswer> Exchange(const HttpCall& call);

  // As Exchange, and closes.
  absl::StatusOr<HttpAnswer> Once(const HttpCall& call);

 private:
  class Impl;
  absl::StatusOr<HttpAnswer> DoExchange(const HttpCall& call, bool keep);

  const HttpEndpoint endpoint_;
  const HttpClientLimits limits_;
  std::unique_ptr<Impl> impl_;  // null: not connected
};

// Sends the call over a connection of its own and returns the answer, whatever its status.
// Errors: kUnavailable if nobody answers; kDeadlineExceeded if the time runs out (the call may have
// been done); kResourceExhausted if the answer is larger than its limit.
absl::StatusOr<HttpAnswer> Exchange(const HttpEndpoint& endpoint, const HttpCall& call,
                                    const HttpClientLimits& limits);

}  // namespace revops
