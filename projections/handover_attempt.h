// One attempt to hand a person over to sales: its steps and its clocks. A row changes by these
// alone.
#pragma once

#include "engine/fold/projection.h"
#include "revops/v1/views.pb.h"

namespace revops {

// Begins: clocks run from the hand-over, in the first calendar until an owner brings their own.
// `kind` is that of the event that made the lead qualify.
void HandOver(int64_t at, bool by_day, absl::string_view kind, const RevenueModel& model,
              v1::HandOverView& attempt);

// Takes over what a lead event says of the attempt.
void ApplyLeadAction(const Fact& fact, const RevenueModel& model, v1::HandOverView& attempt);

// The first touch by hand, by sales, after the hand-over.
// Source: contract.md, "a SEQUENCE touch is not contact".
void TouchByHand(const Fact& fact, const RevenueModel& model, v1::HandOverView& attempt);

// The person leaves the account or is deleted, or comes back: meanwhile nobody is waited for.
void LeaveOrComeBack(int64_t at, bool leaves, v1::HandOverView& attempt);

// A deal came of it: with what is skipped counted as passed. `at`: when the deal opened.
void LeadToDeal(int64_t at, const Id& deal, v1::HandOverView& attempt);

// What it waits for at an instant (or that it has lapsed), and whether its first touch is late.
void PresentAttempt(int64_t instant, v1::HandOverView& attempt);

}  // namespace revops
