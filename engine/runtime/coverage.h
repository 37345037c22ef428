// Whether the stores have folded what a position covers, and all that it caused.
//
// An event may be forwarded to its home, and a link may move journeys between partitions. So a
// position is covered in rounds: first its own offsets are reached; then whatever the stores had
// sent on by then is reached, under a link version that covers all links seen by then; and again,
// until a round passed in which nothing more can have moved. Hops end because each raises the link
// version.
// A partition may change hands while one waits, and the new owner's store may be an older one: then
// what was found before says nothing of it, and the rounds begin anew.
// Source: DESIGN.md §5.8. Thread safety: none; one per question.
#pragma once

#include <string>
#include <vector>

#include "engine/event/position.h"
#include "revops/v1/stored.pb.h"

namespace revops {

class Coverage {
 public:
  explicit Coverage(Position position) : position_(std::move(position)) {}

  // Tells how far the stores are now (partition -> progress, all partitions; nothing of one that
  // nobody owns). True if the position is covered by these stores.
  bool Reached(const std::vector<v1::StoredProgress>& stores);

  // partition -> what it must have read before it is worth asking again; nothing of the others.
  std::vector<v1::StoredProgress> Wanted() const;

  // What is still missing, for an error message.
  std::string Missing() const { return missing_; }

 private:
  void BeginRound(const std::vector<v1::StoredProgress>& stores);

  const Position position_;
  std::vector<v1::StoredProgress> before_;  // of the call before
  bool covered_ = false;
  bool in_round_ = false;
  std::vector<uint64_t> routed_;  // partition -> offset of `routed` this round waits for
  uint64_t link_version_ = 0;     // every store waits for it
  bool versions_equal_ = false;   // all stores stood at round_version_ when the round began
  uint64_t round_version_ = 0;
  std::string missing_;
};

// Whether a store has read all that another (or it itself, before) had read.
bool ReadAsMuch(const v1::StoredProgress& store, const v1::StoredProgress& other);

}  // namespace revops
