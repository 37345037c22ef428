// An HTTP/1.1 server on the loopback, as thin as can be: reads whole requests within named limits,
// hands each to one function, writes its answer. Knows nothing of what is asked.
//
// One thread does all input and output and never blocks; a fixed number of workers run the
// function, which may block. Each connection has one request at a time (a second one sent before
// the answer ends the connection after that answer), so what waits is bounded by connections_max.
//
// There is no authentication yet. So only loopback addresses are bound, and only requests whose
// Host is a loopback name are answered: a page in a browser must not reach the engine through a
// name of its own that resolves to 127.0.0.1.
#pragma once

#include <cstddef>
#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "engine/serve/http_call.h"

namespace revops {

struct HttpLimits {
  // Request line and headers; beyond: 431. Units: bytes.
  size_t header_bytes_max = 16 << 10;
  // Beyond: 413. Units: bytes.
  size_t body_bytes_max = 4 << 20;
  // From a request's first byte to the end of its headers; beyond: closed.
  absl::Duration header_time_max = absl::Seconds(5);
  // From the end of the headers to the end of the body; beyond: closed.
  absl::Duration body_time_max = absl::Seconds(30);
  // Without a request; beyond: closed.
  absl::Duration idle_time_max = absl::Seconds(60);
  // For a client to take its answer; beyond: closed.
  absl::Duration write_time_max = absl::Seconds(30);
  // For a refused client to stop sending, so that it sees the refusal.
  absl::Duration linger_time_max = absl::Seconds(1);
  // Open at once; one more is answered 503 and closed.
  int connections_max = 256;
  // Requests worked on at once; others wait. A worker costs a stack.
  int workers = 32;
};

struct HttpServerOptions {
  std::string address = "127.0.0.1";  // a loopback address, or "localhost"
  int port = 0;                       // 0: any free one
  HttpLimits limits;
};

class HttpServer final {
 public:
  // Answers once it returns. `handler` is called from several threads at once and throws nothing.
  // Errors: kInvalidArgument if the address is not a loopback one; kUnavailable if the port is
  // taken.
  static absl::StatusOr<std::unique_ptr<HttpServer>> Start(const HttpServerOptions& options,
                                                           HttpHandler handler);

  // Stops.
  ~HttpServer();
  HttpServer(const HttpServer&) = delete;
  HttpServer& operator=(const HttpServer&) = delete;

  int port() const;
  // "http://127.0.0.1:8420"
  std::string url() const;

  // Takes no more connections, closes idle ones, and returns once every request that had begun is
  // answered or has run out of its time. May be called twice.
  void Stop();

 private:
  class Impl;
  explicit HttpServer(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace revops
