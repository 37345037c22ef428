// A ranked list over all partitions of a look, in the order of one instant: its runs, each of which
// is stored in an order that time does not change, merged by rank.
//
//   order := rank, then key       run := all keys of a list that share the byte after the prefix
// A walk holds a few items of each run and partition at a time, however long they are.
// Thread safety: none. Lifetime: the look outlives it.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "engine/query/list_walk.h"

namespace revops {

class RankedWalk final : public ListWalk {
 public:
  // Of the first kRankedBytes of a sort key; as Projection::RankAt promises.
  using Rank = std::function<int64_t(absl::string_view run_and_place)>;

  // `after`: a whole key of the list, after whose place in the order the walk begins; it need not
  // be there any more. Empty: all of the list.
  RankedWalk(const Look& look, std::string prefix, absl::string_view after, WalkOrder order,
             Rank rank);

  bool valid() const override { return !heap_.empty(); }
  int partition() const override { return heap_.front()->partition; }
  absl::string_view key() const override { return heap_.front()->item().key; }
  absl::string_view value() const override { return heap_.front()->item().value; }
  void Next() override;
  absl::Status status() const override { return status_; }

 private:
  struct Item {
    int64_t rank;
    std::string key, value;
  };
  // One run in one partition: the items read so far, of which `at` is next.
  struct Run {
    int partition;
    std::string prefix;  // of the list, and the run's byte
    std::vector<Item> items;
    size_t at = 0;
    size_t read_max = 1;  // how many items to read next

    const Item& item() const { return items[at]; }
  };

  void FindRuns(const Look& look, absl::string_view after);
  // Where the walk begins in a run; false: the run ends before `after`.
  bool PlaceIn(uint8_t run, absl::string_view after, std::string& place) const;
  // The next items of the run, from `place` on.
  void Read(Run& run, absl::string_view place);
  // Whether a comes later than b in the walk.
  bool Later(const Run* a, const Run* b) const;

  const Look& look_;
  const std::string prefix_;
  const WalkOrder order_;
  const Rank rank_;
  std::vector<Run> runs_;
  std::vector<Run*> heap_;  // runs with an item, the next one in front
  absl::Status status_;
};

}  // namespace revops
