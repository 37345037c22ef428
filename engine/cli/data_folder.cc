#include "engine/cli/data_folder.h"

#include <filesystem>
#include <fstream>
#include <map>
#include <sstream>
#include <utility>

#include "engine/base/clock.h"
#include "engine/base/status.h"
#include "engine/cli/kafka_target.h"
#include "engine/ingest/ingest.h"
#include "engine/log/embedded_log.h"
#include "engine/log/folder_lock.h"
#include "engine/log/renamed_log.h"
#include "engine/model/model.h"
#include "engine/query/kpi_book.h"
#include "engine/runtime/engine.h"
#include "engine/runtime/generation.h"
#include "engine/runtime/topics.h"
#include "engine/serve/local_api.h"
#include "projections/registry.h"

namespace revops {
namespace {

namespace fs = std::filesystem;

// Enough of a fingerprint to name the folder and the topic of a generation.
constexpr size_t kGenerationDigits = 12;

// The folder's own log holds the folder; a log elsewhere leaves that to the lock.
struct OpenedLog {
  std::unique_ptr<FolderLock> lock;
  std::unique_ptr<EventLog> log;
};

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

absl::StatusOr<std::string> ReadFile(const fs::path& file) {
  std::ifstream stream(file, std::ios::binary);
  std::ostringstream text;
  if (stream.is_open()) text << stream.rdbuf();
  if (!stream.is_open() || !stream) {
    return absl::NotFoundError(absl::StrCat(file.string(), ": cannot be read; does it exist?"));
  }
  return text.str();
}

// Whole or not at all: a crash must not leave half a model.
absl::Status WriteFile(const fs::path& file, const std::string& text) {
  const fs::path draft = file.string() + ".new";
  std::ofstream stream(draft, std::ios::binary | std::ios::trunc);
  stream << text;
  stream.close();
  std::error_code error;
  if (stream) fs::rename(draft, file, error);
  if (!stream || error) {
    return absl::UnavailableError(
        absl::StrCat(file.string(), ": cannot be written; is the disk full?"));
  }
  return absl::OkStatus();
}

struct FolderModel {
  std::shared_ptr<const RevenueModel> model;
  std::string text;
};

// The model that was named, else the folder's own, else the default one.
absl::StatusOr<FolderModel> ChooseModel(const Target& target, const fs::path& own_file) {
  std::string file = target.model_file;
  if (file.empty() && fs::exists(own_file)) file = own_file.string();
  if (file.empty()) {
    return FolderModel{RevenueModel::Default(), std::string(RevenueModel::DefaultText())};
  }
  FolderModel chosen;
  ASSIGN_OR_RETURN(chosen.text, ReadFile(file));
  ASSIGN_OR_RETURN(chosen.model, RevenueModel::Parse(chosen.text, file));
  return chosen;
}

// Says in the folder where the log of its views is.
constexpr char kElsewhere[] = "log-is-on-kafka";

absl::StatusOr<OpenedLog> OpenLogOnKafka(const Target& target, const fs::path& folder,
                                         const std::string& routed) {
  if (fs::exists(folder / "log")) {
    return absl::FailedPreconditionError(
        absl::StrCat(target.data,
                     " holds an event log of its own; copy it with `revops kafka copy` "
                     "and serve it with a new --data folder for the views"));
  }
  OpenedLog opened;
  ASSIGN_OR_RETURN(opened.log, OpenKafkaLog(target.kafka, routed, target.partitions));
  std::error_code error;
  fs::create_directories(folder, error);
  if (error) {
    return absl::UnavailableError(
        absl::StrCat("cannot make ", folder.string(), ": ", error.message()));
  }
  ASSIGN_OR_RETURN(opened.lock, FolderLock::Take(folder.string()));
  RETURN_IF_ERROR(WriteFile(folder / kElsewhere, absl::StrCat(opened.log->identity(), "\n")));
  return opened;
}

// Opens the log, with the generation's own topic `routed`.
absl::StatusOr<std::unique_ptr<EmbeddedLog>> OpenOwnLog(const Target& target,
                                                        const fs::path& folder,
                                                        const std::string& routed) {
  if (fs::exists(fs::path(target.data) / kElsewhere)) {
    return absl::FailedPreconditionError(absl::StrCat(
        "the views in ", target.data, " are folded from a log on Kafka; name it with --kafka"));
  }
  EmbeddedLogOptions options;
  if (target.partitions == 0 || !target.make) {
    // A folder whose making was cut short holds no log yet, and is made anew.
    absl::StatusOr<std::unique_ptr<EmbeddedLog>> log = EmbeddedLog::Open(folder.string(), {});
    if (!log.ok() && !absl::IsNotFound(log.status())) return log.status();
    if (log.ok()) {
      if ((*log)->topics().count(routed) > 0) return log;
      ASSIGN_OR_RETURN(options.topics[routed], (*log)->Partitions(kTouchpoints));
      log->reset();
      return EmbeddedLog::Open(folder.string(), std::move(options));
    }
  }
  if (!target.make) {
    return absl::NotFoundError(absl::StrCat(
        target.data, " holds no data; `revops simulate`, `import`, `publish` and `serve` make a ",
        "folder, and --data or --server names another one"));
  }
  const int partitions = target.partitions > 0 ? target.partitions : kDefaultPartitions;
  options.topics = {{kTouchpoints, partitions}, {routed, partitions}, {kIdentities, 1}};
  return EmbeddedLog::Open(folder.string(), std::move(options));
}

}  // namespace

absl::StatusOr<std::unique_ptr<Api>> OpenDataFolder(const Target& target) {
  const fs::path folder(target.data);
  const fs::path own_model = folder / "model.textproto";
  // The mistakes of a model are said before a folder is made for it.
  ASSIGN_OR_RETURN(const FolderModel model, ChooseModel(target, own_model));
  Registry registry = AllProjections();
  RETURN_IF_ERROR(CheckKpis(*model.model, registry));
  // The log's lock comes first: while it is held nobody else touches the folder.
  const std::string generation =
      GenerationFingerprint(registry, *model.model).substr(0, kGenerationDigits);
  const std::string routed = absl::StrCat(kRouted, "-", generation);
  OpenedLog log;
  if (target.kafka.brokers.empty()) {
    ASSIGN_OR_RETURN(log.log, OpenOwnLog(target, folder / "log", routed));
  } else {
    ASSIGN_OR_RETURN(log, OpenLogOnKafka(target, folder, routed));
  }

  EngineOptions engine;
  engine.folder = (folder / "views" / generation).string();
  LocalApiOptions options;
  options.program_version = kProgramVersion;
  options.model_text = model.text;
  options.scratch_folder = (folder / "verify").string();
  ASSIGN_OR_RETURN(std::unique_ptr<Api> api,
                   OpenedFolder::Open(std::move(log), std::move(registry), routed, model.model,
                                      std::move(engine), std::move(options)));
  if (!target.model_file.empty() || !fs::exists(own_model)) {
    RETURN_IF_ERROR(WriteFile(own_model, model.text));
  }
  return api;
}

}  // namespace revops
