#include <string>

#include "absl/strings/str_format.h"
#include "engine/simulate/script.h"
#include "engine/simulate/stories.h"
#include "engine/simulate/webinars.h"

namespace revops::simulation {
namespace {

constexpr int kWebinar = 4;  // webinar-05
constexpr int kCalledInTime = 7;
constexpr int kCalledLate = 6;
constexpr int kNeverCalled = 5;

const SimulationStory kStory;

// What the call came to; everybody attended alike.
enum class Fate { kWon, kLost, kOpen, kMeetingOnly, kRejected, kNothing };

Fate FateOf(int attendee) {
  static constexpr Fate kFates[kCalledInTime + kCalledLate] = {
      Fate::kWon,         Fate::kWon,      Fate::kOpen,     Fate::kLost,
      Fate::kMeetingOnly, Fate::kRejected, Fate::kNothing,  // called in time
      Fate::kLost,        Fate::kRejected, Fate::kRejected, Fate::kMeetingOnly,
      Fate::kNothing,     Fate::kNothing};
  return attendee < kCalledInTime + kCalledLate ? kFates[attendee] : Fate::kNothing;
}

void Work(Script& script, const v1::Id& contact, const v1::Id& lead, int attendee, Instant at) {
  const Fate fate = FateOf(attendee);
  const bool reached = fate != Fate::kNothing;
  script.Call(contact, "sdr-north-1", reached ? 9 + attendee : 0, at);
  if (fate == Fate::kRejected) {
    script.Lead(lead, v1::Lead::REJECTED, kStory.webinar_campaign, at + kHour, "bad timing");
    return;
  }
  script.Lead(lead, v1::Lead::ACCEPTED, kStory.webinar_campaign, at + 10 * kMinute);
  if (!reached) return;
  const std::string number = absl::StrFormat("webinar-%02d", attendee + 1);
  script.Meet(contact, "ae-north-1", "meet-" + number, at + 6 * kDay);
  if (fate == Fate::kMeetingOnly) return;
  script.Lead(lead, v1::Lead::SALES_QUALIFIED, kStory.webinar_campaign, at + 6 * kDay + kHour);
  const std::string deal = "o-" + number;
  const Script::DealTerms terms{deal,
                                "ae-north-1",
                                1400 + 150 * attendee,
                                v1::SOURCED_MARKETING,
                                kStory.webinar_campaign,
                                contact.value()};
  const Instant opened = at + 7 * kDay;
  if (fate == Fate::kOpen) {
    script.Open(terms, opened);
    script.Stage(deal, terms.owner, "discovery", opened + 12 * kDay);
    return;
  }
  script.WholeDeal(terms,
                   fate == Fate::kWon ? v1::OpportunityClosed::WON : v1::OpportunityClosed::LOST,
                   opened, opened + (60 + 5 * attendee) * kDay);
}

}  // namespace

void TellWebinarStory(World& world) {
  const Instant held = WebinarDay(world, kWebinar) + 14 * kHour;  // a Tuesday
  for (int attendee = 0; attendee < kCalledInTime + kCalledLate + kNeverCalled; ++attendee) {
    const std::string number = absl::StrFormat("webinar-%02d", attendee + 1);
    Script script(world, "a-" + number);
    const v1::Id contact = Script::Contact("c-" + number);
    const v1::Id lead = Script::LeadRecord("l-" + number);
    script.AddAccount(script.account(), absl::StrFormat("Account Webinar %02d", attendee + 1),
                      held - 40 * kDay);
    script.AddContact(contact, script.account(), "champion", held - 40 * kDay);
    script.Webinar(contact, kWebinar, v1::Webinar::REGISTERED, held - 6 * kDay);
    script.Webinar(contact, kWebinar, v1::Webinar::ATTENDED, held);
    script.Link(lead, contact, held + 18 * kHour);
    script.HandOver(lead, kStory.webinar_campaign, held + 18 * kHour);
    // Wednesday in working hours, or Monday and Tuesday of the week after.
    if (attendee < kCalledInTime) {
      Work(script, contact, lead, attendee, held + 19 * kHour + attendee * 25 * kMinute);
    } else if (attendee < kCalledInTime + kCalledLate) {
      Work(script, contact, lead, attendee, held + 6 * kDay - attendee * 20 * kMinute);
    }
  }
}

}  // namespace revops::simulation
