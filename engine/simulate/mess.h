// What happens to an event on its way: late, twice, wrong at first, contradicted, invented and
// taken back. Every copy it makes stays a valid event.
#pragma once

#include "absl/functional/function_ref.h"
#include "engine/simulate/calendar.h"
#include "engine/simulate/random.h"
#include "engine/simulate/simulator.h"
#include "revops/v1/event.pb.h"

namespace revops::simulation {

// How much may happen to an event.
enum class Care {
  kUsual,  // everything
  kLink,   // late and twice, never with another content: links, definitions
  kExact,  // nothing but the ordinary delay: stories
};

// Calls `arrive` with each copy of `event` and the instant of its arrival; `arrives_at` is that of
// an ordinary one.
void Spoil(v1::Event event, Instant arrives_at, Care care, const NoiseOptions& noise,
           Random& random, absl::FunctionRef<void(v1::Event copy, Instant arrives_at)> arrive);

}  // namespace revops::simulation
