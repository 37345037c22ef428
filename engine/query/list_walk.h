// The items of one list over all partitions of a look, in the list's order.
#pragma once

#include <string>

#include "engine/query/look.h"

namespace revops {

class ListWalk {
 public:
  virtual ~ListWalk() = default;

  virtual bool valid() const = 0;
  // REQUIRES of the four: valid(). Lifetime of the views: until Next.
  virtual int partition() const = 0;
  virtual absl::string_view key() const = 0;
  virtual absl::string_view value() const = 0;
  virtual void Next() = 0;

  // Errors: those of the stores; items may be missing then.
  virtual absl::Status status() const = 0;
};

// The place from which a walk goes on after `key`, in either order.
std::string PlaceAfter(absl::string_view key, WalkOrder order);

}  // namespace revops
