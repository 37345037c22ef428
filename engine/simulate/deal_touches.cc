#include "engine/simulate/deal_touches.h"

#include <string>
#include <utility>

#include "absl/strings/str_format.h"
#include "engine/simulate/visits.h"
#include "engine/simulate/voice.h"

namespace revops::simulation {
namespace {

v1::Event TouchDraft(const Deal& deal, const Person& person, Source source, Instant at) {
  v1::Event event = SalesDraft(person, source, at, deal.owner);
  *event.add_subject() = deal.id();
  return event;
}

// Somebody of those with a role, or the first contact.
Person AnyPerson(const Deal& deal) {
  const int count = static_cast<int>(deal.account->contacts.size());
  int index = static_cast<int>(deal.account->random.Below(count));
  for (int tried = 0; tried < count; ++tried, index = (index + 1) % count) {
    if ((deal.people >> index & 1) != 0 && !deal.person(index).contact().gone) {
      return deal.person(index);
    }
  }
  return deal.person(deal.start.first_contact);
}

void BringPerson(Deal& deal, Instant at) {
  const int count = static_cast<int>(deal.account->contacts.size());
  for (int index = 0; index < count; ++index) {
    if ((deal.people >> index & 1) != 0 || deal.person(index).contact().gone) continue;
    v1::Event event = DealDraft(deal, at);
    v1::OpportunityFields& fields = *event.mutable_opportunity_changed()->mutable_fields();
    // A list is set as a whole: those already there are named again.
    const uint32_t before = deal.people;
    for (int known = 0; known < count; ++known) {
      if ((before >> known & 1) != 0) AddRole(deal, known, fields);
    }
    AddRole(deal, index, fields);
    deal.world->Publish(std::move(event));
    Interest(deal.person(index), 30);
    return;
  }
}

void Meet(const Deal& deal, int number) {
  Random& random = deal.account->random;
  const Instant at = deal.world->now();
  const std::string meeting_id =
      absl::StrFormat("meet-o%06d-%d-%d", deal.account->index, deal.number, number);
  const size_t outcome = random.Weighted({84, 9, 7});
  const int64_t minutes = random.Between(25, 70);
  // One event per participant.
  int participants = 0;
  for (int index = 0; index < static_cast<int>(deal.account->contacts.size()); ++index) {
    if ((deal.people >> index & 1) == 0 || deal.person(index).contact().gone) continue;
    if (participants > 0 && !random.Percent(60)) continue;
    ++participants;
    v1::Event event = TouchDraft(deal, deal.person(index), Source::kCrm, at);
    event.set_interaction_id(meeting_id);
    event.mutable_meeting()->set_meeting_id(meeting_id);
    event.mutable_meeting()->set_action(outcome == 0   ? v1::Meeting::HELD
                                        : outcome == 1 ? v1::Meeting::NO_SHOW
                                                       : v1::Meeting::CANCELLED);
    if (outcome == 0) event.mutable_meeting()->set_minutes(static_cast<int32_t>(minutes));
    deal.world->Publish(std::move(event));
  }
}

void GiveDemo(Deal& deal) {
  const Person person = AnyPerson(deal);
  const std::string demo_id = absl::StrFormat("demo-%06d-%d", deal.account->index, deal.number);
  const Instant at = deal.world->now();
  const bool held = deal.account->random.Percent(88);
  for (const bool booking : {true, false}) {
    const Instant when = booking ? at - 2 * kDay : at;
    if (when < deal.opened_at) continue;
    v1::Event event = TouchDraft(deal, person, Source::kCrm, when);
    event.set_interaction_id(demo_id);
    v1::Demo& demo = *event.mutable_demo();
    demo.set_demo_id(demo_id);
    if (booking) {
      demo.set_action(v1::Demo::BOOKED);
      demo.set_scheduled_for(at);
    } else {
      demo.set_action(held ? v1::Demo::HELD : v1::Demo::NO_SHOW);
      if (held) demo.set_minutes(45);
    }
    deal.world->Publish(std::move(event));
  }
  if (held) Interest(person, 15);
}

void SendDocument(const Deal& deal, v1::Document::Kind kind, bool signed_too) {
  const Person person = AnyPerson(deal);
  Random& random = deal.account->random;
  Instant at = deal.world->now();
  const std::string document_id =
      absl::StrFormat("doc-%06d-%d-%d", deal.account->index, deal.number, static_cast<int>(kind));
  for (const v1::Document::Action action :
       {v1::Document::SENT, v1::Document::VIEWED, v1::Document::SIGNED}) {
    if (action == v1::Document::VIEWED && !random.Percent(85)) break;
    if (action == v1::Document::SIGNED && !signed_too) break;
    v1::Event event = TouchDraft(deal, person, Source::kCrm, at);
    if (action != v1::Document::SENT) event.set_direction(v1::INBOUND);
    v1::Document& document = *event.mutable_document();
    document.set_kind(kind);
    document.set_action(action);
    document.set_document_id(document_id);
    SetMoney(document.mutable_amount(), deal.currency(), deal.amount());
    deal.world->Publish(std::move(event));
    at = deal.account->Working(at + random.Delay(20 * kHour, 4 * kDay));
  }
}

void CallOnce(const Deal& deal) {
  Random& random = deal.account->random;
  v1::Event event = TouchDraft(deal, AnyPerson(deal), Source::kDialer, deal.world->now());
  const size_t result = random.Weighted({60, 20, 20});
  event.mutable_call()->set_result(static_cast<v1::Call::Result>(result + 1));
  if (result == 0) {
    event.mutable_call()->set_minutes(static_cast<int32_t>(random.Skewed(3, 40)));
  }
  deal.world->Publish(std::move(event));
}

void Mail(const Deal& deal) {
  Random& random = deal.account->random;
  const Person person = AnyPerson(deal);
  Instant at = deal.world->now();
  const bool replied = random.Percent(45);
  for (const v1::Email::Action action : {v1::Email::SENT, v1::Email::REPLIED}) {
    if (action == v1::Email::REPLIED && !replied) break;
    v1::Event event = TouchDraft(deal, person, Source::kCrm, at);
    if (action == v1::Email::REPLIED) event.set_direction(v1::INBOUND);
    event.mutable_email()->set_action(action);
    deal.world->Publish(std::move(event));
    at += random.Delay(5 * kHour, 3 * kDay);
  }
}

}  // namespace

void TouchInStage(const SharedDeal& deal, Instant at, int64_t dwell) {
  Random& random = deal->account->random;
  World& world = *deal->world;
  auto in_part = [&](int64_t percent, Schedule::Action action) {
    const Instant when = deal->account->Working(at + dwell * percent / 100);
    if (when < at + dwell) world.schedule.At(when, std::move(action));
  };
  const int meeting = deal->stage * 10;
  in_part(20, [deal, meeting] { Meet(*deal, meeting + 1); });
  if (random.Percent(70)) in_part(30, [deal] { BringPerson(*deal, deal->world->now()); });
  if (random.Percent(70)) in_part(35, [deal] { CallOnce(*deal); });
  if (random.Percent(80)) in_part(45, [deal] { Mail(*deal); });
  if (random.Percent(40)) in_part(50, [deal] { Mail(*deal); });
  if (random.Percent(55)) {
    in_part(55, [deal] {
      const v1::Id id = deal->id();
      const bool answered = SayObjection(AnyPerson(*deal), deal->owner, deal->world->now(), &id);
      if (answered) ++deal->answered;
    });
  }
  switch (deal->stage_info().work) {
    case StageWork::kDemo:
      in_part(60, [deal] { GiveDemo(*deal); });
      break;
    case StageWork::kOffer:
      in_part(10, [deal] { SendDocument(*deal, v1::Document::PROPOSAL, false); });
      if (random.Percent(60)) {
        in_part(60, [deal] { SendDocument(*deal, v1::Document::QUOTE, false); });
      }
      in_part(70, [deal, meeting] { Meet(*deal, meeting + 2); });
      break;
    case StageWork::kContract:
      in_part(15, [deal] { SendDocument(*deal, v1::Document::CONTRACT, false); });
      in_part(75, [deal, meeting] { Meet(*deal, meeting + 2); });
      break;
    case StageWork::kTalk:
      break;
  }
}

}  // namespace revops::simulation
