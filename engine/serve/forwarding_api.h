// An Api that passes every call on: what a class derives from that owns more than the Api itself.
#pragma once

#include "engine/serve/api.h"

namespace revops {

class ForwardingApi : public Api {
 public:
  absl::StatusOr<v1::PublishResponse> Publish(const v1::PublishRequest& request) override {
    return api().Publish(request);
  }
  absl::StatusOr<v1::GetResponse> Get(const v1::GetRequest& request) override {
    return api().Get(request);
  }
  absl::StatusOr<v1::ListResponse> List(const v1::ListRequest& request) override {
    return api().List(request);
  }
  absl::StatusOr<v1::TimelineResponse> Timeline(const v1::TimelineRequest& request) override {
    return api().Timeline(request);
  }
  absl::StatusOr<v1::DeadLettersResponse> DeadLetters(
      const v1::DeadLettersRequest& request) override {
    return api().DeadLetters(request);
  }
  absl::StatusOr<v1::KpiResponse> Kpi(const v1::KpiRequest& request) override {
    return api().Kpi(request);
  }
  absl::StatusOr<v1::BridgeResponse> Bridge(const v1::BridgeRequest& request) override {
    return api().Bridge(request);
  }
  absl::StatusOr<v1::AttributionResponse> Attribution(
      const v1::AttributionRequest& request) override {
    return api().Attribution(request);
  }
  absl::StatusOr<v1::ExplainResponse> Explain(const v1::ExplainRequest& request,
                                              const Progress& progress) override {
    return api().Explain(request, progress);
  }
  absl::StatusOr<v1::StatusResponse> Status(const v1::StatusRequest& request) override {
    return api().Status(request);
  }
  absl::StatusOr<v1::ViewsResponse> Views(const v1::ViewsRequest& request) override {
    return api().Views(request);
  }
  absl::StatusOr<v1::ModelResponse> Model(const v1::ModelRequest& request) override {
    return api().Model(request);
  }
  absl::StatusOr<v1::LogResponse> Log(const v1::LogRequest& request) override {
    return api().Log(request);
  }
  absl::StatusOr<v1::VerifyResponse> Verify(const v1::VerifyRequest& request,
                                            const Progress& progress) override {
    return api().Verify(request, progress);
  }

 private:
  virtual Api& api() = 0;
};

}  // namespace revops
