// The scripted stories of a simulated year, by the fixed ids they run under, so that a demo can
// point at them. All are told in every simulation of at least 300 days with
// SimulationOptions::stories on; only ids of this page are promised, amounts and dates stand in
// story_*.cc.
#pragma once

#include "absl/strings/string_view.h"

namespace revops {

// Namespaces: accounts, contacts, leads and opportunities are "crm", visitors "web", marketing's
// own contacts "mkt"; the simulation's own entities look like a-000017, c-00001702, l-00001702,
// o-000017-1.
struct SimulationStory {
  // Webinar or cold call? One won deal that sales opened with a call and marketing with a webinar.
  absl::string_view disputed_account = "a-disputed";
  absl::string_view disputed_opportunity = "o-disputed";
  absl::string_view disputed_contact = "c-disputed-1";

  // The webinar whose attendees were called in time, late or never.
  absl::string_view webinar = "webinar-05";
  absl::string_view webinar_campaign = "camp-webinar-05";
  // Of its attendees, a-webinar-01 to -07 were called within the day, -08 to -13 days later, -14 to
  // -18 never; contacts are c-webinar-01 …, deals o-webinar-01 …

  // Many leads of a bad fit: praised in April, seen through in June.
  absl::string_view bad_fit_campaign = "camp-giveaway";

  // A visitor who is named by a form months after a colleague's deal was won.
  absl::string_view late_identified_account = "a-latename";
  absl::string_view late_identified_opportunity = "o-latename";
  absl::string_view late_identified_contact = "c-latename-2";
  absl::string_view late_identified_visitor = "v-latename-2";

  // One company kept as two accounts, each with a deal; merged on 1 July (day 181).
  absl::string_view merged_account = "a-merge-2";
  absl::string_view surviving_account = "a-merge-1";
  absl::string_view merged_contact = "c-merge-2";
  absl::string_view surviving_contact = "c-merge-1";

  // Signed in June, entered in July with a close date in June.
  absl::string_view backdated_account = "a-backdated";
  absl::string_view backdated_opportunity = "o-backdated";

  // Won in the second quarter, reopened in the third, lost in the fourth.
  absl::string_view reopened_account = "a-reopened";
  absl::string_view reopened_opportunity = "o-reopened";

  // A champion who leaves one company and brings the other a deal.
  absl::string_view champion_contact = "c-champion-1";
  absl::string_view champion_old_account = "a-champion-old";
  absl::string_view champion_new_account = "a-champion-new";
  absl::string_view champion_old_opportunity = "o-champion-old";
  absl::string_view champion_new_opportunity = "o-champion-new";

  // Won in the second quarter by an owner who changes team with the territories on day 181.
  absl::string_view territory = "territory-north";
  absl::string_view territory_owner_before = "ae-north-1";
  absl::string_view territory_owner_after = "ae-west-1";
  absl::string_view territory_account = "a-territory";
  absl::string_view territory_opportunity = "o-territory";

  // A visitor linked to the wrong person, then unlinked.
  absl::string_view unlinked_visitor = "v-unlinked-1";
  absl::string_view unlinked_contact = "c-unlinked-1";
  absl::string_view unlinked_account = "a-unlinked";

  // Won without any touch that anybody recorded: stays unattributed.
  absl::string_view untouched_account = "a-untouched";
  absl::string_view untouched_opportunity = "o-untouched";

  // Somebody renamed a stage in the CRM and told nobody: one change names a stage that the model
  // does not know, and is a dead letter until the model learns it.
  absl::string_view unknown_stage_account = "a-newstage";
  absl::string_view unknown_stage_opportunity = "o-newstage";
  absl::string_view unknown_stage = "verbal_agreement";

  // A person who asks to be forgotten.
  absl::string_view erased_contact = "c-erased-1";
  absl::string_view erased_account = "a-erased";
};

}  // namespace revops
