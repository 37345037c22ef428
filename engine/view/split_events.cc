#include "engine/view/split_events.h"

#include <algorithm>
#include <functional>
#include <map>
#include <set>
#include <utility>

#include "engine/base/hash.h"
#include "engine/base/status.h"
#include "engine/fold/journal.h"
#include "engine/view/journey_head.h"
#include "engine/view/stored_journal.h"

namespace revops {
namespace {

constexpr size_t kRootsMax = 10;

// Every event's name, with the root of its journey; a journey names each once.
using Take = std::function<void(absl::string_view name, const Id& root)>;
absl::Status ForEachName(const std::vector<const ViewReader*>& stores, const Take& take) {
  for (const ViewReader* store : stores) {
    absl::Status status;
    RETURN_IF_ERROR(store->Scan("S", [&](absl::string_view, absl::string_view value) {
      const absl::StatusOr<JourneyHead> head = DecodeHead(value);
      if (!head.ok()) {
        status = head.status();
        return false;
      }
      const absl::StatusOr<StoredJournal> journal =
          LoadJournal(*store, Root16(head->root), head->tail);
      if (!journal.ok()) {
        status = journal.status();
        return false;
      }
      for (const Entry& entry : journal->entries) {
        // What does not decode is named by its bytes, and so is its root.
        if (!entry.standing().unreadable) take(entry.name, head->root);
      }
      return true;
    }));
    RETURN_IF_ERROR(status);
  }
  return absl::OkStatus();
}

// The fingerprints from `from` on, as many as fit: of a name that many journeys hold, two.
class Fingerprints {
 public:
  Fingerprints(uint64_t from, size_t held_max) : from_(from), held_max_(held_max) {}

  void Add(uint64_t fingerprint) {
    if (fingerprint < from_ || fingerprint > last_) return;
    held_.push_back(fingerprint);
    if (held_.size() >= held_max_) MakeRoom();
  }

  // The last one that this pass covers.
  uint64_t last() const { return last_; }

  // Those that were added twice or more, in order.
  std::vector<uint64_t> Repeated() {
    KeepTwoOfEach();
    std::vector<uint64_t> repeated;
    for (size_t i = 1; i < held_.size(); ++i) {
      if (held_[i] == held_[i - 1]) repeated.push_back(held_[i]);
    }
    return repeated;
  }

 private:
  void KeepTwoOfEach() {
    std::sort(held_.begin(), held_.end());
    size_t kept = 0;
    for (const uint64_t fingerprint : held_) {
      if (kept >= 2 && held_[kept - 2] == fingerprint) continue;
      held_[kept++] = fingerprint;
    }
    held_.resize(kept);
  }
  void MakeRoom() {
    KeepTwoOfEach();
    if (held_.size() <= held_max_ / 2) return;
    // The greater half waits for another pass; the smallest always stays in this one.
    last_ = held_[held_.size() / 2 - 1];
    held_.erase(std::upper_bound(held_.begin(), held_.end(), last_), held_.end());
  }

  const uint64_t from_;
  const size_t held_max_;
  uint64_t last_ = UINT64_MAX;
  std::vector<uint64_t> held_;
};

SplitEvent Describe(const std::string& name, const std::set<Id>& roots) {
  SplitEvent event;
  const size_t end = name.find('\0');
  event.source = name.substr(0, end);
  event.id = end == std::string::npos ? "" : name.substr(end + 1);
  event.journeys = roots.size();
  for (const Id& root : roots) {
    if (event.roots.size() < kRootsMax) event.roots.push_back(root);
  }
  return event;
}

}  // namespace

absl::StatusOr<SplitEvents> FindSplitEvents(const std::vector<const ViewReader*>& stores,
                                            const SplitOptions& options) {
  REVOPS_CHECK(options.fingerprints_max >= 4);
  SplitEvents split;
  std::set<uint64_t> listed;
  uint64_t from = 0;
  while (true) {
    Fingerprints pass(from, options.fingerprints_max);
    RETURN_IF_ERROR(
        ForEachName(stores, [&](absl::string_view name, const Id&) { pass.Add(Hash64(name)); }));
    for (const uint64_t repeated : pass.Repeated()) {
      ++split.count;
      if (listed.size() < options.listed_max) listed.insert(repeated);
    }
    if (pass.last() == UINT64_MAX) break;
    from = pass.last() + 1;
  }
  if (listed.empty()) return split;

  std::map<std::string, std::set<Id>> journeys;
  RETURN_IF_ERROR(ForEachName(stores, [&](absl::string_view name, const Id& root) {
    if (listed.count(Hash64(name)) > 0) journeys[std::string(name)].insert(root);
  }));
  for (const auto& [name, roots] : journeys) {
    // Two names of one fingerprint are no finding.
    if (roots.size() > 1) split.first.push_back(Describe(name, roots));
  }
  if (split.count <= options.listed_max) split.count = split.first.size();
  return split;
}

}  // namespace revops
