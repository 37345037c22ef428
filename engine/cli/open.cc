#include "engine/cli/open.h"

#include "engine/base/status.h"
#include "engine/serve/remote_api.h"

namespace revops {

absl::StatusOr<std::unique_ptr<Api>> OpenLocal(const Target& target) {
  return absl::UnimplementedError(absl::StrCat("data folders cannot be opened yet: ", target.data,
                                               "; name a server with --server"));
}

absl::StatusOr<std::unique_ptr<Api>> OpenApi(const Target& target) {
  if (target.server.empty()) return OpenLocal(target);
  ASSIGN_OR_RETURN(std::unique_ptr<Api> remote, RemoteApi::Open(target.server, {}));
  return remote;
}

}  // namespace revops
