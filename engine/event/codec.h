// The only parser of log bytes.
//
// Two readers: Decode for what comes from a topic (untrusted, whole), ScanHead for the canonical
// bytes that Decode made (trusted, a few fields, no allocation beyond the subject).
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/optional.h"
#include "engine/event/id.h"
#include "revops/v1/event.pb.h"

namespace revops {

// Limits of what can be folded at all; ingest refuses more (engine/ingest/check.h).
constexpr size_t kEventBytesMax = 64 << 10;
constexpr int kSubjectIdsMax = 16;
constexpr int64_t kOccurredAtMin = -2'208'988'800'000'000;  // 1900-01-01, microseconds
constexpr int64_t kOccurredAtMax = 7'258'118'400'000'000;   // 2200-01-01, microseconds

// What a record of `touchpoints` says.
struct DecodedEvent {
  v1::Event event;          // without recorded_at
  std::string bytes;        // canonical: event, serialized deterministically
  int64_t at = 0;           // Units: microseconds, normalised occurred_at
  int64_t recorded_at = 0;  // Units: microseconds
};

// `appended_at` stands in for a recorded_at that the publisher left out. Units: microseconds.
// Errors: kInvalidArgument, saying what is wrong with it: the record is a dead letter, kept under
// RecordRoot(bytes).
absl::StatusOr<DecodedEvent> Decode(absl::string_view bytes, int64_t appended_at);

// The same into `decoded`, whose memory is used again: for those who read many.
absl::Status DecodeInto(absl::string_view bytes, int64_t appended_at, DecodedEvent& decoded);

// Makes bytes, at and recorded_at from `event` and checks it like Decode.
absl::StatusOr<DecodedEvent> Canonical(v1::Event event, int64_t appended_at);

// What order, identity and conflicts need of an event.
struct EventHead {
  absl::string_view source;  // Lifetime: that of the bytes scanned, as id.
  absl::string_view id;
  int64_t sequence = 0;
  uint32_t revision = 0;
  bool voided = false;
  std::vector<Id> subject;
};
// REQUIRES: `canonical` was made by Decode or Canonical.
EventHead ScanHead(absl::string_view canonical);
// The same for bytes that were stored and may be damaged; nothing if they cannot be canonical.
absl::optional<EventHead> ScanStoredHead(absl::string_view bytes);

// Where a record that does not decode lives: alone, under the hash of its bytes.
Id RecordRoot(absl::string_view bytes);

}  // namespace revops
