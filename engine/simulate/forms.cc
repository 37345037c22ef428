#include "engine/simulate/forms.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "engine/simulate/handover.h"
#include "engine/simulate/records.h"

namespace revops::simulation {
namespace {

struct FormInfo {
  const char* id;
  const char* name;
  const char* path;
  int points;
  bool asks_for_sales;
  int content;  // index of kContent that it gives out, -1: none
};

constexpr FormInfo kForms[] = {
    {"form-newsletter", "Newsletter", "/newsletter", 5, false, -1},
    {"form-whitepaper", "White paper", "/resources/one-truth", 14, false, 2},
    {"form-ebook", "E-book", "/resources/handover-handbook", 14, false, 3},
    {"form-template", "Template", "/resources/sla-template", 10, false, 4},
    {"form-calculator", "Calculator", "/resources/payback-calculator", 18, false, 5},
    {"form-contact", "Contact us", "/contact", 30, true, -1},
    {"form-demo", "Request a demo", "/demo", 40, true, -1},
    {"form-giveaway", "Template giveaway", "/giveaway", 45, false, 4},
};

constexpr int kQualifiedPoints = 60;

const FormInfo& FormOf(absl::string_view id) {
  for (const FormInfo& form : kForms) {
    if (id == form.id) return form;
  }
  return kForms[0];
}

void UseContent(const Person& person, int content, Instant at, absl::string_view campaign) {
  v1::Event event = MarketingDraft(person, Source::kAutomation, at, campaign);
  const ContentInfo& piece = kContent[content];
  event.set_content_id(piece.id);
  event.mutable_content_used()->set_content_id(piece.id);
  event.mutable_content_used()->set_type(piece.type);
  event.mutable_content_used()->set_step(piece.step);
  person.world->Publish(std::move(event));
}

}  // namespace

void MaybeFillForm(const Person& person, int device, absl::string_view session, Instant at) {
  Contact& contact = person.contact();
  Random& random = person.random();
  const bool known = device < contact.linked_devices;
  const int64_t percent = known ? 2 + contact.interest / 12 : contact.interest / 5;
  if (!random.Percent(percent)) return;
  const bool hot = contact.interest > 45 && contact.points > 20;
  const size_t form = random.Weighted({known ? 0 : 22, 20, 20, 16, 10, hot ? 12 : 2, hot ? 20 : 1});
  const char* campaign = kForms[form].content >= 0 ? "camp-content" : "";
  FillForm(person, device, kForms[form].id, campaign, session, at);
}

void FillForm(const Person& person, int device, absl::string_view form_id,
              absl::string_view campaign, absl::string_view session, Instant at) {
  World& world = *person.world;
  Contact& contact = person.contact();
  const FormInfo& form = FormOf(form_id);
  v1::Event event = world.Draft(Source::kWeb, at, {person.visitor_id(device)});
  v1::Form& body = *event.mutable_form();
  body.set_form_id(form.id);
  body.set_name(form.name);
  body.set_page_url(absl::StrCat("https://www.example.com", form.path));
  body.set_email(person.email());
  event.set_session_id(session.data(), session.size());
  event.set_campaign_id(campaign.data(), campaign.size());
  event.set_direction(v1::INBOUND);
  event.set_team(v1::MARKETING);
  world.Publish(std::move(event));

  EnsureMarketingRecord(person, at + 20 * kSecond);
  LinkDevice(person, device, at + 30 * kSecond);
  if (form.content >= 0) UseContent(person, form.content, at + kMinute, campaign);
  contact.points = static_cast<int16_t>(std::min(200, contact.points + form.points));
  if (form_id == "form-demo") {
    v1::Event demo = MarketingDraft(person, Source::kAutomation, at + 40 * kSecond, campaign);
    demo.set_direction(v1::INBOUND);
    demo.mutable_demo()->set_action(v1::Demo::REQUESTED);
    world.Publish(std::move(demo));
  }
  if (contact.points >= 20) EnsureLead(person, at + 2 * kMinute, form.name, campaign);
  MaybeQualify(person, form.asks_for_sales, campaign, at + 5 * kMinute);
}

void MaybeQualify(const Person& person, bool asked_for_sales, absl::string_view campaign,
                  Instant at) {
  Contact& contact = person.contact();
  if (contact.in_handover || !contact.in_marketing || contact.gone) return;
  // People of customers and of open deals are signals for sales, not new leads.
  if (person.account->phase != Phase::kTarget) return;
  if (!asked_for_sales && contact.points < kQualifiedPoints) return;
  if (contact.handovers >= 3) return;
  EnsureLead(person, at, asked_for_sales ? "Request" : "Score", campaign);
  HandOver(person, asked_for_sales ? LeadCause::kRequest : LeadCause::kScore, campaign, at);
}

}  // namespace revops::simulation
