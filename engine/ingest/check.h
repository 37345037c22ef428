// What ingest refuses, and why: shape, limits, required fields, sane times, well-formed money.
//
// The codec (engine/event/codec.h) checks what folding needs of any record of the log; ingest is
// stricter, because here a publisher still hears of it.
#pragma once

#include <cstdint>
#include <string>

#include "absl/types/optional.h"
#include "revops/v1/event.pb.h"

namespace revops {

struct Refusal {
  std::string code;    // one lower-case word with "_" that never changes meaning
  std::string reason;  // what, where, the value, and the remedy
};

// How far in the future an event may lie: clocks differ, and a DAY has its zone.
constexpr int64_t kFutureMicrosMax = int64_t{36} * 3600 * 1'000'000;
constexpr int kPropertiesMax = 64;
constexpr size_t kTextBytesMax = 4096;

// `now`: microseconds since the epoch.
absl::optional<Refusal> CheckForIngest(const v1::Event& event, int64_t now);

}  // namespace revops
