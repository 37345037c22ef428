// Parts of the demo about leads: a webinar's attendees, a campaign seen through, dropped batons.
#include <algorithm>
#include <map>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "engine/base/calendar.h"
#include "engine/base/civil.h"
#include "engine/base/money.h"
#include "engine/base/status.h"
#include "engine/cli/demo_story.h"
#include "engine/cli/demo_words.h"
#include "engine/cli/progress_bar.h"
#include "engine/cli/rows.h"
#include "engine/cli/table.h"
#include "engine/report/kpi_text.h"
#include "engine/simulate/story.h"
#include "revops/v1/views.pb.h"

namespace revops {
namespace {

const SimulationStory kStory;

v1::ListRequest ListWhere(const std::string& view, const std::string& index,
                          const std::string& field, absl::string_view value) {
  v1::ListRequest request;
  request.set_view(view);
  request.set_index(index);
  v1::Filter& filter = *request.add_filters();
  filter.set_field(field);
  filter.set_value(std::string(value));
  return request;
}

// What became of some attendees.
struct Attendees {
  uint64_t people = 0, met = 0, deals = 0, won = 0;
  std::map<std::string, int128> booked;  // currency -> micros

  void Add(const v1::CampaignResponse& response, const v1::CampaignView& campaign) {
    ++people;
    met += response.met_at() != 0;
    deals += response.opportunity_at() != 0;
    won += response.won_at() != 0;
    for (const auto& deal : campaign.deals()) {
      if (deal.deal() != response.deal() || deal.deal().empty()) continue;
      for (const auto& win : deal.wins()) {
        const auto amount = Money::FromProto(win.amount());
        if (win.reversed_at() == 0 && amount.ok()) {
          booked[amount->currency().code()] += amount->micros();
        }
      }
    }
  }

