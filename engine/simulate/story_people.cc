#include <utility>

#include "absl/strings/str_cat.h"
#include "engine/simulate/script.h"
#include "engine/simulate/stories.h"
#include "engine/simulate/webinars.h"

namespace revops::simulation {
namespace {

const SimulationStory kStory;

// A colleague's deal is won; months later a form says who the visitor was that read everything.
void TellLateName(World& world) {
  Script script(world, kStory.late_identified_account);
  const v1::Id known = Script::Contact("c-latename-1");
  script.AddAccount(script.account(), "Account Latename", script.At(40));
  script.AddContact(known, script.account(), "champion", script.At(40, 11));
  const absl::string_view visitor = kStory.late_identified_visitor;
  const char* const paths[] = {"/", "/product", "/pricing", "/resources/payback-calculator",
                               "/customers/software"};
  int64_t day = 22;
  for (const char* path : paths) {
    script.View(visitor, path, day == 22 ? "camp-search" : "", script.At(day, 13));
    day += 17;
  }
  script.Call(known, "ae-north-1", 11, script.At(44));
  // No contact roles: the deal's people are those of the account.
  script.WholeDeal({kStory.late_identified_opportunity, "ae-north-1", 2750, v1::SOURCED_SDR,
                    "camp-outbound", ""},
                   v1::OpportunityClosed::WON, script.At(50), script.At(131));
  const v1::Id late = Script::Contact(kStory.late_identified_contact);
  script.AddContact(late, script.account(), "decision maker", script.At(244));
  script.Form(visitor, "form-ebook", late, script.At(246));
}

void TellMerge(World& world) {
  Script script(world, kStory.surviving_account);
  const v1::Id first = CrmId(v1::ACCOUNT, kStory.surviving_account);
  const v1::Id second = CrmId(v1::ACCOUNT, kStory.merged_account);
  const v1::Id contact = Script::Contact(kStory.surviving_contact);
  const v1::Id twin = Script::Contact(kStory.merged_contact);
  script.AddAccount(first, "Account Merge", script.At(15));
  script.AddContact(contact, first, "champion", script.At(15, 11));
  script.AddAccount(second, "Account Merge (2)", script.At(60));
  script.AddContact(twin, second, "champion", script.At(60, 11));
  script.View("v-merge-1", "/pricing", "camp-social", script.At(18));
  script.Form("v-merge-1", "form-contact", contact, script.At(18, 11));
  script.WholeDeal({"o-merge-1", "ae-north-1", 1500, v1::SOURCED_MARKETING, "camp-social",
                    kStory.surviving_contact},
                   v1::OpportunityClosed::WON, script.At(25), script.At(110));

  Script other(world, kStory.merged_account);
  other.Call(twin, "sdr-north-1", 7, script.At(62));
  other.Meet(twin, "ae-north-2", "meet-merge-1", script.At(70));
  other.WholeDeal(
      {"o-merge-2", "ae-north-2", 1200, v1::SOURCED_SDR, "camp-outbound", kStory.merged_contact},
      v1::OpportunityClosed::WON, script.At(75), script.At(165));
  const std::pair<v1::Id, v1::Id> merges[] = {{second, first}, {twin, contact}};
  for (const auto& [merged, into] : merges) {
    v1::Event event = script.Draft(Source::kCrm, script.At(181, 12), {merged});
    *event.mutable_merged()->mutable_merged() = merged;
    *event.mutable_merged()->mutable_into() = into;
    script.Publish(std::move(event));
  }
  // A third record was only somebody's test; a fourth was deleted by mistake, and came back.
  const v1::Id test_lead = Script::LeadRecord("l-merge-test");
  const v1::Id lost_lead = Script::LeadRecord("l-merge-lost");
  script.Lead(test_lead, v1::Lead::CREATED, "", script.At(20));
  script.Lead(lost_lead, v1::Lead::CREATED, "", script.At(21));
  for (const v1::Id& lead : {test_lead, lost_lead}) {
    v1::Event deleted = script.Draft(Source::kCrm, script.At(26), {lead});
    *deleted.mutable_entity_deleted()->mutable_entity() = lead;
    deleted.mutable_entity_deleted()->set_cause(
        lead.value() == "l-merge-test" ? v1::EntityDeleted::TEST_DATA : v1::EntityDeleted::MISTAKE);
    script.Publish(std::move(deleted));
  }
  v1::Event restored = script.Draft(Source::kCrm, script.At(27), {lost_lead});
  *restored.mutable_entity_restored()->mutable_entity() = lost_lead;
  script.Publish(std::move(restored));
}

void TellChampion(World& world) {
  Script before(world, kStory.champion_old_account);
  Script after(world, kStory.champion_new_account);
  const v1::Id champion = Script::Contact(kStory.champion_contact);
  before.AddAccount(before.account(), "Account Champion Old", before.At(10));
  before.AddContact(champion, before.account(), "champion", before.At(10, 11));
  before.View("v-champion-1", "/resources/one-truth", "camp-search", before.At(12));
  before.Form("v-champion-1", "form-whitepaper", champion, before.At(12, 12));
  before.Webinar(champion, 0, v1::Webinar::ATTENDED, WebinarDay(world, 0) + 14 * kHour);
  before.WholeDeal({kStory.champion_old_opportunity, "ae-north-1", 2000, v1::SOURCED_MARKETING,
                    "camp-search", kStory.champion_contact},
                   v1::OpportunityClosed::WON, before.At(30), before.At(105));

  v1::Event left = before.Draft(Source::kCrm, before.At(150), {champion});
  *left.mutable_left_account()->mutable_contact() = champion;
  *left.mutable_left_account()->mutable_account() = before.account();
  before.Publish(std::move(left));
  after.AddAccount(after.account(), "Account Champion New", after.At(165));
  v1::Event joined = after.Draft(Source::kCrm, after.At(165, 11), {champion});
  *joined.mutable_joined_account()->mutable_contact() = champion;
  *joined.mutable_joined_account()->mutable_account() = after.account();
  joined.mutable_joined_account()->set_role("champion");
  after.Publish(std::move(joined));
  after.View("v-champion-1", "/pricing", "", after.At(172));
  after.Call(champion, "ae-north-2", 22, after.At(176));
  after.WholeDeal({kStory.champion_new_opportunity, "ae-north-2", 3200, v1::SOURCED_AE, "",
                   kStory.champion_contact},
                  v1::OpportunityClosed::WON, after.At(180), after.At(262));
}

void TellUnlinked(World& world) {
  Script script(world, kStory.unlinked_account);
  const v1::Id contact = Script::Contact(kStory.unlinked_contact);
  const v1::Id visitor = Script::Visitor(kStory.unlinked_visitor);
  script.AddAccount(script.account(), "Account Unlinked", script.At(80));
  script.AddContact(contact, script.account(), "user", script.At(80, 11));
  for (int64_t day = 82; day < 100; day += 3) {
    script.View(kStory.unlinked_visitor, "/pricing", "", script.At(day, 15));
  }
  script.Link(visitor, contact, script.At(100));
  v1::Event undone = script.Draft(Source::kAutomation, script.At(118), {visitor});
  *undone.mutable_unlinked()->mutable_child() = visitor;
  script.Publish(std::move(undone));
}

void TellErased(World& world) {
  Script script(world, kStory.erased_account);
  const v1::Id contact = Script::Contact(kStory.erased_contact);
  script.AddAccount(script.account(), "Account Erased", script.At(100));
  script.AddContact(contact, script.account(), "user", script.At(100, 11));
  script.View("v-erased-1", "/resources/sla-template", "camp-social", script.At(103));
  script.Form("v-erased-1", "form-template", contact, script.At(103, 11));
  script.Call(contact, "sdr-north-1", 4, script.At(110));
  v1::Event event = script.Draft(Source::kCrm, script.At(201), {contact});
  *event.mutable_erasure()->add_ids() = contact;
  *event.mutable_erasure()->add_ids() = Script::Visitor("v-erased-1");
  script.Publish(std::move(event));
}

}  // namespace

void TellPeopleStories(World& world) {
  TellLateName(world);
  TellMerge(world);
  TellChampion(world);
  TellUnlinked(world);
  TellErased(world);
}

}  // namespace revops::simulation
