// What lead events tell of a person: the state of the hand-over in short, and declarations.
#pragma once

#include "engine/fold/projection.h"
#include "revops/v1/views.pb.h"

namespace revops {

// Whether the event declares the person qualified, and not only says again what stands.
bool DeclaresAnew(const v1::Lead& event, const v1::LeadView& lead);

// Notes the action, owner, origin, rating and reason that a lead event tells.
void NoteAction(const Fact& fact, v1::LeadView& lead);

}  // namespace revops
