#include "engine/simulate/mailing.h"

#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "engine/simulate/records.h"
#include "engine/simulate/visits.h"

namespace revops::simulation {
namespace {

void PublishMail(const Person& person, absl::string_view campaign, absl::string_view message,
                 Instant at, v1::Email::Action action, bool prefetch = false) {
  v1::Event event = MarketingDraft(person, Source::kAutomation, at, campaign);
  event.set_direction(action <= v1::Email::DELIVERED ? v1::OUTBOUND : v1::INBOUND);
  event.mutable_email()->set_action(action);
  event.mutable_email()->set_message_id(message.data(), message.size());
  event.mutable_email()->set_subject_line(absl::StrCat("Revenue notes: ", message));
  if (action == v1::Email::CLICKED) {
    event.mutable_email()->set_link_url("https://www.example.com/resources/one-truth");
  }
  if (prefetch) {
    event.set_traffic(v1::TRAFFIC_MAIL_PREFETCH);
    event.set_user_agent("ImageProxy/1.0 (mail privacy)");
  }
  person.world->Publish(std::move(event));
}

void NurtureStep(const Person& person, int step) {
  Contact& contact = person.contact();
  if (contact.gone || contact.unsubscribed || contact.in_handover) return;
  World& world = *person.world;
  auto publish = [&](v1::Nurture::Action action) {
    v1::Event event = MarketingDraft(person, Source::kAutomation, world.now(), "camp-nurture");
    event.mutable_nurture()->set_action(action);
    event.mutable_nurture()->set_program("nurture-evaluate");
    event.mutable_nurture()->set_step(absl::StrCat("step-", step));
    if (action == v1::Nurture::EXITED) event.mutable_nurture()->set_reason("completed");
    world.Publish(std::move(event));
  };
  publish(step == 1 ? v1::Nurture::ENROLLED : v1::Nurture::STEP);
  SendMail(person, "camp-nurture", absl::StrCat("nurture-", step), world.now() + kMinute);
  if (step == 4) {
    publish(v1::Nurture::EXITED);
    return;
  }
  world.schedule.After(9 * kDay, [person, step] { NurtureStep(person, step + 1); });
}

// One account a call, a second apart: a mailing to a large market takes its time.
void Newsletter(World& world, int issue, size_t index) {
  if (index == world.accounts.size()) return;
  Account& account = world.accounts[index];
  for (size_t i = 0; i < account.contacts.size(); ++i) {
    const Person person{&world, &account, static_cast<int>(i)};
    Contact& contact = person.contact();
    if (!contact.in_marketing || contact.unsubscribed || contact.gone) continue;
    SendMail(person, "camp-newsletter", absl::StrFormat("news-%02d", issue), world.now());
    if (!contact.nurtured && account.phase == Phase::kTarget && person.random().Percent(25)) {
      contact.nurtured = true;
      world.schedule.After(kDay, [person] { NurtureStep(person, 1); });
    }
  }
  const int64_t pause =
      4 * kHour / static_cast<int64_t>(world.accounts.size() + 1) + 1;  // done within four hours
  world.schedule.After(pause, [&world, issue, index] { Newsletter(world, issue, index + 1); });
}

}  // namespace

void SendMail(const Person& person, absl::string_view campaign, absl::string_view message,
              Instant at) {
  Random& random = person.random();
  Contact& contact = person.contact();
  World& world = *person.world;
  PublishMail(person, campaign, message, at, v1::Email::SENT);
  if (random.Percent(2)) {
    PublishMail(person, campaign, message, at + 30 * kSecond, v1::Email::BOUNCED);
    return;
  }
  PublishMail(person, campaign, message, at + 20 * kSecond, v1::Email::DELIVERED);
  const NoiseOptions& noise = world.options.noise;
  if (noise.enabled && random.Ppm(noise.prefetch_ppm)) {
    PublishMail(person, campaign, message, at + 45 * kSecond, v1::Email::OPENED, true);
  }
  if (!random.Percent(20 + contact.interest / 4)) return;
  const Instant opened_at = at + random.Delay(5 * kHour, 6 * kDay);
  PublishMail(person, campaign, message, opened_at, v1::Email::OPENED);
  if (random.Percent(1)) {
    contact.unsubscribed = true;
    PublishMail(person, campaign, message, opened_at + kMinute, v1::Email::UNSUBSCRIBED);
    v1::Event consent =
        world.Draft(Source::kAutomation, opened_at + kMinute, {person.marketing_id()});
    consent.mutable_consent()->set_purpose("email");
    consent.mutable_consent()->set_granted(false);
    world.Publish(std::move(consent), Care::kLink);
    return;
  }
  if (!random.Percent(10 + contact.interest / 6)) return;
  PublishMail(person, campaign, message, opened_at + kMinute, v1::Email::CLICKED);
  world.schedule.At(opened_at + 2 * kMinute, [person, campaign = std::string(campaign)] {
    if (person.contact().gone) return;
    // The link in the mail carries who was asked: the device becomes known.
    LinkDevice(person, 0, person.world->now());
    Interest(person, 6);
    Visit(person, campaign);
  });
}

void StartMailing(World& world) {
  int issue = 1;
  for (Instant day = world.start + 9 * kDay; day < world.end; day += 14 * kDay, ++issue) {
    world.schedule.At(day + 9 * kHour, [&world, issue] { Newsletter(world, issue, 0); });
  }
}

}  // namespace revops::simulation
