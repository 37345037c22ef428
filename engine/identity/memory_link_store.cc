#include <map>

#include "absl/strings/match.h"
#include "absl/synchronization/mutex.h"
#include "engine/identity/link_store.h"

namespace revops {
namespace {

class InMemory final : public LinkStore {
 public:
  absl::Status Put(std::vector<std::pair<std::string, std::string>> changes) override {
    absl::MutexLock lock(&mutex_);
    for (auto& [key, value] : changes) values_[std::move(key)] = std::move(value);
    return absl::OkStatus();
  }

  absl::StatusOr<bool> Get(absl::string_view key, std::string& value) const override {
    absl::ReaderMutexLock lock(&mutex_);
    const auto found = values_.find(key);
    if (found == values_.end()) return false;
    value = found->second;
    return true;
  }

  absl::Status Scan(absl::string_view prefix, Visit visit) const override {
    absl::ReaderMutexLock lock(&mutex_);
    for (auto at = values_.lower_bound(prefix);
         at != values_.end() && absl::StartsWith(at->first, prefix); ++at) {
      if (!visit(absl::string_view(at->first).substr(prefix.size()), at->second)) break;
    }
    return absl::OkStatus();
  }

 private:
  mutable absl::Mutex mutex_;
  std::map<std::string, std::string, std::less<>> values_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace

std::unique_ptr<LinkStore> MemoryLinkStore() { return std::make_unique<InMemory>(); }

}  // namespace revops
