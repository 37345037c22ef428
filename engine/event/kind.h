// The kind of an event in one word, and whether the customer and the company met in it.
//
// Rules, timelines and measures name kinds: "page_view", "webinar.attended", "lead.accepted",
// "opportunity_closed.won", "proposal.sent". A kind is the body's name and, where the body has one,
// its action, result, outcome, kind or instrument.
#pragma once

#include "absl/strings/string_view.h"
#include "revops/v1/event.pb.h"

namespace revops {

// The kind of `event`; a Custom event's is the kind it names, one without a body that we know (of a
// newer publisher) is "unknown". An action left unspecified or unknown gives the body's name alone.
// Lifetime: a Custom event's kind lives as long as `event`, all others for ever.
absl::string_view KindOf(const v1::Event& event);

// True for a kind that KindOf can give for a body other than Custom; with or without its action
// ("webinar", "webinar.attended").
bool IsKnownKind(absl::string_view kind);

// A touchpoint: the customer and the company met. What one side only did towards the other is none:
// a mail sent, delivered or bounced, an invitation, an absence, an unanswered call, a booking
// cancelled, a step of a program.
bool IsTouchpoint(const v1::Event& event);

// Somebody of ours reached out by hand: a call (answered or not), a mail or message, a meeting or
// demo booked or held, a document sent. Made by a sequence or a system it is none; where the source
// does not say, an event with an actor counts as made by hand, unless it is INBOUND.
// Source: contract.md, "a SEQUENCE touch is not contact".
bool IsHumanTouch(const v1::Event& event);

}  // namespace revops
