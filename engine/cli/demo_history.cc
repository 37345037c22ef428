// Parts of the demo about a history that changes: records merged, closes backdated and taken back,
// people and territories that move.
#include <set>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "engine/base/calendar.h"
#include "engine/base/status.h"
#include "engine/cli/demo_story.h"
#include "engine/cli/demo_words.h"
#include "engine/cli/message_text.h"
#include "engine/cli/rows.h"
#include "engine/cli/table.h"
#include "engine/report/kpi_text.h"
#include "engine/simulate/story.h"
#include "revops/v1/views.pb.h"

namespace revops {
namespace {

const SimulationStory kStory;

std::string DayText(int64_t at) { return TimeText(at).substr(0, 10); }

absl::Status TellMerge(const DemoStory& story) {
  const Id merged = CrmEntity(v1::ACCOUNT, kStory.merged_account);
  ASSIGN_OR_RETURN(const v1::GetResponse rows, RowsOf(story, "account", merged));
  v1::AccountView account;
  if (rows.rows().empty() || !rows.rows(0).value().UnpackTo(&account)) return absl::OkStatus();
  Say(story,
      absl::StrCat("- Merged: asked for ", ToText(merged), ", ", IdText(rows.rows(0).entity()),
                   " answers, with the ", account.won_deals(), " deals won under either name."));
  Command(story, absl::StrCat("get account ", ToText(merged)));
  return absl::OkStatus();
}

absl::Status TellBackdated(const DemoStory& story) {
  const Id id = CrmEntity(v1::OPPORTUNITY, kStory.backdated_opportunity);
  const auto deal = RowOf<v1::OpportunityView>(story, "opportunity", id);
  if (absl::IsNotFound(deal.status())) return absl::OkStatus();
  RETURN_IF_ERROR(deal.status());
  Say(story, absl::StrCat("- Backdated: ", ToText(id), " was signed on ",
                          DayText(deal->closed_at()), " and entered after the quarter had ended; ",
                          AmountText(deal->amount()), " count on the day of the signature",
                          deal->backdated() ? ", marked as backdated." : "."));
  Command(story, absl::StrCat("get opportunity ", ToText(id)));
  return absl::OkStatus();
}

absl::Status TellReopened(const DemoStory& story) {
  const Id id = CrmEntity(v1::OPPORTUNITY, kStory.reopened_opportunity);
  const auto deal = RowOf<v1::OpportunityView>(story, "opportunity", id);
  if (absl::IsNotFound(deal.status())) return absl::OkStatus();
  RETURN_IF_ERROR(deal.status());
  ASSIGN_OR_RETURN(const v1::AttributionView credit,
                   RowOf<v1::AttributionView>(story, "attribution", id));
  Say(story, absl::StrCat("- Reopened: ", ToText(id), " was won on ",
                          DayText(deal->first_closed_at()), ", reopened ", deal->times_reopened(),
                          " time and is now ", v1::OpportunityView::State_Name(deal->state()),
                          ": bookings and credit were taken back ", credit.times_reversed(),
                          " time, on the day it reopened; the quarter of the win keeps it."));
  Command(story, absl::StrCat("explain opportunity ", ToText(id)));
  return absl::OkStatus();
}

absl::Status TellChampion(const DemoStory& story) {
  const Id id = CrmEntity(v1::CONTACT, kStory.champion_contact);
  ASSIGN_OR_RETURN(const v1::GetResponse rows, RowsOf(story, "journey", id));
  std::vector<std::string> parts;
  for (const v1::Row& row : rows.rows()) {
    v1::JourneyView view;
    if (!row.value().UnpackTo(&view) || view.touches() == 0) continue;
    parts.push_back(absl::StrCat(view.touches(), " touches at ", IdText(row.root()),
                                 view.former() ? " (former)" : ""));
  }
  if (parts.empty()) return absl::OkStatus();
  Say(story, absl::StrCat("- Changed company: ", ToText(id), " has ", absl::StrJoin(parts, " and "),
                          ": what happened stays with the company where it happened."));
  Command(story, absl::StrCat("get journey ", ToText(id)));
  return absl::OkStatus();
}

}  // namespace

absl::Status TellHistory(const DemoStory& story) {
  Title(story, "History changes, and the numbers say how");
  RETURN_IF_ERROR(TellMerge(story));
  RETURN_IF_ERROR(TellBackdated(story));
  RETURN_IF_ERROR(TellReopened(story));
  return TellChampion(story);
}

absl::Status TellQuarter(const DemoStory& story) {
  const SimulationOptions& simulation = story.then.simulation;
  if (story.then.quarter.kpis().empty()) return absl::OkStatus();
  const KpiAnswer then = AnswerOf(story.then.quarter);
  const v1::KpiRequest question = QuarterQuestion(simulation);
  ASSIGN_OR_RETURN(const KpiAnswer now, AskKpi(story, question));
  Title(story, absl::StrCat("The second quarter after territories changed on ",
                            DemoDay(simulation, kQuarterEnd)));
  std::set<std::string> teams;
  for (const KpiAnswer* answer : {&then, &now}) {
    const auto found = answer->points.find("bookings");
    if (found == answer->points.end()) continue;
    for (const auto& [team, point] : found->second) teams.insert(team);
  }
  Table table;
  table.columns = {"team", "bookings, asked then", "asked today"};
  for (const std::string& team : teams) {
    table.rows.push_back({team, then.Text("bookings", team), now.Text("bookings", team)});
  }
  WriteAligned(table, story.terminal);
  const Id id = CrmEntity(v1::OPPORTUNITY, kStory.territory_opportunity);
  const auto deal = RowOf<v1::OpportunityView>(story, "opportunity", id);
  const Id owner(v1::OWNER, "crm", kStory.territory_owner_before);
  const auto holds = RowOf<v1::CompanyView>(story, "company", owner);
  if (deal.ok() && holds.ok() && !holds->held().empty()) {
    Say(story,
        absl::StrCat(deal->fields().owner(), " is in ", holds->held(holds->held_size() - 1).team(),
                     " today; ", ToText(id), ", won on ", DayText(deal->closed_at()),
                     ", stays with ", deal->fields().owner_team(), "."));
  }
  Say(story, "What else moved was entered late, the backdated deal above among it.");
  Command(story, absl::StrCat("kpi bookings --by team --currency EUR --from ", question.from_day(),
                              " --to ", question.end_day()));
  return absl::OkStatus();
}

}  // namespace revops
