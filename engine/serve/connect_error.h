// How an absl::Status travels: the Connect protocol's error codes, their HTTP status, and the JSON
// body {"code": "not_found", "message": "…"}.
// Source: https://connectrpc.com/docs/protocol, "Error codes" and "Unary-Response".
#pragma once

#include <string>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "engine/serve/http_call.h"

namespace revops {

// "not_found". REQUIRES: an error.
absl::string_view ConnectCode(absl::StatusCode code);
int HttpStatus(absl::StatusCode code);

// The whole answer. The HTTP status may be given where HTTP knows better than the code ("413").
HttpAnswer ErrorAnswer(const absl::Status& error);
HttpAnswer ErrorAnswer(const absl::Status& error, int http_status);

// What an answer that is not 200 says. A body that is no Connect error (a proxy's page) becomes the
// code that Connect gives its HTTP status, with the status in the message.
absl::Status ErrorFromAnswer(int http_status, absl::string_view body);

}  // namespace revops
