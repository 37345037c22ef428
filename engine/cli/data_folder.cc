#include "engine/cli/data_folder.h"

#include <map>
#include <utility>

#include "engine/base/clock.h"
#include "engine/base/status.h"
#include "engine/cli/folder.h"
#include "engine/cli/model_watch.h"
#include "engine/ingest/ingest.h"
#include "engine/log/renamed_log.h"
#include "engine/runtime/engine.h"
#include "engine/runtime/topics.h"
#include "engine/serve/forwarding_api.h"
#include "engine/serve/local_api.h"

namespace revops {
namespace {

constexpr absl::Duration kBetweenLooks = absl::Seconds(1);

// The Api and all it stands on, which goes with it.
class OpenedFolder final : public ForwardingApi {
 public:
  static absl::StatusOr<std::unique_ptr<OpenedFolder>> Open(
      OpenedLog log, Registry registry, const std::string& routed,
      std::shared_ptr<const RevenueModel> model, EngineOptions engine, LocalApiOptions options) {
    std::unique_ptr<OpenedFolder> opened(
        new OpenedFolder(std::move(log), std::move(registry), routed));
    ASSIGN_OR_RETURN(opened->engine_, Engine::Open(std::move(engine), opened->topics_,
                                                   opened->registry_, std::move(model)));
    opened->engine_->Start();
    opened->ingest_ =
        std::make_unique<Ingest>(opened->topics_, opened->engine_->links(), opened->clock_);
    opened->api_ = std::make_unique<LocalApi>(*opened->engine_, opened->ingest_.get(),
                                              opened->clock_, std::move(options));
    return opened;
  }

  void Watch(const std::string& file, const std::string& text, ModelWatch::Say say) {
    watch_ = std::make_unique<ModelWatch>(
        file, text, registry_,
        [this](std::shared_ptr<const RevenueModel> model, std::string changed) {
          RETURN_IF_ERROR(engine_->TakeAskPart(std::move(model)));
          api_->SetModelText(std::move(changed));
          return absl::OkStatus();
        },
        std::move(say));
    watch_->Start(kBetweenLooks);
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
  std::unique_ptr<ModelWatch> watch_;  // null: nobody looks
};

}  // namespace

absl::StatusOr<std::unique_ptr<Api>> OpenDataFolder(const Target& target) {
  return OpenWatchedFolder(target, nullptr);
}

absl::StatusOr<std::unique_ptr<Api>> OpenWatchedFolder(
    const Target& target, std::function<void(const std::string& what)> say) {
  ASSIGN_OR_RETURN(PreparedFolder folder, PrepareFolder(target));
  EngineOptions engine = EngineOptionsOf(target, folder);
  LocalApiOptions options;
  options.program_version = kProgramVersion;
  options.model_text = folder.model_text;
  options.scratch_folder = folder.scratch;
  ASSIGN_OR_RETURN(
      std::unique_ptr<OpenedFolder> api,
      OpenedFolder::Open(std::move(folder.log), std::move(folder.registry), folder.routed,
                         folder.model, std::move(engine), std::move(options)));
  RETURN_IF_ERROR(KeepModel(target, folder));
  if (say != nullptr && !folder.beside.empty()) say(folder.beside);
  if (say != nullptr) api->Watch(folder.own_model, folder.model_text, std::move(say));
  return api;
}

}  // namespace revops
