// The keys of a store that nothing has accounted for yet, and what was found wrong so far: what a
// check that reads a store whole ticks off.
#pragma once

#include <map>
#include <string>
#include <utility>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "tests/support/view_dump.h"

namespace revops::test {

using Key = std::string;
using KeyValues = std::map<Key, std::string>;

class KeyLedger {
 protected:
  // Later problems are mostly echoes of the first.
  static constexpr size_t kProblemsMax = 10;

  void Wrong(std::string what) {
    if (dump_.problems.size() < kProblemsMax) dump_.problems.push_back(std::move(what));
  }
  void Same(const std::string& what, uint64_t is, uint64_t should_be) {
    if (is != should_be) Wrong(absl::StrCat(what, " is ", is, ", should be ", should_be));
  }

  bool Take(const Key& key, std::string& value) {
    const auto at = left_.find(key);
    if (at == left_.end()) return false;
    value = std::move(at->second);
    left_.erase(at);
    return true;
  }
  // All keys with the prefix, which is cut off.
  KeyValues TakeAll(const std::string& prefix) {
    KeyValues taken;
    auto at = left_.lower_bound(prefix);
    while (at != left_.end() && at->first.compare(0, prefix.size(), prefix) == 0) {
      taken.emplace(at->first.substr(prefix.size()), std::move(at->second));
      at = left_.erase(at);
    }
    return taken;
  }
  void Expect(const Key& key, const std::string& what, const std::string& expected = "") {
    std::string value;
    if (!Take(key, value)) {
      Wrong(absl::StrCat(what, " is missing: ", absl::CHexEscape(key)));
    } else if (value != expected) {
      Wrong(absl::StrCat(what, " says ", absl::CHexEscape(value)));
    }
  }

  KeyValues left_;
  StoreDump dump_;
};

}  // namespace revops::test
