#include "engine/simulate/script.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "engine/simulate/stages.h"

namespace revops::simulation {
namespace {

void SetText(std::string* field, absl::string_view text) {
  field->assign(text.data(), text.size());
}

}  // namespace

Script::Script(World& world, absl::string_view account)
    : world_(world), name_(account), account_(CrmId(v1::ACCOUNT, account)) {}

Instant Script::At(int64_t day, int64_t hour) const {
  return world_.start + day * kDay + hour * kHour;
}

v1::Event Script::Draft(Source source, Instant at, std::initializer_list<v1::Id> subject) {
  v1::Event event = world_.Draft(source, at, subject);
  event.set_id(absl::StrFormat("story-%s-%02d", name_, ++scenes_));
  return event;
}

void Script::Publish(v1::Event event) { world_.Publish(std::move(event), Care::kExact); }

void Script::AddAccount(const v1::Id& account, absl::string_view name, Instant at) {
  v1::Event event = Draft(Source::kCrm, at, {account});
  v1::Traits& traits = *event.mutable_traits();
  SetText(traits.mutable_name(), name);
  traits.set_country("DE");
  traits.set_region("north");
  traits.set_industry("software");
  traits.set_employees(640);
  Publish(std::move(event));
}

void Script::AddContact(const v1::Id& contact, const v1::Id& account, absl::string_view role,
                        Instant at) {
  v1::Event traits = Draft(Source::kCrm, at, {contact});
  traits.mutable_traits()->set_name(absl::StrCat("Contact ", contact.value()));
  traits.mutable_traits()->set_email(absl::StrCat(contact.value(), "@", name_, ".example"));
  traits.mutable_traits()->set_seniority("director");
  traits.mutable_traits()->set_department("operations");
  Publish(std::move(traits));
  v1::Event joined = Draft(Source::kCrm, at, {contact});
  *joined.mutable_joined_account()->mutable_contact() = contact;
  *joined.mutable_joined_account()->mutable_account() = account;
  SetText(joined.mutable_joined_account()->mutable_role(), role);
  Publish(std::move(joined));
}

void Script::Link(const v1::Id& child, const v1::Id& parent, Instant at) {
  v1::Event event = Draft(Source::kAutomation, at, {child});
  *event.mutable_linked()->mutable_child() = child;
  *event.mutable_linked()->mutable_parent() = parent;
  Publish(std::move(event));
}

void Script::View(absl::string_view visitor, absl::string_view path, absl::string_view campaign,
                  Instant at) {
  v1::Event event = Draft(Source::kWeb, at, {Visitor(visitor)});
  event.mutable_page_view()->set_url(absl::StrCat("https://www.example.com", path));
  event.mutable_page_view()->set_seconds(75);
  event.set_landing_url(event.page_view().url());
  event.set_direction(v1::INBOUND);
  event.set_session_id(absl::StrCat("s-", visitor, "-", DayOf(at)));
  if (!campaign.empty()) {
    SetText(event.mutable_campaign_id(), campaign);
    SetText(event.mutable_utm()->mutable_campaign(), campaign);
    event.mutable_utm()->set_source(campaign == "camp-social" ? "linkedin" : "google");
    event.mutable_utm()->set_medium(campaign == "camp-social" ? "paid_social" : "cpc");
  }
  Publish(std::move(event));
}

void Script::Form(absl::string_view visitor, absl::string_view form, const v1::Id& person,
                  Instant at) {
  v1::Event event = Draft(Source::kWeb, at, {Visitor(visitor)});
  SetText(event.mutable_form()->mutable_form_id(), form);
  event.mutable_form()->set_email(absl::StrCat(person.value(), "@", name_, ".example"));
  event.set_direction(v1::INBOUND);
  event.set_team(v1::MARKETING);
  Publish(std::move(event));
  Link(Visitor(visitor), person, at + kMinute);
}

void Script::Webinar(const v1::Id& person, int webinar, v1::Webinar::Action action, Instant at) {
  v1::Event event = Draft(Source::kPlatform, at, {person});
  event.set_interaction_id(WebinarName(webinar));
  event.set_campaign_id(absl::StrCat("camp-", WebinarName(webinar)));
  event.set_team(v1::MARKETING);
  event.mutable_webinar()->set_action(action);
  event.mutable_webinar()->set_webinar_id(WebinarName(webinar));
  if (action == v1::Webinar::ATTENDED) event.mutable_webinar()->set_minutes(48);
  Publish(std::move(event));
}

void Script::Call(const v1::Id& contact, absl::string_view actor, int minutes, Instant at) {
  v1::Event event = Draft(Source::kDialer, at, {contact, account_});
  SetText(event.mutable_actor(), actor);
  event.set_team(v1::SALES);
  event.set_automation(v1::HUMAN);
  event.set_direction(v1::OUTBOUND);
  event.mutable_call()->set_result(minutes > 0 ? v1::Call::CONNECTED : v1::Call::NO_ANSWER);
  event.mutable_call()->set_minutes(minutes);
  Publish(std::move(event));
}

void Script::Meet(const v1::Id& contact, absl::string_view actor, absl::string_view meeting,
                  Instant at) {
  v1::Event event = Draft(Source::kCrm, at, {contact, account_});
  SetText(event.mutable_actor(), actor);
  event.set_team(v1::SALES);
  event.set_automation(v1::HUMAN);
  SetText(event.mutable_interaction_id(), meeting);
  SetText(event.mutable_meeting()->mutable_meeting_id(), meeting);
  event.mutable_meeting()->set_action(v1::Meeting::HELD);
  event.mutable_meeting()->set_minutes(45);
  Publish(std::move(event));
}

void Script::HandOver(const v1::Id& lead, absl::string_view campaign, Instant at) {
  Lead(lead, v1::Lead::CREATED, campaign, at);
  Lead(lead, v1::Lead::DECLARED_QUALIFIED, campaign, at + kMinute);
  Lead(lead, v1::Lead::ASSIGNED, campaign, at + 6 * kMinute);
}

void Script::Lead(const v1::Id& lead, v1::Lead::Action action, absl::string_view campaign,
                  Instant at, absl::string_view reason) {
  v1::Event event = Draft(Source::kCrm, at, {lead});
  SetText(event.mutable_campaign_id(), campaign);
  v1::Lead& body = *event.mutable_lead();
  body.set_action(action);
  body.set_lead_id(lead.value());
  SetText(body.mutable_reason(), reason);
  switch (action) {
    case v1::Lead::CREATED:
      body.set_origin("Webinar");
      break;
    case v1::Lead::DECLARED_QUALIFIED:
      event.set_team(v1::MARKETING);
      break;
    case v1::Lead::ASSIGNED:
      body.set_owner("sdr-north-1");
      body.set_owner_team(TeamOf("sdr", 0));
      body.set_calendar(kRegion[0].calendar);
      break;
    default:
      event.set_actor("sdr-north-1");
      event.set_team(v1::SALES);
  }
  if (action != v1::Lead::CREATED) body.set_handover_id(absl::StrCat("h-", lead.value()));
  Publish(std::move(event));
}

void Script::Open(const DealTerms& terms, Instant at) {
  v1::Event event = Draft(Source::kCrm, at, {Deal(terms.id), account_});
  SetText(event.mutable_actor(), terms.owner);
  event.set_team(v1::SALES);
  SetText(event.mutable_campaign_id(), terms.campaign);
  v1::OpportunityFields& fields = *event.mutable_opportunity_opened()->mutable_fields();
  fields.set_pipeline_id(kNewBusiness.id);
  fields.set_stage_id(kNewBusiness.stage[0].id);
  fields.set_name(absl::StrCat("Deal ", terms.id));
  SetMoney(fields.mutable_recurring_amount(), "EUR", terms.monthly);
  fields.set_term_months(12);
  SetMoney(fields.mutable_amount(), "EUR", terms.monthly * 12);
  fields.set_close_date(StartOfDay(at + 75 * kDay));
  fields.set_forecast_category(v1::FORECAST_PIPELINE);
  SetText(fields.mutable_owner(), terms.owner);
  fields.set_owner_team(TeamOf("ae", terms.owner.substr(0, 7) == "ae-west" ? 2 : 0));
  fields.set_motion(v1::NEW);
  fields.set_sourced_by(terms.sourced_by);
  fields.set_region("north");
  if (!terms.campaign.empty()) SetText(fields.mutable_primary_campaign(), terms.campaign);
  if (!terms.contact.empty()) {
    v1::ContactRole& role = *fields.add_contact_roles();
    *role.mutable_contact() = Contact(terms.contact);
    role.set_role("champion");
  }
  Publish(std::move(event));
  v1::Event link = Draft(Source::kCrm, at, {Deal(terms.id)});
  *link.mutable_linked()->mutable_child() = Deal(terms.id);
  *link.mutable_linked()->mutable_parent() = account_;
  Publish(std::move(link));
}

void Script::Stage(absl::string_view deal, absl::string_view owner, absl::string_view stage,
                   Instant at) {
  v1::Event event = Draft(Source::kCrm, at, {Deal(deal)});
  SetText(event.mutable_actor(), owner);
  event.set_team(v1::SALES);
  SetText(event.mutable_opportunity_changed()->mutable_fields()->mutable_stage_id(), stage);
  Publish(std::move(event));
}

void Script::Close(const DealTerms& terms, v1::OpportunityClosed::Outcome outcome, Instant at,
                   Instant closed_at) {
  v1::Event event = Draft(Source::kCrm, at, {Deal(terms.id), account_});
  SetText(event.mutable_actor(), terms.owner);
  event.set_team(v1::SALES);
  v1::OpportunityClosed& closed = *event.mutable_opportunity_closed();
  closed.set_outcome(outcome);
  closed.set_closed_at(closed_at);
  const bool won = outcome == v1::OpportunityClosed::WON;
  closed.set_reason(won ? "best fit" : "budget withdrawn");
  v1::OpportunityFields& fields = *closed.mutable_fields();
  fields.set_stage_id(won ? kWonStage : kLostStage);
  if (won) {
    SetMoney(fields.mutable_amount(), "EUR", terms.monthly * 12);
    fields.set_forecast_category(v1::FORECAST_CLOSED);
  }
  Publish(std::move(event));
}

void Script::WholeDeal(const DealTerms& terms, v1::OpportunityClosed::Outcome outcome,
                       Instant opened, Instant closed) {
  Open(terms, opened);
  const int64_t step = (closed - opened) / kNewBusiness.stages;
  for (int stage = 1; stage < kNewBusiness.stages; ++stage) {
    Stage(terms.id, terms.owner, kNewBusiness.stage[stage].id, opened + stage * step);
  }
  Close(terms, outcome, closed);
}

}  // namespace revops::simulation
