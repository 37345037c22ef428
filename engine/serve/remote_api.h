// The Api of a running server, over HTTP with application/proto.
#pragma once

#include <memory>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "engine/serve/api.h"
#include "engine/serve/http_client.h"

namespace revops {

struct RemoteApiOptions {
  HttpClientLimits limits;
  // Verify folds the whole log again.
  absl::Duration verify_time_max = absl::Hours(12);
  // How often the server is asked how far a verification is.
  absl::Duration progress_interval = absl::Seconds(1);
};

// A question that waits for a token is given that time on top of the answer's.
// Errors: of every call, besides the server's own (same code, same words): those of Exchange.
// `progress` is told what Status says meanwhile, from another thread.
class RemoteApi final : public Api {
 public:
  // Connects with each call, not here.
  // Errors: kInvalidArgument if the URL is none.
  static absl::StatusOr<std::unique_ptr<RemoteApi>> Open(absl::string_view url,
                                                         const RemoteApiOptions& options);

  absl::StatusOr<v1::PublishResponse> Publish(const v1::PublishRequest& request) override;
  absl::StatusOr<v1::GetResponse> Get(const v1::GetRequest& request) override;
  absl::StatusOr<v1::ListResponse> List(const v1::ListRequest& request) override;
  absl::StatusOr<v1::TimelineResponse> Timeline(const v1::TimelineRequest& request) override;
  absl::StatusOr<v1::DeadLettersResponse> DeadLetters(
      const v1::DeadLettersRequest& request) override;
  absl::StatusOr<v1::KpiResponse> Kpi(const v1::KpiRequest& request) override;
  absl::StatusOr<v1::BridgeResponse> Bridge(const v1::BridgeRequest& request) override;
  absl::StatusOr<v1::AttributionResponse> Attribution(
      const v1::AttributionRequest& request) override;
  absl::StatusOr<v1::ExplainResponse> Explain(const v1::ExplainRequest& request,
                                              const Progress& progress) override;
  absl::StatusOr<v1::StatusResponse> Status(const v1::StatusRequest& request) override;
  absl::StatusOr<v1::ViewsResponse> Views(const v1::ViewsRequest& request) override;
  absl::StatusOr<v1::ModelResponse> Model(const v1::ModelRequest& request) override;
  absl::StatusOr<v1::LogResponse> Log(const v1::LogRequest& request) override;
  absl::StatusOr<v1::VerifyResponse> Verify(const v1::VerifyRequest& request,
                                            const Progress& progress) override;

 private:
  RemoteApi(HttpEndpoint endpoint, const RemoteApiOptions& options)
      : endpoint_(std::move(endpoint)), options_(options) {}

  // Posts `request` and fills `response`.
  absl::Status Call(absl::string_view name, const google::protobuf::Message& request,
                    absl::Duration answer_time_max, google::protobuf::Message* response);
  template <typename Response, typename Request>
  absl::StatusOr<Response> Ask(absl::string_view name, const Request& request,
                               absl::Duration answer_time_max);

  const HttpEndpoint endpoint_;
  const RemoteApiOptions options_;
};

}  // namespace revops
