// Where the link table keeps what it knows: bytes under keys, in key order.
//
// A port: MemoryLinkStore for tests and what lives shortly, RocksDbLinkStore for what must not be
// read again at every start.
// Thread safety: Put from one thread at a time; everything else from any thread.
#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace revops {

class LinkStore {
 public:
  // The key without the prefix, and the value; false ends the scan. It does not call the store.
  using Visit = absl::FunctionRef<bool(absl::string_view rest, absl::string_view value)>;

  virtual ~LinkStore() = default;

  // All changes or none. Survives the process, and a power cut as a prefix of what was put: what is
  // lost is read from the log again.
  // Errors: kUnavailable if the disk refuses: nothing was put, and Heal goes before the next try.
  virtual absl::Status Put(std::vector<std::pair<std::string, std::string>> changes) = 0;

  // Opens it again after a Put that failed. Errors: kUnavailable, kDataLoss.
  virtual absl::Status Heal() { return absl::OkStatus(); }

  // Whether there is a value. Errors: kUnavailable, kDataLoss.
  virtual absl::StatusOr<bool> Get(absl::string_view key, std::string& value) const = 0;

  // Everything under keys that begin with `prefix`, in key order. Errors: kUnavailable, kDataLoss.
  virtual absl::Status Scan(absl::string_view prefix, Visit visit) const = 0;
};

std::unique_ptr<LinkStore> MemoryLinkStore();

}  // namespace revops
