#include "engine/cli/data_folder.h"

#include <map>
#include <utility>

#include "engine/base/clock.h"
#include "engine/base/status.h"
#include "engine/cli/folder.h"
#include "engine/ingest/ingest.h"
#include "engine/log/renamed_log.h"
#include "engine/runtime/engine.h"
#include "engine/runtime/topics.h"
#include "engine/serve/local_api.h"

namespace revops {
namespace {

// The Api and all it stands on, which goes with it.
class OpenedFolder final : public Api {
 public:
  static absl::StatusOr<std::unique_ptr<Api>> Open(OpenedLog log, Registry registry,
                                                   const std::string& routed,
                                                   std::shared_ptr<const RevenueModel> model,
                                                   EngineOptions engine, LocalApiOptions options) {
    std::unique_ptr<OpenedFolder> opened(
        new OpenedFolder(std::move(log), std::move(registry), routed));
    ASSIGN_OR_RETURN(opened->engine_, Engine::Open(std::move(engine), opened->topics_,
                                                   opened->registry_, std::move(model)));
    opened->engine_->Start();
    opened->ingest_ =
        std::make_unique<Ingest>(opened->topics_, opened->engine_->links(), opened->clock_);
    opened->api_ = std::make_unique<LocalApi>(*opened->engine_, opened->ingest_.get(),
                                              opened->clock_, std::move(options));
    return std::unique_ptr<Api>(std::move(opened));
  }

  absl::StatusOr<v1::PublishResponse> Publish(const v1::PublishRequest& request) override {
    return api_->Publish(request);
  }
  absl::StatusOr<v1::GetResponse> Get(const v1::GetRequest& request) override {
    return api_->Get(request);
  }
  absl::StatusOr<v1::ListResponse> List(const v1::ListRequest& request) override {
    return api_->List(request);
  }
  absl::StatusOr<v1::TimelineResponse> Timeline(const v1::TimelineRequest& request) override {
    return api_->Timeline(request);
  }
  absl::StatusOr<v1::DeadLettersResponse> DeadLetters(
      const v1::DeadLettersRequest& request) override {
    return api_->DeadLetters(request);
  }
  absl::StatusOr<v1::KpiResponse> Kpi(const v1::KpiRequest& request) override {
    return api_->Kpi(request);
  }
  absl::StatusOr<v1::BridgeResponse> Bridge(const v1::BridgeRequest& request) override {
    return api_->Bridge(request);
  }
  absl::StatusOr<v1::ExplainResponse> Explain(const v1::ExplainRequest& request,
                                              const Progress& progress) override {
    return api_->Explain(request, progress);
  }
  absl::StatusOr<v1::StatusResponse> Status(const v1::StatusRequest& request) override {
    return api_->Status(request);
  }
  absl::StatusOr<v1::ViewsResponse> Views(const v1::ViewsRequest& request) override {
    return api_->Views(request);
  }
  absl::StatusOr<v1::ModelResponse> Model(const v1::ModelRequest& request) override {
    return api_->Model(request);
  }
  absl::StatusOr<v1::LogResponse> Log(const v1::LogRequest& request) override {
    return api_->Log(request);
  }
  absl::StatusOr<v1::VerifyResponse> Verify(const v1::VerifyRequest& request,
                                            const Progress& progress) override {
    return api_->Verify(request, progress);
  }

 private:
  OpenedFolder(OpenedLog log, Registry registry, const std::string& routed)
      : log_(std::move(log)),
        topics_(*log_.log, {{kRouted, routed}}),
        registry_(std::move(registry)) {}

  const SystemClock clock_;
  const OpenedLog log_;
  RenamedLog topics_;  // the log as this generation sees it
  const Registry registry_;
  std::unique_ptr<Engine> engine_;
  std::unique_ptr<Ingest> ingest_;
  std::unique_ptr<LocalApi> api_;
};

}  // namespace

absl::StatusOr<std::unique_ptr<Api>> OpenDataFolder(const Target& target) {
  ASSIGN_OR_RETURN(PreparedFolder folder, PrepareFolder(target));
  EngineOptions engine;
  engine.folder = folder.views;
  LocalApiOptions options;
  options.program_version = kProgramVersion;
  options.model_text = folder.model_text;
  options.scratch_folder = folder.scratch;
  ASSIGN_OR_RETURN(
      std::unique_ptr<Api> api,
      OpenedFolder::Open(std::move(folder.log), std::move(folder.registry), folder.routed,
                         folder.model, std::move(engine), std::move(options)));
  RETURN_IF_ERROR(KeepModel(target, folder));
  return api;
}

}  // namespace revops
