// A data folder as the processes that work on it find it: its model, its log, its generation.
#pragma once

#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "engine/cli/open.h"
#include "engine/fold/projection.h"
#include "engine/log/event_log.h"
#include "engine/log/folder_lock.h"
#include "engine/log/outlet.h"
#include "engine/model/model.h"
#include "engine/runtime/engine.h"

namespace revops {

// The folder's own log holds the folder; a log elsewhere leaves that to the lock.
struct OpenedLog {
  std::unique_ptr<FolderLock> lock;
  std::unique_ptr<EventLog> log;
  std::unique_ptr<Outlet> dead_letters;  // null: the log is not on Kafka, or has no such topic
};

struct PreparedFolder {
  OpenedLog log;
  Registry registry;
  std::shared_ptr<const RevenueModel> model;
  std::string model_text;
  std::string generation;  // the beginning of its fingerprint
  std::string routed;      // the log's topic of that generation
  std::string views;       // the folder of its stores
  std::string scratch;     // for a verification
  std::string own_model;   // the file that keeps the model
  // Which generation this is, and which stay beside it, in words; empty: there is no other.
  std::string beside;
};

// Chooses the model, opens the log and holds the folder; both are made if target.make.
// Errors: those of OpenDataFolder.
absl::StatusOr<PreparedFolder> PrepareFolder(const Target& target);

// How an engine folds into the folder. Lifetime: the folder outlives the engine.
EngineOptions EngineOptionsOf(const Target& target, const PreparedFolder& folder);

// Errors: kFailedPrecondition if the folder's views are those of a log on Kafka.
absl::Status CheckHoldsNoViewsOfKafka(const std::string& folder);

// Writes the model into the folder, if it was named or the folder has none.
absl::Status KeepModel(const Target& target, const PreparedFolder& folder);

}  // namespace revops
