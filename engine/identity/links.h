// Which links an event carries, and which links mean anything.
#pragma once

#include <vector>

#include "engine/event/id.h"
#include "revops/v1/event.pb.h"

namespace revops {

// From a child to its parent; parent is empty when the event takes the link away.
struct Link {
  Id child;
  Id parent;
  // A tenure is a person's link to an account: in force from its instant to the next one's. Any
  // other link holds for all time.
  bool tenure = false;
  // What is neither person nor account (a deal) and its account. Kept apart from what the child
  // goes on as, so that repeating the account of a merged deal does not undo the merge.
  bool belonging = false;
};

// The links an event carries, sensible ones only: a parent is of the child's kind or of one that
// a child of that kind belongs to (anonymous -> lead -> contact -> account;
// opportunity -> account).
std::vector<Link> LinksOf(const v1::Event& event);

// Whether the event belongs on `identities`: it carries links, or it is an erasure.
bool ConcernsIdentity(const v1::Event& event);

}  // namespace revops