  std::vector<std::string> Row(const std::string& name) const {
    std::vector<std::string> sums;
    for (const auto& [code, micros] : booked) {
      const auto money = Money(*Currency::Parse(code), micros).ToProto();
      if (money.ok()) sums.push_back(AmountText(*money));
    }
    return {name,
            WithCommas(people),
            WithCommas(met),
            WithCommas(deals),
            WithCommas(won),
            absl::StrJoin(sums, ", ")};
  }
};

enum class FollowUp { kInTime, kLate, kNever };

FollowUp FollowUpOf(const v1::CampaignResponse& response) {
  if (response.contacted_at() == 0) return FollowUp::kNever;
  return response.due_at() != 0 && response.contacted_at() > response.due_at() ? FollowUp::kLate
                                                                               : FollowUp::kInTime;
}

std::string OfWhole(uint64_t part, uint64_t whole) {
  if (whole == 0) return "";
  const uint64_t permille = (part * 2000 + whole) / (2 * whole);
  return absl::StrCat(permille / 10, ".", permille % 10, " %");
}

}  // namespace

absl::Status TellWebinar(const DemoStory& story) {
  std::map<FollowUp, Attendees> groups;
  Attendees all;
  RETURN_IF_ERROR(ForEachRow<v1::CampaignView>(
      story, ListWhere("campaign", "responses", "campaign", kStory.webinar_campaign),
      [&](const v1::Row&, const v1::CampaignView& campaign) {
        for (const auto& response : campaign.responses()) {
          if (response.kind() != "webinar.attended") continue;
          groups[FollowUpOf(response)].Add(response, campaign);
          all.Add(response, campaign);
        }
      }));
  if (all.people == 0) return absl::OkStatus();
  Title(story, "One webinar: who attended, who was called, and what became of each");
  Table table;
  table.columns = {"attended", "people", "met", "deal opened", "won", "booked"};
  const std::pair<FollowUp, const char*> names[] = {{FollowUp::kInTime, "contacted in time"},
                                                    {FollowUp::kLate, "contacted late"},
                                                    {FollowUp::kNever, "not contacted"}};
  for (const auto& [group, name] : names) table.rows.push_back(groups[group].Row(name));
  table.rows.push_back(all.Row("all"));
  WriteAligned(table, story.terminal);
  Command(story,
          absl::StrCat("list campaign --where campaign=", kStory.webinar_campaign, " --limit 0"));
  return absl::OkStatus();
}

absl::Status TellGiveaway(const DemoStory& story) {
  const std::string campaign(kStory.bad_fit_campaign);
  const KpiAnswer then = AnswerOf(story.then.campaigns);
  const auto leads = then.points.find("leads_declared");
  if (leads == then.points.end() || leads->second.count(campaign) == 0) return absl::OkStatus();
  double all = 0;
  size_t better = 0;
  for (const auto& [name, point] : leads->second) {
    all += then.Value("leads_declared", name);
    better += then.Value("leads_declared", name) > then.Value("leads_declared", campaign);
  }
  Title(story, "A campaign with many leads: praised first, then seen through");
  Say(story, absl::StrCat("Reported on ", DemoDay(story.then.simulation, kGiveawayPraised), ": ",
                          campaign, " brought ", then.Text("leads_declared", campaign), " of ",
                          DecimalText(absl::StrCat(static_cast<int64_t>(all)), 0),
                          " qualified leads in six weeks",
                          better == 0 ? ", more than any other campaign." : "."));
  const v1::KpiRequest asked = CampaignsQuestion(story.then.simulation);
  const std::string data = MakeThen(story, kGiveawayPraised);
  Command(story,
          absl::StrCat("kpi leads_declared --by campaign --from ", asked.from_day(), " --to ",
                       asked.end_day()),
          data);

  uint64_t handed_over = 0, accepted = 0, rejected = 0, won = 0;
  std::map<std::string, uint64_t> reasons;
  RETURN_IF_ERROR(ForEachRow<v1::HandOverView>(
      story, ListWhere("hand_over", "handed_over", "campaign", campaign),
      [&](const v1::Row&, const v1::HandOverView& attempt) {
        ++handed_over;
        accepted += attempt.accepted_at() != 0;
        won += attempt.won_at() != 0;
        if (attempt.rejected_at() == 0) return;
        ++rejected;
        ++reasons[attempt.reason()];
      }));
  std::vector<std::pair<uint64_t, std::string>> ranked;
  for (const auto& [reason, count] : reasons) ranked.emplace_back(count, reason);
  std::sort(ranked.rbegin(), ranked.rend());
  std::vector<std::string> named;
  for (const auto& [count, reason] : ranked) {
    if (named.size() < 3) named.push_back(absl::StrCat(reason, " ", count));
  }
  v1::KpiRequest usual;
  usual.add_names("lead_acceptance");
  ASSIGN_OR_RETURN(const KpiAnswer average, AskKpi(story, usual));
  Say(story, absl::StrCat("Known today: of its ", handed_over, " hand-overs sales accepted ",
                          accepted, " (", OfWhole(accepted, handed_over), "; of all campaigns ",
                          average.Text("lead_acceptance"), ") and gave ", rejected, " back (",
                          absl::StrJoin(named, ", "), "); ", won, " became customers."));
  Command(story, absl::StrCat("list hand_over --by handed_over --where campaign=", campaign,
                              " --limit 0 --columns person,accepted_at,rejected_at,reason,won_at"));
  Command(story, "kpi lead_acceptance");
  return absl::OkStatus();
}

absl::Status TellMoneyAtRisk(const DemoStory& story) {
  const std::string today = FormatDay(static_cast<int32_t>(story.at / kMicrosPerDay));
  v1::KpiRequest request;
  request.add_names("dropped_batons");
  request.add_names("money_at_risk");
  request.set_end_day(today);
  request.set_currency("EUR");
  ASSIGN_OR_RETURN(const KpiAnswer whole, AskKpi(story, request));
  request.add_by("owner");
  ASSIGN_OR_RETURN(const KpiAnswer owners, AskKpi(story, request));
  Title(story, "Money at risk: hand-overs that nobody touched in time");
  Table table;
  table.columns = {"owner", "hand-overs", "at risk"};
  std::vector<std::pair<double, std::string>> ranked;
  if (const auto found = owners.points.find("dropped_batons"); found != owners.points.end()) {
    for (const auto& [owner, point] : found->second) {
      const double count = owners.Value("dropped_batons", owner);
      if (count != 0) ranked.emplace_back(-count, owner);
    }
  }
  std::sort(ranked.begin(), ranked.end());
  for (const auto& [count, owner] : ranked) {
    table.rows.push_back({owner.empty() ? "(nobody yet)" : owner,
                          owners.Text("dropped_batons", owner),
                          owners.Text("money_at_risk", owner)});
  }
  table.rows.push_back({"all", whole.Text("dropped_batons"), whole.Text("money_at_risk")});
  WriteAligned(table, story.terminal);
  Say(story, "Each counts with the share of hand-overs that is won, times the average deal.");
  Command(story,
          absl::StrCat("kpi dropped_batons money_at_risk --by owner --currency EUR --to ", today));
  Command(story, absl::StrCat("list hand_over --by first_touch_due --where 'due_at<", today,
                              "' --limit 0 --columns person,owner,due_at"));
  return absl::OkStatus();
}

}  // namespace revops
