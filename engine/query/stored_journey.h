// One journey as a store holds it, read no further than a question needs.
//
// Thread safety: none. Lifetime: the reader it is loaded from outlives it.
#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "engine/view/journey_head.h"
#include "engine/view/view_store.h"

namespace revops {

class StoredJourney {
 public:
  StoredJourney() = default;
  StoredJourney(const StoredJourney&) = delete;
  StoredJourney& operator=(const StoredJourney&) = delete;

  // Reads its head; false if there is no such journey. Call it once, first.
  // Errors of all: kDataLoss, kUnavailable.
  absl::StatusOr<bool> Load(const ViewReader& store, uint128 root16);

  uint128 root16() const { return root16_; }
  Id root() const { return Id::FromBytes(head_.root); }
  const HeadView& head() const { return head_; }

  // The bytes of a row; false if there is none.
  absl::StatusOr<bool> FindRow(uint8_t projection, absl::string_view entity,
                               std::string& row) const;

  // Whether it holds any row of that projection.
  absl::StatusOr<bool> HasRows(uint8_t projection) const;

 private:
  const ViewReader* store_ = nullptr;  // never null once loaded
  uint128 root16_ = 0;
  std::string bytes_;
  HeadView head_;  // views into bytes_
};

}  // namespace revops
