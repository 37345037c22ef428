// Every link and erasure that `identities` holds, as a function of how much of it one looks at.
//
// A version is an offset of `identities`: the table at version v is a function of the records
// before v, whatever came later. So several partitions, each at a version of its own, share it.
//   Conflicts: of the copies of one (source, id) the highest revision stands, then the smallest
//   (occurred_at, bytes); a voided copy that stands has no effect.
//   A child's parent: its latest link in event order; of what belongs to an account (a deal), its
//   latest link to one of its own kind, and the account only if there is none in force. So a merged
//   deal stays merged when its account is said again.
// Thread safety: all functions may be called from any thread.
#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/container/flat_hash_set.h"
#include "absl/synchronization/mutex.h"
#include "engine/event/codec.h"
#include "engine/identity/links.h"

namespace revops {

// Next offset of `identities` that is not looked at.
using LinkVersion = uint64_t;

// A person's link to an account, or its end (account empty).
struct Tenure {
  std::string order_key;  // of the linking event
  Id account;
};

class LinkTable {
 public:
  // Takes the record at offset end(). `record_fingerprint` tells it from another one that might
  // stand there (runtime/log_place.h).
  void Add(const DecodedEvent& event, uint64_t record_fingerprint = 0);
  // Takes the record at offset end() when it does not decode: it counts as read.
  void AddUnreadable(uint64_t record_fingerprint = 0);

  LinkVersion end() const;

  // Of the records before `version` together; 0: of none. REQUIRES: version <= end().
  uint64_t Fingerprint(LinkVersion version) const;

  // Whether this very copy is held, at any offset.
  bool Contains(const DecodedEvent& event) const;

  // The parent of `child` by its links other than tenures; empty if none.
  Id Parent(const Id& child, LinkVersion version) const;

  // The child's own tenures, in event order.
  std::vector<Tenure> Tenures(const Id& child, LinkVersion version) const;

  // Ids that were linked to `parent` at any version.
  std::vector<Id> ChildrenEver(const Id& parent) const;

  bool Erased(const Id& id, LinkVersion version) const;

  // All ids whose resolution, tenures or erasure may differ between the two versions.
  std::set<Id> Affected(LinkVersion from, LinkVersion to) const;

  // Whether nothing at all is known of the id: what most ids answer.
  bool Unknown(const Id& id) const;

 private:
  struct Copy {
    LinkVersion offset;
    uint32_t revision;
    bool voided;
    int64_t at;
    std::string order_key;
    std::string bytes;
    std::vector<Link> links;
  };
  using Copies = std::vector<Copy>;

  // The standing copy below `version`; null if there is none, or if it is voided.
  static const Copy* Standing(const Copies& copies, LinkVersion version);
  // Null if no link of `child` is held.
  const std::vector<const Copies*>* GroupsOf(const Id& child) const
      ABSL_SHARED_LOCKS_REQUIRED(mutex_);

  // Whether the id, or one that was ever linked to it, ever had a tenure.
  bool TenuredBelow(const Id& id) const ABSL_SHARED_LOCKS_REQUIRED(mutex_);

  mutable absl::Mutex mutex_;
  LinkVersion end_ ABSL_GUARDED_BY(mutex_) = 0;
  // source NUL id -> its copies; node-based, so that pointers into it stay valid
  std::map<std::string, Copies> groups_ ABSL_GUARDED_BY(mutex_);
  // child -> the groups that ever linked it
  absl::flat_hash_map<Id, std::vector<const Copies*>> by_child_ ABSL_GUARDED_BY(mutex_);
  // parent -> its children ever
  absl::flat_hash_map<Id, absl::flat_hash_set<Id>> children_ ABSL_GUARDED_BY(mutex_);
  // erased id -> first offset that erases it
  absl::flat_hash_map<Id, LinkVersion> erased_ ABSL_GUARDED_BY(mutex_);
  void Count(uint64_t record_fingerprint) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  // offset -> fingerprint of the records up to it
  std::vector<uint64_t> fingerprints_ ABSL_GUARDED_BY(mutex_);
  // offset -> ids it concerns directly
  std::vector<std::vector<Id>> touched_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace revops
