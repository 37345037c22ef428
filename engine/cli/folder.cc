#include "engine/cli/folder.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "engine/base/status.h"
#include "engine/cli/data_folder.h"
#include "engine/cli/kafka_target.h"
#include "engine/log/embedded_log.h"
#include "engine/log/kafka_outlet.h"
#include "engine/query/kpi_book.h"
#include "engine/runtime/generation.h"
#include "engine/runtime/topics.h"
#include "projections/registry.h"

namespace revops {
namespace {

namespace fs = std::filesystem;

// Enough of a fingerprint to name the folder and the topic of a generation.
constexpr size_t kGenerationDigits = 12;

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

// Whoever changes the model must learn that the numbers are other ones, built anew, and where the
// ones before are.
std::string BesideOthers(const fs::path& views, const std::string& generation) {
  std::vector<std::string> others;
  std::error_code none;
  for (const auto& entry : fs::directory_iterator(views, none)) {
    const std::string name = entry.path().filename().string();
    if (entry.is_directory() && name != generation) others.push_back(name);
  }
  if (others.empty()) return "";
  std::sort(others.begin(), others.end());
  return absl::StrCat(
      "this is generation ", generation, ", whose views are ",
      fs::exists(views / generation) ? "found in " : "folded anew from the log into ",
      (views / generation).string(), "; generation ", absl::StrJoin(others, ", "),
      " of another revenue model, program or time zone data stays beside it in ", views.string(),
      ", untouched: go back to it by going back to these, or remove its folder");
}

// Says in the folder where the log of its views is.
constexpr char kElsewhere[] = "log-is-on-kafka";

}  // namespace

EngineOptions EngineOptionsOf(const Target& target, const PreparedFolder& folder) {
  EngineOptions options;
  options.folder = folder.views;
  options.dead_letters = folder.log.dead_letters.get();
  if (target.memory_mib > 0) options.memory_bytes = int64_t{target.memory_mib} << 20;
  return options;
}

absl::Status CheckHoldsNoViewsOfKafka(const std::string& folder) {
  if (!fs::exists(fs::path(folder) / kElsewhere)) return absl::OkStatus();
  return absl::FailedPreconditionError(
      absl::StrCat(folder,
                   " holds views that are folded from a log on Kafka, and cannot hold a log "
                   "of its own too; name a new folder with --data"));
}

namespace {

absl::StatusOr<OpenedLog> OpenLogOnKafka(const Target& target, const fs::path& folder,
                                         const std::string& routed) {
  if (fs::exists(folder / "log")) {
    return absl::FailedPreconditionError(
        absl::StrCat(target.data,
                     " holds an event log of its own; copy it with `revops kafka copy` and serve "
                     "it with a new --data folder for the views, or ask it as it is: without "
                     "--kafka, and with REVOPS_KAFKA= before the command if that is set"));
  }
  OpenedLog opened;
  ASSIGN_OR_RETURN(std::unique_ptr<KafkaLog> log,
                   OpenKafkaLog(target.kafka, routed, target.partitions));
  // Who only asks folds nothing, and needs no permission for it.
  if (!target.kafka.cluster) {
    auto dead_letters = KafkaOutlet::Open(*log, kDeadLettersTopic);
    if (!dead_letters.ok() && !absl::IsNotFound(dead_letters.status())) {
      return dead_letters.status();
    }
    if (dead_letters.ok()) opened.dead_letters = *std::move(dead_letters);
  }
  opened.log = std::move(log);
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

absl::StatusOr<PreparedFolder> PrepareFolder(const Target& target) {
  const fs::path folder(target.data);
  PreparedFolder prepared;
  prepared.own_model = (folder / "model.textproto").string();
  // The mistakes of a model are said before a folder is made for it.
  ASSIGN_OR_RETURN(FolderModel model, ChooseModel(target, prepared.own_model));
  prepared.model = std::move(model.model);
  prepared.model_text = std::move(model.text);
  prepared.registry = AllProjections();
  RETURN_IF_ERROR(CheckKpis(*prepared.model, prepared.registry));
  prepared.generation =
      GenerationFingerprint(prepared.registry, *prepared.model).substr(0, kGenerationDigits);
  prepared.routed = absl::StrCat(kRouted, "-", prepared.generation);
  prepared.views = (folder / "views" / prepared.generation).string();
  prepared.beside = BesideOthers(folder / "views", prepared.generation);
  prepared.scratch = (folder / "verify").string();
  // The log's lock comes first: while it is held nobody else touches the folder.
  if (target.kafka.brokers.empty()) {
    ASSIGN_OR_RETURN(prepared.log.log, OpenOwnLog(target, folder / "log", prepared.routed));
  } else {
    ASSIGN_OR_RETURN(prepared.log, OpenLogOnKafka(target, folder, prepared.routed));
  }
  return prepared;
}

absl::Status KeepModel(const Target& target, const PreparedFolder& folder) {
  if (target.model_file.empty() && fs::exists(folder.own_model)) return absl::OkStatus();
  return WriteFile(folder.own_model, folder.model_text);
}

}  // namespace revops
