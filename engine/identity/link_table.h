// Every link and erasure that `identities` holds, as a function of how much of it one looks at.
//
// A version is an offset of `identities`: the table at version v is a function of the records
// before v, whatever came later. So several partitions, each at a version of its own, share it.
//   Conflicts: of the copies of one (source, id) the highest revision stands, then the smallest
//   (occurred_at, bytes); a voided copy that stands has no effect.
//   A child's parent: its latest link in event order; of what belongs to an account (a deal), its
//   latest link to one of its own kind, and the account only if there is none in force. So a merged
//   deal stays merged when its account is said again.
// What it knows lies in a LinkStore; in memory are 16 bytes an id, what is erased, and what was
// asked for lately. Thread safety: Add and AddUnreadable from one thread at a time; questions from
// any thread.
#pragma once

#include <atomic>
#include <memory>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/container/flat_hash_set.h"
#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/synchronization/mutex.h"
#include "engine/event/codec.h"
#include "engine/identity/link_store.h"
#include "revops/v1/stored.pb.h"

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
  // Empty, in memory.
  LinkTable() : LinkTable(MemoryLinkStore()) {}

  // What `store` holds of the log of that identity; of another log's it must be empty.
  // Errors: kFailedPrecondition if it holds another log's links, kDataLoss if it is damaged: remove
  // it, and the links are read again; kUnavailable if the disk refuses.
  static absl::StatusOr<std::unique_ptr<LinkTable>> Open(std::unique_ptr<LinkStore> store,
                                                         absl::string_view log_identity);

  // Takes the record at offset end(). `fingerprint` tells it from another one that might stand
  // there (runtime/log_place.h). Errors: kUnavailable if the disk refuses; nothing was taken, and
  // it can be tried again.
  absl::Status Add(const DecodedEvent& event, uint64_t fingerprint = 0);
  // Takes the record at offset end() when it does not decode: it counts as read.
  absl::Status AddUnreadable(uint64_t fingerprint = 0);

  LinkVersion end() const { return end_; }
  // Of the record before end(), as it was given.
  uint64_t fingerprint() const { return progress_.fingerprint(); }

  // Of the records before `version` together; 0: of none. REQUIRES: version <= end().
  absl::StatusOr<uint64_t> Fingerprint(LinkVersion version) const;

  // All questions. Errors: kUnavailable, kDataLoss if the store cannot be read.

  // Whether this very copy is held, at any offset.
  absl::StatusOr<bool> Contains(const DecodedEvent& event) const;

  // The parent of `child` by its links other than tenures; empty if none.
  absl::StatusOr<Id> Parent(const Id& child, LinkVersion version) const;

  // The child's own tenures, in event order.
  absl::StatusOr<std::vector<Tenure>> Tenures(const Id& child, LinkVersion version) const;

  // Ids that were linked to `parent` at any version.
  absl::StatusOr<std::shared_ptr<const std::vector<Id>>> ChildrenEver(const Id& parent) const;

  // All ids whose resolution, tenures or erasure may differ between the two versions.
  absl::StatusOr<std::set<Id>> Affected(LinkVersion from, LinkVersion to) const;

  bool Erased(const Id& id, LinkVersion version) const;

  // Whether nothing at all is known of the id: what most ids answer. It may rarely say no of one
  // that nothing is known of.
  bool Unknown(const Id& id) const;

 private:
  using Groups = std::vector<v1::StoredLinkCopies>;

  explicit LinkTable(std::unique_ptr<LinkStore> store) : store_(std::move(store)) {}
  absl::Status Load();
  // Goes before every write: after one that was refused, the store must be opened again.
  absl::Status HealIfRefused();
  absl::Status Commit(std::vector<std::pair<std::string, std::string>> changes,
                      const std::vector<Id>& touched, const std::vector<Id>& known,
                      const std::vector<Id>& erased, uint64_t fingerprint);

  absl::StatusOr<v1::StoredLinkRecord> RecordAt(LinkVersion offset) const;
  absl::StatusOr<v1::StoredLinkCopies> CopiesAt(const std::string& key) const;
  // The groups that ever linked `child`.
  absl::StatusOr<std::shared_ptr<const Groups>> GroupsOf(const Id& child) const;
  // What `memory` remembers under `id`, else what `read` gives, remembered.
  template <typename Value>
  using Memory = absl::flat_hash_map<Id, std::shared_ptr<const Value>>;
  template <typename Value>
  absl::StatusOr<std::shared_ptr<const Value>> Remembered(
      Memory<Value>& memory, const Id& id,
      absl::FunctionRef<absl::Status(Value& value)> read) const;
  // Whether the id, or one that was ever linked to it, ever had a tenure.
  absl::StatusOr<bool> TenuredBelow(const Id& id) const;

  const std::unique_ptr<LinkStore> store_;
  v1::StoredLinkProgress progress_;  // the writer's
  bool refused_ = false;             // the last write; the writer's
  std::atomic<LinkVersion> end_{0};

  mutable absl::Mutex mutex_;
  // Hashes of all ids that a link or an erasure names: keeps the store out of most questions.
  absl::flat_hash_set<uint64_t> known_ ABSL_GUARDED_BY(mutex_);
  // erased id -> first offset that erases it
  absl::flat_hash_map<Id, LinkVersion> erased_ ABSL_GUARDED_BY(mutex_);
  // What was asked for lately, of ids that anything is known of; cleared when full.
  mutable Memory<Groups> groups_ ABSL_GUARDED_BY(mutex_);
  mutable Memory<std::vector<Id>> children_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace revops
