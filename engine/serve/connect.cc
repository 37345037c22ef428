#include "engine/serve/connect.h"

#include <exception>

#include "absl/strings/match.h"
#include "absl/strings/str_join.h"
#include "absl/strings/strip.h"
#include "engine/base/status.h"
#include "engine/serve/connect_error.h"
#include "engine/serve/gzip.h"
#include "engine/serve/json.h"
#include "google/protobuf/io/coded_stream.h"

namespace revops {
namespace {

constexpr absl::string_view kJson = "application/json";
constexpr absl::string_view kProto = "application/proto";

// "application/json; charset=utf-8" -> "application/json"
std::string MediaType(absl::string_view content_type) {
  return absl::AsciiStrToLower(
      absl::StripAsciiWhitespace(content_type.substr(0, content_type.find(';'))));
}

template <typename Response>
HttpAnswer Encode(const absl::StatusOr<Response>& response, absl::string_view media_type) {
  if (!response.ok()) return ErrorAnswer(response.status());
  HttpAnswer answer;
  answer.content_type = std::string(media_type);
  if (media_type == kProto) {
    answer.body = response->SerializeAsString();
    return answer;
  }
  absl::StatusOr<std::string> json = ToJson(*response);
  if (!json.ok()) return ErrorAnswer(json.status());
  answer.body = *std::move(json) + "\n";
  return answer;
}

template <typename Request, typename Response>
HttpAnswer Run(Api& api, absl::string_view media_type, absl::string_view body,
               absl::StatusOr<Response> (Api::*call)(const Request&)) {
  Request request;
  if (absl::Status status = DecodeBody(media_type, body, &request); !status.ok()) {
    return ErrorAnswer(status);
  }
  return Encode((api.*call)(request), media_type);
}

template <auto call>
HttpAnswer Unary(Api& api, absl::string_view media_type, absl::string_view body) {
  return Run(api, media_type, body, call);
}

HttpAnswer RunVerify(Api& api, absl::string_view media_type, absl::string_view body) {
  v1::VerifyRequest request;
  if (absl::Status status = DecodeBody(media_type, body, &request); !status.ok()) {
    return ErrorAnswer(status);
  }
  return Encode(api.Verify(request, nullptr), media_type);
}

HttpAnswer RunExplain(Api& api, absl::string_view media_type, absl::string_view body) {
  v1::ExplainRequest request;
  if (absl::Status status = DecodeBody(media_type, body, &request); !status.ok()) {
    return ErrorAnswer(status);
  }
  return Encode(api.Explain(request, nullptr), media_type);
}

struct Route {
  absl::string_view name;
  HttpAnswer (*run)(Api& api, absl::string_view media_type, absl::string_view body);
};

constexpr Route kRoutes[] = {
    {"Publish", Unary<&Api::Publish>},
    {"Get", Unary<&Api::Get>},
    {"List", Unary<&Api::List>},
    {"Timeline", Unary<&Api::Timeline>},
    {"DeadLetters", Unary<&Api::DeadLetters>},
    {"Kpi", Unary<&Api::Kpi>},
    {"Bridge", Unary<&Api::Bridge>},
    {"Attribution", Unary<&Api::Attribution>},
    {"Explain", RunExplain},
    {"Status", Unary<&Api::Status>},
    {"Views", Unary<&Api::Views>},
    {"Model", Unary<&Api::Model>},
    {"Log", Unary<&Api::Log>},
    {"Verify", RunVerify},
};

const Route* FindRoute(absl::string_view path) {
  if (!absl::ConsumePrefix(&path, kServicePath)) return nullptr;
  for (const Route& route : kRoutes) {
    if (route.name == path) return &route;
  }
  return nullptr;
}

HttpAnswer Help() {
  HttpAnswer answer;
  answer.content_type = "text/plain; charset=utf-8";
  answer.body = absl::StrCat(
      "revops answers POST ", kServicePath, "<Call>\n",
      "with Content-Type application/json or application/proto (the Connect protocol's unary "
      "calls).\n\nCalls: ",
      absl::StrJoin(CallNames(), ", "), "\nThe contract: proto/revops/v1/service.proto\n\n",
      "Try:\n  curl -H 'Content-Type: application/json' -d '{}' http://HOST:PORT", kServicePath,
      "Status\n  curl -H 'Content-Type: application/json' -d '{}' http://HOST:PORT", kServicePath,
      "Views\n");
  return answer;
}

HttpAnswer WrongMethod(const HttpCall& call, absl::string_view allowed) {
  HttpAnswer answer =
      ErrorAnswer(absl::UnimplementedError(absl::StrCat(call.path, " is not answered to ",
                                                        call.method, "; use ", allowed)),
                  405);
  answer.allow = std::string(allowed);
  return answer;
}

HttpAnswer Answer(Api& api, const HttpCall& call, const ConnectLimits& limits) {
  if (call.path == "/") {
    return call.method == "GET" ? Help() : WrongMethod(call, "GET");
  }
  const Route* route = FindRoute(call.path);
  if (route == nullptr) {
    return ErrorAnswer(
        absl::UnimplementedError(absl::StrCat("there is nothing at ", call.path, "; calls are ",
                                              kServicePath, absl::StrJoin(CallNames(), "|"))),
        404);
  }
  if (call.method != "POST") return WrongMethod(call, "POST");
  const std::string media_type = MediaType(call.content_type);
  if (media_type != kJson && media_type != kProto) {
    return ErrorAnswer(
        absl::InvalidArgumentError(absl::StrCat("Content-Type is \"", call.content_type,
                                                "\"; send application/json or application/proto")),
        415);
  }
  const std::string encoding = absl::AsciiStrToLower(call.content_encoding);
  if (encoding.empty() || encoding == "identity") return route->run(api, media_type, call.body);
  if (encoding != "gzip") {
    return ErrorAnswer(
        absl::InvalidArgumentError(
            absl::StrCat("Content-Encoding is \"", call.content_encoding, "\"; send gzip or none")),
        415);
  }
  const absl::StatusOr<std::string> body = Gunzip(call.body, limits.body_bytes_max);
  if (!body.ok()) {
    return absl::IsResourceExhausted(body.status()) ? ErrorAnswer(body.status(), 413)
                                                    : ErrorAnswer(body.status());
  }
  return route->run(api, media_type, *body);
}

}  // namespace

std::vector<absl::string_view> CallNames() {
  std::vector<absl::string_view> names;
  for (const Route& route : kRoutes) names.push_back(route.name);
  return names;
}

absl::Status DecodeBody(absl::string_view content_type, absl::string_view body,
                        google::protobuf::Message* message) {
  if (MediaType(content_type) != kProto) {
    // An empty body is an empty request, as it is in application/proto.
    if (body.empty()) return absl::OkStatus();
    return ParseJson(body, message);
  }
  if (!message->ParseFromArray(body.data(), static_cast<int>(body.size()))) {
    return absl::InvalidArgumentError(absl::StrCat("the body is no ",
                                                   message->GetDescriptor()->full_name(),
                                                   "; is it cut off, or another message?"));
  }
  return absl::OkStatus();
}

HttpAnswer AnswerCall(Api& api, const HttpCall& call, const ConnectLimits& limits) {
  try {
    return Answer(api, call, limits);
  } catch (const std::exception& failure) {
    return ErrorAnswer(absl::InternalError(absl::StrCat(call.path, " failed: ", failure.what())));
  }
}

}  // namespace revops
