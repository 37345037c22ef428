// A store's content in a map, read as if it were a store.
#pragma once

#include <map>
#include <string>

#include "engine/base/status.h"
#include "engine/view/view_store.h"

namespace revops::test {

// Lifetime: the content outlives the reader.
class MapReader final : public ViewReader {
 public:
  using Content = std::map<std::string, std::string>;
  explicit MapReader(const Content& content) : content_(content) {}

  absl::StatusOr<bool> Get(absl::string_view key, std::string& value) const override {
    const auto at = content_.find(std::string(key));
    if (at == content_.end()) return false;
    value = at->second;
    return true;
  }
  absl::Status Scan(absl::string_view prefix, absl::string_view from,
                    const Each& each) const override {
    for (auto at = content_.lower_bound(std::string(from)); at != content_.end(); ++at) {
      if (!StartsWith(at->first, prefix) || !each(at->first, at->second)) break;
    }
    return absl::OkStatus();
  }
  absl::StatusOr<bool> Floor(absl::string_view prefix, absl::string_view at, std::string& key,
                             std::string& value) const override {
    auto found = content_.upper_bound(std::string(at));
    if (found == content_.begin()) return false;
    --found;
    if (!StartsWith(found->first, prefix)) return false;
    key = found->first;
    value = found->second;
    return true;
  }
  // Nobody walks a map.
  std::unique_ptr<ViewCursor> Walk(absl::string_view, absl::string_view, WalkOrder) const override {
    REVOPS_CHECK(false);
  }

 private:
  static bool StartsWith(const std::string& key, absl::string_view prefix) {
    return absl::string_view(key).substr(0, prefix.size()) == prefix;
  }
  const Content& content_;
};

}  // namespace revops::test
