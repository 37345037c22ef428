// What a subject resolves to under one link version: its root, its person, its opportunity.
//
// It remembers what it found, up to a limit. Where links cannot be read it answers as if there were
// none, and status() says so: whoever resolved must ask it before anything rests on the answers.
// Source: DESIGN.md §5.2 and §5.3.
// Thread safety: none; each partition has its own. Lifetime: the table must outlive it.
#pragma once

#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
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

  // The first error that reading links met, for ever: a resolver that met one is of no more use.
  // Errors: kUnavailable, kDataLoss.
  const absl::Status& status() const { return status_; }

 private:
  // The value; on an error an empty one, and status() has it.
  template <typename T>
  T ValueOf(absl::StatusOr<T> value) {
    if (value.ok()) return *std::move(value);
    status_.Update(value.status());
    return T();
  }
  Id ParentOf(const Id& id) { return ValueOf(table_.Parent(id, version_)); }
  // All tenures of all records that go on as `person`, in event order; accounts followed.
  const std::vector<Tenure>& TenuresOf(const Id& person);
  // The account (followed) that a followed id belongs to; empty if none.
  Id AccountOf(const Id& followed, int64_t at);

  const LinkTable& table_;
  LinkVersion version_ = 0;
  absl::Status status_;
  // Of linked ids only; cleared when they are full.
  absl::flat_hash_map<Id, Id> follows_;
  absl::flat_hash_map<Id, Id> goes_on_;
  absl::flat_hash_map<Id, std::vector<Tenure>> tenures_;
};

}  // namespace revops
