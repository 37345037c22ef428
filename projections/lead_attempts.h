// The hand-overs of a lead from marketing to sales: each is an attempt of its own, with its clocks.
#pragma once

#include "absl/status/status.h"
#include "engine/fold/projection.h"
#include "revops/v1/views.pb.h"

namespace revops {

// What a lead event says of the hand-over it is about.
// Errors: kInvalidArgument for a calendar that is not in the model.
absl::Status ApplyToAttempt(const Fact& fact, const RevenueModel& model, v1::LeadView& lead);

// Whether the event is about a hand-over that is not known yet.
bool OpensAttempt(const v1::Lead& event, const v1::LeadView& lead);

// Notes the action, owner, origin, rating and reason that a lead event tells.
void NoteAction(const Fact& fact, v1::LeadView& lead);

// Notes the first touch by hand after the hand-over. A sequence is none, nor is marketing.
// Source: contract.md, "a SEQUENCE touch is not contact".
void NoteHumanTouch(const Fact& fact, v1::LeadView& lead);

// What the current hand-over waits for at an instant (or that it has lapsed), and whether its first
// touch is overdue.
void PresentAttempt(int64_t instant, const RevenueModel& model, v1::LeadView& lead);

}  // namespace revops
