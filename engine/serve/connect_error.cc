#include "engine/serve/connect_error.h"

#include "engine/serve/json.h"
#include "google/protobuf/struct.pb.h"

namespace revops {
namespace {

struct Code {
  absl::StatusCode code;
  absl::string_view name;
  int http_status;
};

constexpr Code kCodes[] = {
    {absl::StatusCode::kCancelled, "canceled", 499},
    {absl::StatusCode::kUnknown, "unknown", 500},
    {absl::StatusCode::kInvalidArgument, "invalid_argument", 400},
    {absl::StatusCode::kDeadlineExceeded, "deadline_exceeded", 504},
    {absl::StatusCode::kNotFound, "not_found", 404},
    {absl::StatusCode::kAlreadyExists, "already_exists", 409},
    {absl::StatusCode::kPermissionDenied, "permission_denied", 403},
    {absl::StatusCode::kResourceExhausted, "resource_exhausted", 429},
    {absl::StatusCode::kFailedPrecondition, "failed_precondition", 400},
    {absl::StatusCode::kAborted, "aborted", 409},
    {absl::StatusCode::kOutOfRange, "out_of_range", 400},
    {absl::StatusCode::kUnimplemented, "unimplemented", 501},
    {absl::StatusCode::kInternal, "internal", 500},
    {absl::StatusCode::kUnavailable, "unavailable", 503},
    {absl::StatusCode::kDataLoss, "data_loss", 500},
    {absl::StatusCode::kUnauthenticated, "unauthenticated", 401},
};

const Code& Find(absl::StatusCode code) {
  for (const Code& known : kCodes) {
    if (known.code == code) return known;
  }
  return kCodes[1];
}

// Source: Connect protocol, "HTTP to Error Code".
absl::StatusCode CodeOfHttpStatus(int http_status) {
  switch (http_status) {
    case 400:
      return absl::StatusCode::kInternal;
    case 401:
      return absl::StatusCode::kUnauthenticated;
    case 403:
      return absl::StatusCode::kPermissionDenied;
    case 404:
      return absl::StatusCode::kUnimplemented;
    case 429:
    case 502:
    case 503:
    case 504:
      return absl::StatusCode::kUnavailable;
    default:
      return absl::StatusCode::kUnknown;
  }
}

}  // namespace

absl::string_view ConnectCode(absl::StatusCode code) { return Find(code).name; }

int HttpStatus(absl::StatusCode code) { return Find(code).http_status; }

HttpAnswer ErrorAnswer(const absl::Status& error) {
  return ErrorAnswer(error, HttpStatus(error.code()));
}

HttpAnswer ErrorAnswer(const absl::Status& error, int http_status) {
  HttpAnswer answer;
  answer.status = http_status;
  answer.body = absl::StrCat("{\"code\":", JsonString(ConnectCode(error.code())),
                             ",\"message\":", JsonString(error.message()), "}\n");
  return answer;
}

absl::Status ErrorFromAnswer(int http_status, absl::string_view body) {
  google::protobuf::Struct parsed;
  if (ParseJson(body, &parsed).ok()) {
    const auto& fields = parsed.fields();
    const auto code = fields.find("code");
    const auto message = fields.find("message");
    if (code != fields.end()) {
      for (const Code& known : kCodes) {
        if (known.name != absl::string_view(code->second.string_value())) continue;
        return absl::Status(known.code,
                            message == fields.end() ? "" : message->second.string_value());
      }
    }
  }
  return absl::Status(CodeOfHttpStatus(http_status),
                      absl::StrCat("the server answered HTTP ", http_status,
                                   " without a Connect error; is --server a revops server?"));
}

}  // namespace revops
