// The contract between the rules of one view and the engine that runs them.
//
// A projection is a pure fold over one journey's facts, in event time. The engine promises it:
//   (1) Facts arrive in event order, each exactly once; facts derived by an earlier projection of
//       the registry follow the fact that caused them.
//   (2) An event that Apply refuses becomes a dead letter of this projection alone, and is offered
//       again whenever its past changes.
// The projection promises the engine:
//   (3) What it does depends on the fact, its rows and the model alone. Why: history must fold to
//       the same bytes in any batch, on any machine, or a rebuild cannot be told from a bug.
//   (4) Apply checks before it changes anything.
//   (5) No clock, randomness, I/O, locale, floating point or unordered iteration.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "engine/base/int128.h"
#include "engine/event/id.h"
#include "engine/model/model.h"
#include "google/protobuf/message.h"
#include "revops/v1/event.pb.h"

namespace revops {

// A person came to, or went from, the account whose journey this is. Derived from the link table.
struct TenureChange {
  Id person;
  bool joined = false;  // false: left
  Id other;             // joined: the account before; left: the account after; empty if none
};

// One thing that happened in a journey: an event, a tenure change, or what a projection derived.
struct Fact {
  // The event; of a derived fact the one that caused it; null for a tenure change and its derived.
  const v1::Event* event = nullptr;
  const TenureChange* tenure = nullptr;                // null: none
  const google::protobuf::Message* derived = nullptr;  // null: this is the event or change itself

  // Units: microseconds. occurred_at is normalised by its precision (DESIGN: event order).
  int64_t occurred_at = 0;
  int64_t recorded_at = 0;

  // What the subject resolves to, after links and merges. root is the journey's; the others are
  // empty when the subject has none.
  Id root;
  Id person;  // contact, lead or anonymous visitor
  Id opportunity;

  // The journey's account; empty while nothing links it to one.
  Id account() const { return root.kind() == v1::ACCOUNT ? root : Id(); }
  // The derived fact as a T; null if it is none.
  template <typename T>
  const T* As() const {
    return derived != nullptr && derived->GetDescriptor() == T::descriptor()
               ? static_cast<const T*>(derived)
               : nullptr;
  }
};

// What cells add up. Names and orders are on disk: never change, never reuse.
struct Measure {
  absl::string_view name;  // unique among all projections: "touches"
  enum class Unit { kCount, kMicros } unit = Unit::kCount;  // kMicros: of the currency dimension
  std::vector<absl::string_view> dimensions;                // {"channel", "campaign", "team"}
  // Each set names dimensions by index; one cell is kept per set. At most 6; {} is the total.
  std::vector<std::vector<int>> grouping_sets;
};

// A sorted list of rows: "open deals by close date".
struct IndexList {
  absl::string_view name;     // unique in its projection
  absl::string_view sort_by;  // in words, for help texts
  // The order changes with time: rows come in ascending order of RankAt at the asking instant, then
  // of sort_key. What time cannot change is stored: rows of one run keep their order for ever, so
  // that a reader only merges runs.
  bool ranked = false;
};

// Where a row stands in a list; rows come in ascending order of sort_key bytes. In a ranked list
// sort_key begins with the run (one byte below 255) and the row's place in it (eight bytes).
struct IndexKey {
  absl::string_view list;
  std::string sort_key;
};

// Rows and counts of one journey, as one projection may touch them during Apply.
class Fold {
 public:
  virtual ~Fold() = default;

  virtual const RevenueModel& model() const = 0;

  // The row of `entity`, made (default message) if there is none. May be changed until Apply
  // returns.
  template <typename Row>
  Row& row(const Id& entity) {
    return static_cast<Row&>(MutableRow(entity));
  }
  // The row, or null if there is none.
  template <typename Row>
  const Row* find(const Id& entity) {
    return static_cast<const Row*>(FindRow(entity));
  }
  virtual void Remove(const Id& entity) = 0;

  // Adds `delta` to the measure's cells of that day, one per grouping set. `dims` has one value
  // per dimension; "" means not known. Units: `day` is a day number of the model's time zone.
  virtual void Count(const Measure& measure, int32_t day, absl::Span<const absl::string_view> dims,
                     int128 delta) = 0;

  // A fact for the projections after this one, at the instant of its cause. They see the cause
  // first.
  virtual void Derive(std::unique_ptr<google::protobuf::Message> fact) = 0;

 protected:
  virtual google::protobuf::Message& MutableRow(const Id& entity) = 0;
  virtual const google::protobuf::Message* FindRow(const Id& entity) = 0;
};

class Projection {
 public:
  virtual ~Projection() = default;

  // Part of every stored key and of the query API. on disk: never change, never reuse.
  virtual absl::string_view name() const = 0;

  // Raised whenever Apply or the row message changes meaning; views then need a new generation.
  virtual int version() const = 0;

  // One sentence for help texts.
  virtual absl::string_view summary() const = 0;

  // An empty row.
  virtual const google::protobuf::Message& prototype() const = 0;

  // All measures it counts and all lists its rows may stand in.
  virtual const std::vector<Measure>& measures() const = 0;
  virtual const std::vector<IndexList>& indexes() const = 0;

  // Folds `fact` into this projection's rows of the journey, and counts what it adds to shared
  // measures.
  // Errors: kInvalidArgument if the event does not apply. No other code.
  virtual absl::Status Apply(const Fact& fact, Fold& fold) const = 0;

  // The lists this row stands in; at most one key a list.
  virtual std::vector<IndexKey> IndexKeys(const google::protobuf::Message& row) const = 0;

  // Of a ranked list: the rank, at `instant`, of a row whose sort_key begins with these
  // kRankedBytes. Asked for the runs of rows, but for any place in them. In one run, at any
  // instant, a greater place never has a smaller rank. Units: microseconds.
  static constexpr size_t kRankedBytes = 9;
  virtual int64_t RankAt(absl::string_view list, absl::string_view run_and_place, int64_t instant,
                         const RevenueModel& model) const {
    return 0;
  }

  // Turns a stored row into what a reader sees at `instant` (a decayed score, days in stage).
  // Units: microseconds.
  virtual void Present(int64_t instant, const RevenueModel& model,
                       google::protobuf::Message& row) const = 0;
};

// The one list of projections, in the order they run.
using Registry = std::vector<std::unique_ptr<const Projection>>;

}  // namespace revops
