#include "engine/cli/observer.h"

#include <cstdlib>
#include <filesystem>
#include <system_error>
#include <utility>

#include "absl/strings/str_cat.h"
#include "engine/base/clock.h"
#include "engine/base/hash.h"
#include "engine/base/status.h"
#include "engine/cli/data_folder.h"
#include "engine/cli/folder.h"
#include "engine/cli/group_owners.h"
#include "engine/cli/kafka_target.h"
#include "engine/log/renamed_log.h"
#include "engine/runtime/topics.h"
#include "engine/serve/cluster_stores.h"
#include "engine/serve/forwarding_api.h"
#include "engine/serve/local_api.h"

namespace revops {
namespace {

namespace fs = std::filesystem;

// A folder that goes with the object.
class ScratchFolder final {
 public:
  static absl::StatusOr<std::unique_ptr<ScratchFolder>> Make() {
    std::error_code error;
    std::string path = (fs::temp_directory_path(error) / "revops-XXXXXX").string();
    if (error || mkdtemp(path.data()) == nullptr) {
      return absl::UnavailableError(
          absl::StrCat(path, ": cannot be made; name another place with TMPDIR"));
    }
    return std::unique_ptr<ScratchFolder>(new ScratchFolder(std::move(path)));
  }
  ~ScratchFolder() {
    std::error_code ignored;
    fs::remove_all(path_, ignored);
  }
  const std::string& path() const { return path_; }

 private:
  explicit ScratchFolder(std::string path) : path_(std::move(path)) {}
  const std::string path_;
};

class Observer final : public ForwardingApi {
 public:
  Observer(std::unique_ptr<ScratchFolder> scratch, PreparedFolder folder)
      : scratch_(std::move(scratch)),
        folder_(std::move(folder)),
        topics_(*folder_.log.log, {{kRouted, folder_.routed}}) {}

  absl::Status Start(const KafkaTarget& kafka) {
    EngineOptions options;
    options.folder = folder_.views;
    options.owns_all = false;
    ASSIGN_OR_RETURN(engine_,
                     Engine::Open(std::move(options), topics_, folder_.registry, folder_.model));
    engine_->Start();  // reads links on
    ASSIGN_OR_RETURN(owners_, OwnersOf(kafka, folder_.generation));
    // Others may observe at once, here and on other machines.
    const uint64_t holder = Hash64(absl::StrCat(folder_.scratch, "@", clock_.NowMicros())) | 1;
    stores_ = std::make_unique<ClusterStores>(*engine_, *owners_, clock_, "", holder);
    LocalApiOptions api;
    api.program_version = kProgramVersion;
    api.model_text = folder_.model_text;
    api.scratch_folder = folder_.scratch;
    api.stores = stores_.get();
    api_ = std::make_unique<LocalApi>(*engine_, nullptr, clock_, std::move(api));
    return absl::OkStatus();
  }

 private:
  Api& api() override { return *api_; }

  const std::unique_ptr<ScratchFolder> scratch_;
  const PreparedFolder folder_;
  const SystemClock clock_;
  RenamedLog topics_;
  std::unique_ptr<Engine> engine_;
  std::unique_ptr<GroupOwners> owners_;
  std::unique_ptr<ClusterStores> stores_;
  std::unique_ptr<LocalApi> api_;
};

}  // namespace

absl::StatusOr<std::unique_ptr<Api>> OpenObserver(const Target& target) {
  if (target.kafka.brokers.empty()) {
    return absl::InvalidArgumentError("--cluster asks the processes over a log: name --kafka too");
  }
  ASSIGN_OR_RETURN(std::unique_ptr<ScratchFolder> scratch, ScratchFolder::Make());
  Target mine = target;
  const fs::path model = fs::path(target.data) / "model.textproto";
  if (mine.model_file.empty() && fs::exists(model)) mine.model_file = model.string();
  mine.data = scratch->path();
  ASSIGN_OR_RETURN(PreparedFolder folder, PrepareFolder(mine));
  auto observer = std::make_unique<Observer>(std::move(scratch), std::move(folder));
  RETURN_IF_ERROR(observer->Start(target.kafka));
  return std::unique_ptr<Api>(std::move(observer));
}

}  // namespace revops
