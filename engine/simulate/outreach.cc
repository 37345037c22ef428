#include "engine/simulate/outreach.h"

#include <memory>
#include <utility>

#include "absl/strings/str_format.h"
#include "engine/simulate/deal.h"
#include "engine/simulate/records.h"
#include "engine/simulate/visits.h"
#include "engine/simulate/voice.h"

namespace revops::simulation {
namespace {

using Shared = std::shared_ptr<Outreach>;

v1::Event Draft(const Outreach& outreach, Source source, Instant at) {
  v1::Event event = SalesDraft(outreach.person, source, at, outreach.actor);
  event.set_campaign_id(outreach.campaign.data(), outreach.campaign.size());
  return event;
}

void SequenceMail(const Outreach& outreach, Instant at, int step) {
  const Person& person = outreach.person;
  World& world = *person.world;
  const std::string message =
      absl::StrFormat("seq-%06d%02d-%d", person.account->index, person.index, step);
  auto publish = [&](Instant when, v1::Email::Action action) {
    v1::Event event = Draft(outreach, Source::kDialer, when);
    event.set_automation(action == v1::Email::REPLIED ? v1::HUMAN : v1::SEQUENCE);
    if (action != v1::Email::SENT) event.set_direction(v1::INBOUND);
    event.mutable_email()->set_action(action);
    event.mutable_email()->set_message_id(message);
    world.Publish(std::move(event));
  };
  publish(at, v1::Email::SENT);
  if (!person.random().Percent(38)) return;
  const Instant opened_at = at + person.random().Delay(4 * kHour, 3 * kDay);
  publish(opened_at, v1::Email::OPENED);
  if (person.random().Percent(9)) publish(opened_at + kHour, v1::Email::REPLIED);
}

void OpenFromMeeting(const Shared& outreach) {
  const Person& person = outreach->person;
  World& world = *person.world;
  const Instant at = world.now();
  if (person.account->phase != Phase::kTarget) {  // a colleague was faster
    outreach->done(OutreachResult::kNotNow);
    return;
  }
  EnsureContact(person, at + 10 * kMinute);
  const bool from_lead = !outreach->handover_id.empty();
  DealStart start;
  start.sourced_by = from_lead ? v1::SOURCED_MARKETING : v1::SOURCED_SDR;
  start.campaign = outreach->campaign;
  start.first_contact = person.index;
  const v1::Id deal = OpenDeal(world, *person.account, start, at + 20 * kMinute);
  if (from_lead) {
    for (const v1::Lead::Action action : {v1::Lead::SALES_QUALIFIED, v1::Lead::CONVERTED}) {
      v1::Event event = world.Draft(Source::kCrm, at + 21 * kMinute, {person.lead_id()});
      event.set_actor(outreach->actor);
      event.set_team(v1::SALES);
      v1::Lead& lead = *event.mutable_lead();
      lead.set_action(action);
      lead.set_lead_id(person.lead_id().value());
      lead.set_handover_id(outreach->handover_id);
      if (action == v1::Lead::CONVERTED) {
        *lead.mutable_converted_contact() = person.contact_id();
        *lead.mutable_converted_account() = person.account_id();
        *lead.mutable_converted_opportunity() = deal;
      }
      world.Publish(std::move(event), Care::kLink);
    }
  }
  outreach->done(OutreachResult::kOpportunity);
}

void BookMeeting(const Shared& outreach);

void HoldMeeting(const Shared& outreach, const std::string& meeting_id) {
  const Person& person = outreach->person;
  Random& random = person.random();
  World& world = *person.world;
  v1::Event event = Draft(*outreach, Source::kCrm, world.now());
  event.set_interaction_id(meeting_id);
  v1::Meeting& meeting = *event.mutable_meeting();
  meeting.set_meeting_id(meeting_id);
  const size_t outcome = random.Weighted({79, 14, 7});
  if (outcome == 0) {
    meeting.set_action(v1::Meeting::HELD);
    meeting.set_minutes(static_cast<int32_t>(random.Between(20, 55)));
    world.Publish(std::move(event));
    SayNeed(person, outreach->actor, world.now() + 30 * kMinute);
    Interest(person, 25);
    if (random.Percent(76)) {
      OpenFromMeeting(outreach);
    } else {
      outreach->done(random.Percent(60) ? OutreachResult::kNotNow : OutreachResult::kNoNeed);
    }
    return;
  }
  meeting.set_action(outcome == 1 ? v1::Meeting::NO_SHOW : v1::Meeting::CANCELLED);
  world.Publish(std::move(event));
  if (outreach->meetings < 2 && random.Percent(55)) {
    BookMeeting(outreach);
  } else {
    outreach->done(OutreachResult::kUnreachable);
  }
}

void BookMeeting(const Shared& outreach) {
  const Person& person = outreach->person;
  Random& random = person.random();
  World& world = *person.world;
  ++outreach->meetings;
  const std::string meeting_id =
      absl::StrFormat("meet-%06d%02d-%d-%d", person.account->index, person.index,
                      person.contact().handovers, outreach->meetings);
  Instant scheduled_for = person.account->Working(world.now() + random.Between(1, 9) * kDay);
  auto publish = [&](Instant at, v1::Meeting::Action action) {
    v1::Event event = Draft(*outreach, Source::kCrm, at);
    event.set_interaction_id(meeting_id);
    event.mutable_meeting()->set_meeting_id(meeting_id);
    event.mutable_meeting()->set_action(action);
    event.mutable_meeting()->set_scheduled_for(scheduled_for);
    world.Publish(std::move(event));
  };
  publish(world.now() + 3 * kMinute, v1::Meeting::BOOKED);
  if (random.Percent(15)) {
    const Instant moved_at = world.now() + 6 * kHour;
    scheduled_for = person.account->Working(scheduled_for + random.Between(1, 7) * kDay);
    publish(moved_at, v1::Meeting::RESCHEDULED);
  }
  world.schedule.At(scheduled_for, [outreach, meeting_id] { HoldMeeting(outreach, meeting_id); });
}

void CallAgain(const Shared& outreach, int call) {
  const Person& person = outreach->person;
  if (person.contact().gone) return;
  Random& random = person.random();
  World& world = *person.world;
  if (outreach->sequence && call <= 4) SequenceMail(*outreach, world.now() - kHour, call);
  v1::Event event = Draft(*outreach, Source::kDialer, world.now());
  const size_t result = random.Weighted({outreach->handover_id.empty() ? 21 : 40, 24, 34});
  event.mutable_call()->set_result(static_cast<v1::Call::Result>(result + 1));
  if (result == 0) {
    event.mutable_call()->set_minutes(static_cast<int32_t>(random.Skewed(2, 25)));
  }
  world.Publish(std::move(event));
  if (result == 0) {
    if (random.Percent(outreach->meeting_percent)) {
      BookMeeting(outreach);
    } else {
      SayObjection(person, outreach->actor, world.now() + 5 * kMinute);
      outreach->done(random.Percent(55) ? OutreachResult::kNotNow : OutreachResult::kNoNeed);
    }
    return;
  }
  if (call >= outreach->calls_max) {
    outreach->done(OutreachResult::kUnreachable);
    return;
  }
  const Instant next = person.account->AfterWork(world.now(), random.Between(8, 25) * kHour);
  world.schedule.At(next, [outreach, call] { CallAgain(outreach, call + 1); });
}

}  // namespace

void StartOutreach(Outreach outreach, Instant at) {
  auto shared = std::make_shared<Outreach>(std::move(outreach));
  World& world = *shared->person.world;
  world.schedule.At(shared->person.account->Working(at), [shared] { CallAgain(shared, 1); });
}

}  // namespace revops::simulation
