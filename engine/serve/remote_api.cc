#include "engine/serve/remote_api.h"

#include <algorithm>
#include <thread>
#include <utility>

#include "absl/cleanup/cleanup.h"
#include "absl/synchronization/notification.h"
#include "engine/base/status.h"
#include "engine/serve/connect.h"
#include "engine/serve/connect_error.h"

namespace revops {
namespace {

// What a question may wait for its token, as the contract has it.
template <typename Request>
absl::Duration WaitOf(const Request& request) {
  if (request.await().token().empty()) return absl::ZeroDuration();
  const int64_t asked = request.await().wait_ms();
  return absl::Milliseconds(asked == 0 ? 10000 : std::clamp<int64_t>(asked, 0, 60000));
}

}  // namespace

absl::StatusOr<std::unique_ptr<RemoteApi>> RemoteApi::Open(absl::string_view url,
                                                           const RemoteApiOptions& options) {
  ASSIGN_OR_RETURN(HttpEndpoint endpoint, ParseEndpoint(url));
  return std::unique_ptr<RemoteApi>(new RemoteApi(std::move(endpoint), options));
}

absl::Status RemoteApi::Call(absl::string_view name, const google::protobuf::Message& request,
                             absl::Duration answer_time_max, google::protobuf::Message* response) {
  HttpCall call;
  call.method = "POST";
  call.path = absl::StrCat(kServicePath, name);
  call.content_type = "application/proto";
  call.body = request.SerializeAsString();
  HttpClientLimits limits = options_.limits;
  limits.answer_time_max = answer_time_max;
  ASSIGN_OR_RETURN(const HttpAnswer answer, Exchange(endpoint_, call, limits));
  if (answer.status != 200) return ErrorFromAnswer(answer.status, answer.body);
  if (answer.content_type != "application/proto" || !response->ParseFromString(answer.body)) {
    return absl::InternalError(absl::StrCat("http://", endpoint_.host, ":", endpoint_.port,
                                            " answered ", name, " with something else than a ",
                                            response->GetDescriptor()->full_name(),
                                            "; is it a revops server of this version?"));
  }
  return absl::OkStatus();
}

template <typename Response, typename Request>
absl::StatusOr<Response> RemoteApi::Ask(absl::string_view name, const Request& request,
                                        absl::Duration answer_time_max) {
  Response response;
  RETURN_IF_ERROR(Call(name, request, answer_time_max, &response));
  return response;
}

absl::StatusOr<v1::PublishResponse> RemoteApi::Publish(const v1::PublishRequest& request) {
  return Ask<v1::PublishResponse>("Publish", request, options_.limits.answer_time_max);
}

absl::StatusOr<v1::GetResponse> RemoteApi::Get(const v1::GetRequest& request) {
  return Ask<v1::GetResponse>("Get", request, options_.limits.answer_time_max + WaitOf(request));
}

absl::StatusOr<v1::ListResponse> RemoteApi::List(const v1::ListRequest& request) {
  return Ask<v1::ListResponse>("List", request, options_.limits.answer_time_max + WaitOf(request));
}

absl::StatusOr<v1::TimelineResponse> RemoteApi::Timeline(const v1::TimelineRequest& request) {
  return Ask<v1::TimelineResponse>("Timeline", request,
                                   options_.limits.answer_time_max + WaitOf(request));
}

absl::StatusOr<v1::DeadLettersResponse> RemoteApi::DeadLetters(
    const v1::DeadLettersRequest& request) {
  return Ask<v1::DeadLettersResponse>("DeadLetters", request,
                                      options_.limits.answer_time_max + WaitOf(request));
}

absl::StatusOr<v1::KpiResponse> RemoteApi::Kpi(const v1::KpiRequest& request) {
  return Ask<v1::KpiResponse>("Kpi", request, options_.limits.answer_time_max + WaitOf(request));
}

absl::StatusOr<v1::BridgeResponse> RemoteApi::Bridge(const v1::BridgeRequest& request) {
  return Ask<v1::BridgeResponse>("Bridge", request,
                                 options_.limits.answer_time_max + WaitOf(request));
}

absl::StatusOr<v1::AttributionResponse> RemoteApi::Attribution(
    const v1::AttributionRequest& request) {
  return Ask<v1::AttributionResponse>("Attribution", request,
                                      options_.limits.answer_time_max + WaitOf(request));
}

absl::StatusOr<v1::ExplainResponse> RemoteApi::Explain(const v1::ExplainRequest& request,
                                                       const Progress& progress) {
  return Ask<v1::ExplainResponse>("Explain", request, options_.verify_time_max);
}

absl::StatusOr<v1::StatusResponse> RemoteApi::Status(const v1::StatusRequest& request) {
  return Ask<v1::StatusResponse>("Status", request,
                                 options_.limits.answer_time_max + WaitOf(request));
}

absl::StatusOr<v1::ViewsResponse> RemoteApi::Views(const v1::ViewsRequest& request) {
  return Ask<v1::ViewsResponse>("Views", request, options_.limits.answer_time_max);
}

absl::StatusOr<v1::ModelResponse> RemoteApi::Model(const v1::ModelRequest& request) {
  return Ask<v1::ModelResponse>("Model", request, options_.limits.answer_time_max);
}

absl::StatusOr<v1::LogResponse> RemoteApi::Log(const v1::LogRequest& request) {
  return Ask<v1::LogResponse>("Log", request, options_.limits.answer_time_max);
}

absl::StatusOr<v1::VerifyResponse> RemoteApi::Verify(const v1::VerifyRequest& request,
                                                     const Progress& progress) {
  absl::Notification answered;
  std::thread asking;
  if (progress) {
    asking = std::thread([&] {
      while (!answered.WaitForNotificationWithTimeout(options_.progress_interval)) {
        const absl::StatusOr<v1::StatusResponse> status = Status({});
        if (!status.ok() || !status->has_verifying()) continue;
        progress(status->verifying().done(), status->verifying().total());
      }
    });
  }
  const absl::Cleanup stop = [&] {
    answered.Notify();
    if (asking.joinable()) asking.join();
  };
  return Ask<v1::VerifyResponse>("Verify", request, options_.verify_time_max);
}

}  // namespace revops
