// The Connect protocol's unary calls over an Api: which path is which call, and bodies to messages
// and back. Knows nothing of sockets.
//
//   POST /revops.v1.RevopsService/<Call>    application/json or application/proto, maybe gzipped
//   GET  /                                  a short help, plain text
// Anything else is refused in words. The answer comes in the request's content type, errors as JSON
// (connect_error.h).
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "engine/serve/api.h"
#include "engine/serve/http_call.h"

namespace revops {

inline constexpr absl::string_view kServicePath = "/revops.v1.RevopsService/";

struct ConnectLimits {
  // A gzipped body may unpack to so much. Units: bytes.
  size_t body_bytes_max = 4 << 20;
};

// Never fails and throws nothing: an exception of the Api becomes the error "internal".
// Thread safety: as the Api's.
HttpAnswer AnswerCall(Api& api, const HttpCall& call, const ConnectLimits& limits);

// The names of all calls: "Publish", …
std::vector<absl::string_view> CallNames();

// Decodes a request as AnswerCall does: {content type, body} to `message`. Apart for the fuzzer.
absl::Status DecodeBody(absl::string_view content_type, absl::string_view body,
                        google::protobuf::Message* message);

}  // namespace revops
