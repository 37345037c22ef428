// Erasure: what an event may still say once one of its ids is erased.
#pragma once

#include "revops/v1/event.pb.h"

namespace revops {

// Clears every field marked (personal), in all depths, and fields unknown here (a newer
// publisher's may be personal). Applying it again changes nothing.
void Redact(v1::Event& event);

}  // namespace revops
