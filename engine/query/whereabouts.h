// Where an entity lives, under one store's own link version: what a row or event of it is told
// apart by as current or of the past.
//
// Thread safety: none; one per question and partition.
#pragma once

#include "engine/identity/resolver.h"

namespace revops {

class Whereabouts {
 public:
  // Lifetime: `links` outlives it.
  Whereabouts(const LinkTable& links, LinkVersion version);

  // The id of its own sort that `id` goes on as, after links and merges.
  Id GoesOnAs(const Id& id) { return resolver_.GoesOnAs(id); }

  // The root of an event about `entity` alone at that instant. Units: microseconds.
  Id RootAt(const Id& entity, int64_t at) { return resolver_.Resolve({entity}, at, entity).root; }

  // Whether a row about `entity` in the journey of `root` is of now: a person's where links say
  // that they belong at the instant (any, if no link ever said so), a deal's at the account it is
  // linked to. Of anything else every row is current.
  bool Current(const Id& root, const Id& entity, int64_t at);

  // An error that reading links met: no answer above can be relied on then.
  const absl::Status& status() const { return resolver_.status(); }

 private:
  Resolver resolver_;
};

}  // namespace revops
