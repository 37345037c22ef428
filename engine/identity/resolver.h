// What a subject resolves to under one link version: its root, its person, its opportunity.
//
// Source: DESIGN.md §5.2 and §5.3.
// Thread safety: none; each partition has its own. Lifetime: the table must outlive it.
#pragma once

#include <set>
#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "engine/identity/link_table.h"

namespace revops {

struct Resolution {
  Id root;
  Id person;       // empty if the subject names none
  Id opportunity;  // empty if the subject names none
};

// A person came to or went from an account, as the account's journey is told of it.
struct TenureAt {
  std::string order_key;  // of the linking event
  Id person;
  bool joined = false;
  Id other;  // joined: the account before; left: the account after; empty if none

  friend bool operator==(const TenureAt& a, const TenureAt& b) {
    return a.order_key == b.order_key && a.person == b.person && a.joined == b.joined &&
           a.other == b.other;
  }
};

class Resolver {
 public:
  explicit Resolver(const LinkTable& table) : table_(table) {}

  LinkVersion version() const { return version_; }

  // Answers from now on as of `version`, forgetting what it remembered of `affected`.
  void Advance(LinkVersion version, const std::set<Id>& affected);

  // `at`: the event's normalised occurred_at. `fallback`: the root of an event without a subject.
  Resolution Resolve(const std::vector<Id>& subject, int64_t at, const Id& fallback);

  // The id that `id` goes on as, after links and merges, tenures apart. A cycle counts as its
  // smallest id.
  Id Follow(const Id& id);

  // The id of its own sort that `id` goes on as: a visitor's contact, the deal a deal was merged
  // into; not the account that a deal belongs to. What rows are keyed by.
  Id GoesOnAs(const Id& id);

  // When `person` (followed) joined and left `account`, in event order.
  std::vector<TenureAt> TenuresIn(const Id& account, const Id& person);

  // Whether any link ever said which account `person` (followed) belongs to.
  bool HasTenures(const Id& person);

  bool Erased(const Id& id) const { return table_.Erased(id, version_); }

 private:
  // All tenures of all records that go on as `person`, in event order; accounts followed.
  const std::vector<Tenure>& TenuresOf(const Id& person);
  // The account (followed) that a followed id belongs to; empty if none.
  Id AccountOf(const Id& followed, int64_t at);

  const LinkTable& table_;
  LinkVersion version_ = 0;
  absl::flat_hash_map<Id, Id> follows_;                   // linked ids only
  absl::flat_hash_map<Id, std::vector<Tenure>> tenures_;  // linked persons only
};

}  // namespace revops
