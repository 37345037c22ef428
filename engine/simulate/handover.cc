#include "engine/simulate/handover.h"

#include <algorithm>
#include <string>
#include <utility>

#include "absl/strings/str_format.h"
#include "engine/simulate/outreach.h"
#include "engine/simulate/visits.h"

namespace revops::simulation {
namespace {

struct Attempt {
  Person person;
  int number = 0;
  LeadCause cause = LeadCause::kScore;
  absl::string_view campaign;
  std::string handover_id() const {
    return absl::StrFormat("h-%06d%02d-%d", person.account->index, person.index, number);
  }
};

// How fast sales answers, in percent: in time, late, never.
struct Answering {
  int64_t in_time, late, never;
};

Answering AnsweringOf(LeadCause cause) {
  switch (cause) {
    case LeadCause::kRequest:
      return {78, 17, 5};
    case LeadCause::kWebinar:
      return {42, 34, 24};
    case LeadCause::kShow:
      return {30, 45, 25};
    case LeadCause::kGiveaway:
      return {40, 30, 30};
    case LeadCause::kScore:
      break;
  }
  return {58, 26, 16};
}

int64_t AcceptPercent(const Attempt& attempt) {
  if (attempt.cause == LeadCause::kGiveaway) return 10;
  switch (attempt.person.account->fit) {
    case Fit::kGood:
      return 90;
    case Fit::kFair:
      return 72;
    case Fit::kPoor:
      break;
  }
  return 18;
}

v1::Event LeadDraft(const Attempt& attempt, Instant at, v1::Lead::Action action) {
  const Person& person = attempt.person;
  v1::Event event = person.world->Draft(Source::kCrm, at, {person.lead_id()});
  v1::Lead& lead = *event.mutable_lead();
  lead.set_action(action);
  lead.set_lead_id(person.lead_id().value());
  lead.set_handover_id(attempt.handover_id());
  event.set_campaign_id(attempt.campaign.data(), attempt.campaign.size());
  return event;
}

const char* RejectionReason(const Attempt& attempt) {
  Random& random = attempt.person.random();
  const bool poor = attempt.person.account->fit == Fit::kPoor;
  static constexpr const char* kReasons[] = {"wrong size", "wrong persona", "wrong geography",
                                             "competitor", "no budget",     "bad timing"};
  return kReasons[poor ? random.Weighted({60, 22, 6, 2, 8, 2})
                       : random.Weighted({6, 26, 8, 6, 22, 32})];
}

void PublishAnswer(const Attempt& attempt, Instant at, v1::Lead::Action action,
                   absl::string_view reason) {
  v1::Event event = LeadDraft(attempt, at, action);
  event.set_actor(attempt.person.development_rep());
  event.set_team(v1::SALES);
  event.set_automation(v1::HUMAN);
  event.mutable_lead()->set_reason(reason.data(), reason.size());
  if (action == v1::Lead::RECYCLED) event.mutable_lead()->set_recycled_until(at + 60 * kDay);
  attempt.person.world->Publish(std::move(event));
}

// Back to marketing: interest sleeps and may wake again.
void Recycle(const Attempt& attempt, Instant at, absl::string_view reason) {
  PublishAnswer(attempt, at, v1::Lead::RECYCLED, reason);
  Contact& contact = attempt.person.contact();
  contact.in_handover = false;
  contact.points = 20;
  attempt.person.world->schedule.At(at + 60 * kDay, [person = attempt.person] {
    if (person.random().Percent(40)) StartVisiting(person, 60);
  });
}

void Reject(const Attempt& attempt, Instant at) {
  PublishAnswer(attempt, at, v1::Lead::REJECTED, RejectionReason(attempt));
  attempt.person.contact().in_handover = false;
  attempt.person.contact().points = 0;
}

void FinishOutreach(const Attempt& attempt, OutreachResult result) {
  const Instant at = attempt.person.world->now();
  switch (result) {
    case OutreachResult::kOpportunity:
      attempt.person.contact().in_handover = false;
      return;
    case OutreachResult::kUnreachable:
      if (attempt.person.random().Percent(50)) {
        Recycle(attempt, at + kHour, "unreachable");
      } else {
        PublishAnswer(attempt, at + kHour, v1::Lead::DISQUALIFIED, "unreachable");
        attempt.person.contact().in_handover = false;
      }
      return;
    case OutreachResult::kNotNow:
      Recycle(attempt, at + kHour, "bad timing");
      return;
    case OutreachResult::kNoNeed:
      PublishAnswer(attempt, at + kHour, v1::Lead::DISQUALIFIED, "no budget");
      attempt.person.contact().in_handover = false;
      return;
  }
}

// Sales takes the lead up: says yes or no, then works it.
void Answer(const Attempt& attempt, bool in_time) {
  const Person& person = attempt.person;
  World& world = *person.world;
  const Instant at = world.now();
  if (person.contact().gone) return;
  if (!person.random().Percent(AcceptPercent(attempt))) {
    Reject(attempt, at);
    return;
  }
  PublishAnswer(attempt, at, v1::Lead::ACCEPTED, "");
  if (person.random().Percent(25)) {
    v1::Event rated = LeadDraft(attempt, at + 2 * kMinute, v1::Lead::RATED);
    rated.set_actor(person.development_rep());
    const int64_t low = person.account->fit == Fit::kGood ? 55 : 15;
    rated.mutable_lead()->set_rating(static_cast<int32_t>(person.random().Between(low, low + 40)));
    world.Publish(std::move(rated));
  }
  Outreach outreach;
  outreach.person = person;
  outreach.actor = person.development_rep();
  outreach.campaign = attempt.campaign;
  outreach.handover_id = attempt.handover_id();
  outreach.calls_max = 4;
  outreach.meeting_percent = in_time ? 64 : 33;
  if (attempt.cause == LeadCause::kRequest) outreach.meeting_percent += 18;
  if (person.account->fit == Fit::kPoor) outreach.meeting_percent /= 4;
  outreach.done = [attempt](OutreachResult result) { FinishOutreach(attempt, result); };
  StartOutreach(std::move(outreach), at + 5 * kMinute);
}

}  // namespace

void HandOver(const Person& person, LeadCause cause, absl::string_view campaign, Instant at) {
  World& world = *person.world;
  Random& random = person.random();
  Contact& contact = person.contact();
  contact.in_handover = true;
  const Attempt attempt{person, ++contact.handovers, cause, campaign};

  v1::Event qualified = LeadDraft(attempt, at, v1::Lead::DECLARED_QUALIFIED);
  qualified.set_team(v1::MARKETING);
  qualified.set_automation(v1::SYSTEM);
  world.Publish(std::move(qualified));

  const Instant assigned_at = at + random.Delay(4 * kMinute, 5 * kHour);
  v1::Event assigned = LeadDraft(attempt, assigned_at, v1::Lead::ASSIGNED);
  assigned.set_automation(v1::SYSTEM);
  assigned.mutable_lead()->set_owner(person.development_rep());
  assigned.mutable_lead()->set_owner_team(TeamOf("sdr", person.account->region));
  assigned.mutable_lead()->set_calendar(kRegion[person.account->region].calendar);
  world.Publish(std::move(assigned));

  const Answering answering = AnsweringOf(cause);
  const size_t speed = random.Weighted({answering.in_time, answering.late, answering.never});
  if (speed == 2) {  // lapses; the person may come again after a quarter
    world.schedule.At(assigned_at + 90 * kDay, [person] { person.contact().in_handover = false; });
    return;
  }
  Instant answered_at =
      person.account->AfterWork(assigned_at, speed == 0 ? random.Skewed(4 * kMinute, 220 * kMinute)
                                                        : random.Between(9 * kHour, 45 * kHour));
  if (speed == 1 && random.Percent(30)) {
    v1::Event reassigned = LeadDraft(attempt, answered_at - kHour, v1::Lead::REASSIGNED);
    reassigned.mutable_lead()->set_owner(person.executive());
    reassigned.mutable_lead()->set_owner_team(TeamOf("ae", person.account->region));
    reassigned.mutable_lead()->set_calendar(kRegion[person.account->region].calendar);
    world.Publish(std::move(reassigned));
  }
  world.schedule.At(answered_at, [attempt, speed] { Answer(attempt, speed == 0); });
}

}  // namespace revops::simulation
