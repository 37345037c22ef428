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
#include "engine/serve/forwarding_api.h"
#include "engine/serve/local_api.h"

namespace revops {
namespace {

// The Api and all it stands on, which goes with it.
class OpenedFolder final : public ForwardingApi {
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

 private:
  Api& api() override { return *api_; }
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
