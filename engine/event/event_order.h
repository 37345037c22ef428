// Event order: (occurred_at normalised by its precision, source, sequence, id). Never arrival.
#pragma once

#include <cstdint>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "revops/v1/event.pb.h"

namespace revops {

// Bytes that compare as the events do.
// order_key := occurred_at (ordered, 8 bytes) source NUL sequence (ordered, 8 bytes) id
// on disk: never change.
struct OrderParts {
  int64_t at = 0;  // Units: microseconds, normalised.
  absl::string_view source;
  int64_t sequence = 0;
  absl::string_view id;
};
std::string OrderKey(const OrderParts& parts);

// The instant at the head of an order key. Units: microseconds.
int64_t InstantOf(absl::string_view order_key);

// occurred_at by its precision: an INSTANT as it is; a DAY or MONTH at the start of its local day
// or month in the event's zone, or, for an event that closes something, at its last microsecond.
// Errors: kInvalidArgument for an unknown zone.
absl::StatusOr<int64_t> NormalisedInstant(const v1::Event& event);

}  // namespace revops
