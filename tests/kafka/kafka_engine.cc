#include "tests/kafka/kafka_engine.h"

#include <utility>

#include "engine/base/hash.h"
#include "engine/base/status.h"
#include "engine/view/keys.h"
#include "engine/view/view_store.h"

namespace revops::test {

void FoldedViews::Rewrite(const std::function<void(v1::StoredProgress&)>& change) {
  ViewMemory memory(32 << 20);
  const auto store = ViewStore::Open("/views/partition-0", memory, disk_.get());
  REVOPS_CHECK(store.ok());
  std::string bytes;
  const auto found = (*store)->Get(keys::Progress(), bytes);
  REVOPS_CHECK(found.ok() && *found);
  v1::StoredProgress progress;
  REVOPS_CHECK(progress.ParseFromString(bytes));
  change(progress);
  ViewBatch batch;
  batch.Put(keys::Progress(), progress.SerializeAsString());
  REVOPS_CHECK((*store)->Commit(std::move(batch)).ok());
}

absl::Status FoldedViews::Fold(EventLog& log, std::shared_ptr<const RevenueModel> model) {
  EngineOptions options;
  options.folder = "/views";
  options.memory_bytes = 32 << 20;
  options.env = disk_.get();
  ASSIGN_OR_RETURN(const std::unique_ptr<Engine> engine,
                   Engine::Open(options, log, registry_, std::move(model)));
  RETURN_IF_ERROR(engine->FoldAll());
  digest_ = 0;
  dead_letters_ = 0;
  read_ = 0;
  for (const v1::StoredProgress& progress : engine->Progress()) {
    if (progress.digest().size() == 16) digest_ += ReadUint128(progress.digest().data());
    dead_letters_ += progress.dead_letters();
    read_ += progress.read();
  }
  return absl::OkStatus();
}

}  // namespace revops::test
