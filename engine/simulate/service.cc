#include "engine/simulate/service.h"

#include <string>
#include <utility>

#include "absl/strings/str_format.h"
#include "engine/simulate/customer.h"
#include "engine/simulate/visits.h"

namespace revops::simulation {
namespace {

const char* const kFeatures[] = {"dashboards", "hand-over", "forecast", "attribution"};
const char* const kTicketTopics[] = {"login", "data import", "wrong number", "integration"};

Person SomePerson(World& world, Account& account) {
  const int64_t count = static_cast<int64_t>(account.contacts.size());
  return Person{&world, &account, static_cast<int>(account.random.Below(count))};
}

void UseForAWeek(World& world, Account& account) {
  Random& random = account.random;
  for (const char* feature : kFeatures) {
    if (!random.Percent(30)) continue;
    v1::Event event = world.Draft(Source::kSupport, world.now(), {AccountId(account.index)});
    event.mutable_usage()->set_feature(feature);
    event.mutable_usage()->set_count(random.Skewed(3, 400));
    world.Publish(std::move(event));
  }
}

void Ask(World& world, Account& account, v1::Survey::Instrument instrument, int score, int scale,
         Instant answered_at) {
  v1::Event survey = world.Draft(Source::kSupport, answered_at, {AccountId(account.index)});
  survey.mutable_survey()->set_instrument(instrument);
  survey.mutable_survey()->set_score(score);
  survey.mutable_survey()->set_scale(scale);
  world.Publish(std::move(survey));
}

void Ticket(World& world, Account& account) {
  Random& random = account.random;
  const Person person = SomePerson(world, account);
  const std::string ticket_id =
      absl::StrFormat("t-%06d-%x", account.index, static_cast<uint32_t>(random.Next() >> 40));
  const Instant closed_at = world.now() + random.Delay(20 * kHour, 20 * kDay);
  for (const bool opens : {true, false}) {
    v1::Event event =
        world.Draft(Source::kSupport, opens ? world.now() : closed_at, {AccountId(account.index)});
    if (person.contact().in_crm) *event.add_subject() = person.contact_id();
    event.set_team(v1::SUCCESS);
    v1::Ticket& ticket = *event.mutable_ticket();
    ticket.set_ticket_id(ticket_id);
    ticket.set_action(opens ? v1::Ticket::OPENED : v1::Ticket::CLOSED);
    if (opens) {
      ticket.set_priority(random.Percent(15) ? "high" : "normal");
      ticket.set_topic(random.Pick(kTicketTopics));
    } else {
      ticket.set_satisfaction(static_cast<int32_t>(5 - random.Skewed(0, 4)));
      Ask(world, account, v1::Survey::CSAT, ticket.satisfaction(), 5, closed_at + kHour);
    }
    world.Publish(std::move(event));
  }
}

void Review(World& world, Account& account) {
  Random& random = account.random;
  const Person person = SomePerson(world, account);
  v1::Event meeting = world.Draft(Source::kCrm, world.now(), {AccountId(account.index)});
  if (person.contact().in_crm) *meeting.add_subject() = person.contact_id();
  meeting.set_actor(world.company.SuccessManager(account.region, account.owner_draw));
  meeting.set_team(v1::SUCCESS);
  meeting.mutable_meeting()->set_action(v1::Meeting::HELD);
  meeting.mutable_meeting()->set_meeting_id(
      absl::StrFormat("review-%06d-%d", account.index, DayOf(world.now())));
  meeting.mutable_meeting()->set_minutes(45);
  world.Publish(std::move(meeting));
  if (!random.Percent(60)) return;
  const auto score = static_cast<int>(10 - random.Skewed(0, 10));
  Ask(world, account, v1::Survey::NPS, score, 10, world.now() + 2 * kDay);
  // Some of those who would not recommend us make use of their right to leave.
  if (score > 6 || !random.Percent(40)) return;
  world.schedule.At(account.Working(world.now() + random.Between(14, 45) * kDay),
                    [&world, &account] {
                      if (account.phase == Phase::kCustomer) LoseCustomer(world, account);
                    });
}

void NextWeek(World& world, Account& account, int week) {
  world.schedule.After(7 * kDay, [&world, &account, week] {
    if (account.monthly == 0) return;
    UseForAWeek(world, account);
    if (account.random.Percent(9)) Ticket(world, account);
    if (week % 13 == 6) Review(world, account);
    NextWeek(world, account, week + 1);
  });
}

}  // namespace

void StartService(World& world, Account& account) {
  world.schedule.At(account.Working(world.now() + account.random.Between(1, 7) * kDay),
                    [&world, &account] { NextWeek(world, account, 1); });
}

}  // namespace revops::simulation
