// Links on disk.
#pragma once

#include <memory>
#include <string>

#include "engine/identity/link_store.h"

namespace rocksdb {
class Env;
}  // namespace rocksdb

namespace revops {

// Opens the store in `folder`, or makes it. A store that was damaged is made anew, empty: all that
// it held is in the log.
// Lifetime: `env` (null: the machine's) outlives it.
// Errors: kUnavailable if the disk refuses, kFailedPrecondition if another process has it.
absl::StatusOr<std::unique_ptr<LinkStore>> OpenRocksDbLinkStore(const std::string& folder,
                                                                rocksdb::Env* env);

// Removes the store of `folder`, which must not be open.
absl::Status RemoveRocksDbLinkStore(const std::string& folder, rocksdb::Env* env);

}  // namespace revops
