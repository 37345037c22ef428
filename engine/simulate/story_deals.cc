#include <utility>

#include "engine/simulate/script.h"
#include "engine/simulate/stages.h"
#include "engine/simulate/stories.h"
#include "engine/simulate/webinars.h"

namespace revops::simulation {
namespace {

const SimulationStory kStory;

// Sales called first; marketing's webinar was what made them buy. Or was it?
void TellDisputed(World& world) {
  Script script(world, kStory.disputed_account);
  const v1::Id champion = Script::Contact(kStory.disputed_contact);
  const v1::Id second = Script::Contact("c-disputed-2");
  script.AddAccount(script.account(), "Account Disputed", script.At(20));
  script.AddContact(champion, script.account(), "champion", script.At(20, 11));
  script.Call(champion, "sdr-north-1", 6, script.At(40, 9));

  const Instant webinar = WebinarDay(world, 1);
  script.View("v-disputed-1", "/resources/one-truth", "camp-social", webinar - 6 * kDay);
  script.Form("v-disputed-1", "form-whitepaper", champion, webinar - 6 * kDay + 9 * kHour);
  script.Webinar(champion, 1, v1::Webinar::REGISTERED, webinar - 4 * kDay);
  script.Webinar(champion, 1, v1::Webinar::ATTENDED, webinar + 14 * kHour);
  const v1::Id lead = Script::LeadRecord("l-disputed-1");
  const Instant handed_over = webinar + kDay + 9 * kHour;
  script.Link(lead, champion, handed_over);
  script.HandOver(lead, "camp-webinar-02", handed_over);
  script.Lead(lead, v1::Lead::ACCEPTED, "camp-webinar-02", handed_over + 70 * kMinute);
  script.Lead(lead, v1::Lead::SALES_QUALIFIED, "camp-webinar-02", handed_over + 9 * kDay);
  script.Call(champion, "sdr-north-1", 18, handed_over + 2 * kHour);
  script.Meet(champion, "ae-north-1", "meet-disputed-1", webinar + 8 * kDay + 10 * kHour);

  const Script::DealTerms terms{
      kStory.disputed_opportunity, "ae-north-1",           3500, v1::SOURCED_SDR,
      "camp-webinar-02",           kStory.disputed_contact};
  const Instant opened = webinar + 10 * kDay + 9 * kHour;
  const Instant closed = opened + 74 * kDay;
  script.AddContact(second, script.account(), "decision maker", opened + 12 * kDay);
  script.View("v-disputed-2", "/customers/software", "camp-search", opened + 15 * kDay);
  script.Link(Script::Visitor("v-disputed-2"), second, opened + 20 * kDay);
  script.Meet(second, "ae-north-1", "meet-disputed-2", opened + 30 * kDay);
  script.Meet(champion, "ae-north-1", "meet-disputed-2", opened + 30 * kDay);
  script.WholeDeal(terms, v1::OpportunityClosed::WON, opened, closed);
}

void TellBackdated(World& world) {
  Script script(world, kStory.backdated_account);
  const v1::Id contact = Script::Contact("c-backdated-1");
  script.AddAccount(script.account(), "Account Backdated", script.At(70));
  script.AddContact(contact, script.account(), "decision maker", script.At(70, 11));
  script.View("v-backdated-1", "/pricing", "camp-search", script.At(74));
  script.Form("v-backdated-1", "form-demo", contact, script.At(74, 11));
  script.Meet(contact, "ae-north-2", "meet-backdated-1", script.At(80));
  const Script::DealTerms terms{kStory.backdated_opportunity, "ae-north-2",  2250,
                                v1::SOURCED_MARKETING,        "camp-search", "c-backdated-1"};
  script.Open(terms, script.At(82));
  script.Stage(terms.id, terms.owner, "discovery", script.At(90));
  script.Stage(terms.id, terms.owner, "proposal", script.At(120));
  script.Stage(terms.id, terms.owner, "negotiation", script.At(160));
  // Entered on 8 July, signed on 27 June.
  script.Close(terms, v1::OpportunityClosed::WON, script.At(188), script.At(177, 15));
}

void TellReopened(World& world) {
  Script script(world, kStory.reopened_account);
  const v1::Id contact = Script::Contact("c-reopened-1");
  script.AddAccount(script.account(), "Account Reopened", script.At(30));
  script.AddContact(contact, script.account(), "champion", script.At(30, 11));
  script.Webinar(contact, 1, v1::Webinar::ATTENDED, WebinarDay(world, 1) + 14 * kHour);
  script.Call(contact, "ae-north-1", 12, script.At(56));
  const Script::DealTerms terms{kStory.reopened_opportunity, "ae-north-1",      4000,
                                v1::SOURCED_MARKETING,       "camp-webinar-02", "c-reopened-1"};
  script.WholeDeal(terms, v1::OpportunityClosed::WON, script.At(60), script.At(155));
  v1::Event order =
      script.Draft(Source::kBilling, script.At(156), {script.account(), Script::Deal(terms.id)});
  order.mutable_order()->set_order_id("ord-reopened-1");
  SetMoney(order.mutable_order()->mutable_amount(), "EUR", terms.monthly * 12);
  script.Publish(std::move(order));
  v1::Event event =
      script.Draft(Source::kCrm, script.At(215), {Script::Deal(terms.id), script.account()});
  event.set_actor("ae-north-1");
  event.mutable_opportunity_reopened()->set_reason("signature withdrawn");
  v1::OpportunityFields& fields = *event.mutable_opportunity_reopened()->mutable_fields();
  fields.set_stage_id(kNewBusiness.stage[4].id);
  fields.set_close_date(StartOfDay(script.At(290)));
  script.Publish(std::move(event));
  script.Meet(contact, "ae-north-1", "meet-reopened-1", script.At(240));
  script.Close(terms, v1::OpportunityClosed::LOST, script.At(288));
  v1::Event refund = script.Draft(Source::kBilling, script.At(290), {script.account()});
  refund.mutable_refund()->set_order_id("ord-reopened-1");
  SetMoney(refund.mutable_refund()->mutable_amount(), "EUR", terms.monthly * 12);
  refund.mutable_refund()->set_reason("contract withdrawn");
  script.Publish(std::move(refund));
}

void TellTerritory(World& world) {
  Script script(world, kStory.territory_account);
  const v1::Id contact = Script::Contact("c-territory-1");
  script.AddAccount(script.account(), "Account Territory", script.At(50));
  script.AddContact(contact, script.account(), "champion", script.At(50, 11));
  script.View("v-territory-1", "/product", "camp-search", script.At(52));
  script.Form("v-territory-1", "form-contact", contact, script.At(52, 11));
  script.Call(contact, kStory.territory_owner_before, 9, script.At(55));
  script.WholeDeal({kStory.territory_opportunity, kStory.territory_owner_before, 3000,
                    v1::SOURCED_MARKETING, "camp-search", "c-territory-1"},
                   v1::OpportunityClosed::WON, script.At(60), script.At(140));
  script.WholeDeal(
      {"o-territory-2", kStory.territory_owner_after, 900, v1::SOURCED_AE, "", "c-territory-1"},
      v1::OpportunityClosed::WON, script.At(200), script.At(260));
}

void TellUntouched(World& world) {
  Script script(world, kStory.untouched_account);
  script.AddAccount(script.account(), "Account Untouched", script.At(95));
  script.WholeDeal({kStory.untouched_opportunity, "ae-north-2", 1800, v1::SOURCED_AE, "", ""},
                   v1::OpportunityClosed::WON, script.At(96), script.At(171));
}

void TellUnknownStage(World& world) {
  Script script(world, kStory.unknown_stage_account);
  const v1::Id contact = Script::Contact("c-newstage-1");
  script.AddAccount(script.account(), "Account Newstage", script.At(225));
  script.AddContact(contact, script.account(), "champion", script.At(225, 11));
  script.Call(contact, "ae-north-2", 14, script.At(226));
  const Script::DealTerms terms{
      kStory.unknown_stage_opportunity, "ae-north-2", 1650, v1::SOURCED_AE, "", "c-newstage-1"};
  script.Open(terms, script.At(228));
  script.Stage(terms.id, terms.owner, "evaluation", script.At(245));
  script.Stage(terms.id, terms.owner, "proposal", script.At(262));
  script.Stage(terms.id, terms.owner, kStory.unknown_stage, script.At(280));
}

}  // namespace

void TellStories(World& world) {
  TellDealStories(world);
  TellWebinarStory(world);
  TellPeopleStories(world);
}

void TellDealStories(World& world) {
  TellDisputed(world);
  TellBackdated(world);
  TellReopened(world);
  TellTerritory(world);
  TellUntouched(world);
  TellUnknownStage(world);
}

}  // namespace revops::simulation
