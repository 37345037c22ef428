// An Api that answers what its request said, or one error, and can be made to wait.
#pragma once

#include <functional>
#include <string>

#include "engine/serve/api.h"

namespace revops::test {

class FakeApi final : public Api {
 public:
  // What every call returns unless it is OK.
  absl::Status error;
  // What Status says of a verification under way; total 0: none is.
  uint64_t verifying_done = 0, verifying_total = 0;
  // Called before a verification answers.
  std::function<void()> while_verifying = [] {};
  // Called at the start of every call.
  std::function<void()> before = [] {};

  absl::StatusOr<v1::PublishResponse> Publish(const v1::PublishRequest& request) override {
    v1::PublishResponse response;
    for (const v1::Event& event : request.events()) {
      auto* answer = response.add_answers();
      answer->set_verdict(event.id().empty() ? v1::PublishResponse::REFUSED
                                             : v1::PublishResponse::ACCEPTED);
      if (event.id().empty()) answer->set_reason("event has no id; set id");
    }
    response.set_accepted(static_cast<uint32_t>(request.events_size()));
    response.set_refused(0);
    return Done(std::move(response));
  }
  absl::StatusOr<v1::GetResponse> Get(const v1::GetRequest& request) override {
    v1::GetResponse response;
    v1::Row* row = response.add_rows();
    *row->mutable_entity() = request.id();
    row->mutable_value()->PackFrom(request.id());
    response.mutable_seen()->set_settled(false);
    response.mutable_seen()->set_model_version(request.view());
    return Done(std::move(response));
  }
  absl::StatusOr<v1::ListResponse> List(const v1::ListRequest& request) override {
    v1::ListResponse response;
    response.set_next_page_token(request.page_token() + request.view() + request.index());
    return Done(std::move(response));
  }
  absl::StatusOr<v1::TimelineResponse> Timeline(const v1::TimelineRequest& request) override {
    v1::TimelineResponse response;
    *response.mutable_root() = request.id();
    return Done(std::move(response));
  }
  absl::StatusOr<v1::DeadLettersResponse> DeadLetters(
      const v1::DeadLettersRequest& request) override {
    v1::DeadLettersResponse response;
    response.add_dead_letters()->set_projection(request.projection());
    return Done(std::move(response));
  }
  absl::StatusOr<v1::KpiResponse> Kpi(const v1::KpiRequest& request) override {
    v1::KpiResponse response;
    for (const std::string& name : request.names()) response.add_kpis()->set_name(name);
    return Done(std::move(response));
  }
  absl::StatusOr<v1::AttributionResponse> Attribution(
      const v1::AttributionRequest& request) override {
    v1::AttributionResponse response;
    response.add_models()->set_name(request.by());
    return Done(std::move(response));
  }
  absl::StatusOr<v1::BridgeResponse> Bridge(const v1::BridgeRequest& request) override {
    v1::BridgeResponse response;
    response.add_bridges()->set_value(request.slice());
    return Done(std::move(response));
  }
  absl::StatusOr<v1::ExplainResponse> Explain(const v1::ExplainRequest& request,
                                              const Progress& progress) override {
    v1::ExplainResponse response;
    response.mutable_kpi()->set_name(request.kpi());
    return Done(std::move(response));
  }
  absl::StatusOr<v1::StatusResponse> Status(const v1::StatusRequest& request) override {
    v1::StatusResponse response;
    response.set_log_identity("log-" + request.await().token());
    if (verifying_total > 0) {
      response.mutable_verifying()->set_done(verifying_done);
      response.mutable_verifying()->set_total(verifying_total);
    }
    return Done(std::move(response));
  }
  absl::StatusOr<v1::ViewsResponse> Views(const v1::ViewsRequest& request) override {
    v1::ViewsResponse response;
    response.add_views()->set_name("lead");
    return Done(std::move(response));
  }
  absl::StatusOr<v1::ModelResponse> Model(const v1::ModelRequest& request) override {
    v1::ModelResponse response;
    response.set_version("model-1");
    return Done(std::move(response));
  }
  absl::StatusOr<v1::LogResponse> Log(const v1::LogRequest& request) override {
    v1::LogResponse response;
    response.add_records()->set_offset(request.from());
    return Done(std::move(response));
  }
  absl::StatusOr<v1::VerifyResponse> Verify(const v1::VerifyRequest& request,
                                            const Progress& progress) override {
    v1::VerifyResponse response;
    response.set_equal(request.stored_only());
    while_verifying();
    return Done(std::move(response));
  }

 private:
  template <typename Response>
  absl::StatusOr<Response> Done(Response response) {
    before();
    if (!error.ok()) return error;
    return response;
  }
};

}  // namespace revops::test
