#include "engine/cli/open.h"

#include "engine/base/status.h"
#include "engine/cli/data_folder.h"
#include "engine/cli/observer.h"
#include "engine/serve/remote_api.h"

namespace revops {

absl::StatusOr<std::unique_ptr<Api>> OpenApi(const Target& target) {
  if (target.kafka.cluster) return OpenObserver(target);
  if (target.server.empty()) return OpenDataFolder(target);
  ASSIGN_OR_RETURN(std::unique_ptr<Api> remote, RemoteApi::Open(target.server, {}));
  return remote;
}

}  // namespace revops
