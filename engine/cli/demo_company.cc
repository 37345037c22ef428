// The company at a glance: how far people came, what is open, who is best, what one account lived.
#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "engine/base/money.h"
#include "engine/base/status.h"
#include "engine/cli/demo_words.h"
#include "engine/cli/event_text.h"
#include "engine/cli/progress_bar.h"
#include "engine/cli/rows.h"
#include "engine/cli/table.h"
#include "engine/simulate/story.h"
#include "revops/v1/views.pb.h"

namespace revops {
namespace {

v1::ListRequest ListOf(const std::string& view, const std::string& index) {
  v1::ListRequest request;
  request.set_view(view);
  request.set_index(index);
  return request;
}

// Deals and their amounts, a sum per currency.
struct Deals {
  uint64_t count = 0;
  uint64_t stale = 0;
  uint64_t past_due = 0;
  int32_t probability_ppm = 0;
  std::map<std::string, int128> micros;  // currency -> sum

  void Add(const v1::OpportunityView& deal) {
    ++count;
    stale += deal.stale() ? 1 : 0;
    past_due += deal.past_due() ? 1 : 0;
    probability_ppm = deal.probability_ppm();
    const auto amount = Money::FromProto(deal.amount());
    if (amount.ok()) micros[amount->currency().code()] += amount->micros();
  }

  std::string AmountText() const {
    std::vector<std::string> sums;
    for (const auto& [code, sum] : micros) {
      sums.push_back(
          absl::StrCat(code, " ", WithCommas(static_cast<uint64_t>(sum / kMicrosPerUnit))));
    }
    return absl::StrJoin(sums, ", ");
  }
};

std::string PercentOf(uint64_t part, uint64_t whole) {
  if (whole == 0) return "";
  const uint64_t permille = part * 1000 / whole;
  return absl::StrCat(permille / 10, ".", permille % 10, "%");
}

struct Funnel {
  uint64_t known = 0, engaged = 0, qualified = 0, handed_over = 0, accepted = 0,
           sales_qualified = 0, converted = 0;

  void Add(const v1::LeadView& lead) {
    ++known;
    engaged += lead.has_engagement();
    qualified += lead.first_qualified_at() != 0 || lead.times_declared() > 0;
    converted += lead.converted_at() != 0;
  }

  // A person counts once, however often they were handed over.
  void Add(const v1::HandOverView& attempt) {
    const Id person(attempt.person());
    Reach(people_handed_over, person, attempt.handed_over_at(), handed_over);
    Reach(people_accepted, person, attempt.accepted_at(), accepted);
    Reach(people_sales_qualified, person, attempt.sales_qualified_at(), sales_qualified);
  }

 private:
  static void Reach(std::set<Id>& people, const Id& person, int64_t at, uint64_t& count) {
    if (at != 0 && people.insert(person).second) ++count;
  }

  std::set<Id> people_handed_over, people_accepted, people_sales_qualified;
};

// "met us +116, saw a demo +38"
template <typename Reasons, typename Text>
std::string FirstReasons(const Reasons& reasons, Text text) {
  constexpr int kShown = 4;
  std::vector<std::string> parts;
  for (const auto& reason : reasons) {
    if (parts.size() < kShown) parts.push_back(text(reason));
  }
  return absl::StrJoin(parts, ", ");
}

std::string Points(int64_t points) { return absl::StrCat(points < 0 ? " " : " +", points); }

void TellLead(const DemoStory& story, const v1::Row& row, const v1::LeadView& lead) {
  const v1::Traits& who = lead.traits();
  story.terminal.out << "score " << lead.score() << " = fit " << lead.fit() << " + engagement "
                     << lead.engagement() << "  " << IdText(row.entity()) << " of "
                     << IdText(row.root())
                     << (who.title().empty() ? "" : absl::StrCat(", ", who.title()))
                     << (lead.status().empty() ? "" : absl::StrCat("; ", lead.status())) << "\n"
                     << "    engaged: "
                     << FirstReasons(lead.engagement_reasons(),
                                     [](const v1::EngagementReason& reason) {
                                       return absl::StrCat(reason.rule(), Points(reason.points()));
                                     })
                     << "\n    fits:    "
                     << FirstReasons(lead.fit_reasons(),
                                     [](const v1::Tally& reason) {
                                       return absl::StrCat(reason.name(), Points(reason.count()));
                                     })
                     << "\n";
}

// Part of the story, not of the bookkeeping.
bool IsTold(const v1::Event& event) {
  return !event.has_traits() && !event.has_linked() && !event.has_joined_account();
}

std::string ValuesText(const v1::Event& event) {
  std::vector<std::string> values;
  for (const v1::Id& id : event.subject()) values.push_back(id.value());
  return absl::StrJoin(values, " ");
}

}  // namespace

absl::Status TellFunnel(const DemoStory& story) {
  Funnel funnel;
  RETURN_IF_ERROR(ForEachRow<v1::LeadView>(
      story, ListOf("lead", "best"),
      [&](const v1::Row&, const v1::LeadView& lead) { funnel.Add(lead); }));
  RETURN_IF_ERROR(ForEachRow<v1::HandOverView>(
      story, ListOf("hand_over", "handed_over"),
      [&](const v1::Row&, const v1::HandOverView& attempt) { funnel.Add(attempt); }));
  Title(story, "Leads: how far people came");
  Table table;
  table.columns = {"step", "people", "of all", ""};
  const std::pair<const char*, uint64_t> steps[] = {
      {"known by name", funnel.known},
      {"engaged", funnel.engaged},
      {"qualified (computed or declared)", funnel.qualified},
      {"handed to sales", funnel.handed_over},
      {"accepted by sales", funnel.accepted},
      {"sales-qualified", funnel.sales_qualified},
      {"converted", funnel.converted}};
  constexpr uint64_t kBar = 30;
  for (const auto& [name, people] : steps) {
    table.rows.push_back({name, WithCommas(people), PercentOf(people, funnel.known),
                          std::string(funnel.known == 0 ? 0 : people * kBar / funnel.known, '#')});
  }
  WriteAligned(table, story.terminal);
  Command(story, "list lead --by qualified --limit 10");
  return absl::OkStatus();
}

absl::Status TellPipeline(const DemoStory& story) {
  std::map<std::pair<std::string, std::string>, Deals> open;  // (pipeline, stage) -> deals
  RETURN_IF_ERROR(
      ForEachRow<v1::OpportunityView>(story, ListOf("opportunity", "close_date"),
                                      [&](const v1::Row&, const v1::OpportunityView& deal) {
                                        open[{deal.pipeline_name(), deal.stage_name()}].Add(deal);
                                      }));
  std::map<std::string, Deals> closed;  // outcome -> deals
  RETURN_IF_ERROR(ForEachRow<v1::OpportunityView>(
      story, ListOf("opportunity", "closed"), [&](const v1::Row&, const v1::OpportunityView& deal) {
        closed[v1::OpportunityView::State_Name(deal.state())].Add(deal);
      }));

  Title(story, "Pipeline: open deals by stage");
  std::vector<std::pair<std::pair<std::string, std::string>, Deals>> stages(open.begin(),
                                                                            open.end());
  std::stable_sort(stages.begin(), stages.end(), [](const auto& a, const auto& b) {
    return std::make_pair(a.first.first, a.second.probability_ppm) <
           std::make_pair(b.first.first, b.second.probability_ppm);
  });
  Table table;
  table.columns = {"pipeline", "stage", "deals", "amount", "stale", "past due"};
  for (const auto& [stage, deals] : stages) {
    table.rows.push_back({stage.first, stage.second, WithCommas(deals.count), deals.AmountText(),
                          WithCommas(deals.stale), WithCommas(deals.past_due)});
  }
  WriteAligned(table, story.terminal);
  Command(story, "list opportunity --by close_date --limit 10");

  Title(story, "Deals that closed");
  Table outcomes;
  outcomes.columns = {"outcome", "deals", "amount"};
  for (const auto& [outcome, deals] : closed) {
    outcomes.rows.push_back({outcome, WithCommas(deals.count), deals.AmountText()});
  }
  WriteAligned(outcomes, story.terminal);
  Command(story, "list opportunity --by closed --where state=WON --limit 10");
  return absl::OkStatus();
}

absl::Status TellBestLeads(const DemoStory& story) {
  v1::ListRequest request = ListOf("lead", "best");
  request.set_at(story.at);
  request.set_page_size(3);
  ASSIGN_OR_RETURN(const v1::ListResponse page, story.api.List(request));
  Title(story, "The best leads, and why");
  for (const v1::Row& row : page.rows()) {
    v1::LeadView lead;
    row.value().UnpackTo(&lead);
    TellLead(story, row, lead);
  }
  if (page.rows_size() > 0) {
    Command(story, absl::StrCat("get lead ", IdText(page.rows(0).entity())));
  }
  return absl::OkStatus();
}

absl::Status TellOneJourney(const DemoStory& story) {
  constexpr int kEvents = 60;
  constexpr size_t kTold = 16;
  v1::TimelineRequest request;
  request.mutable_id()->set_kind(v1::ACCOUNT);
  request.mutable_id()->set_namespace_("crm");
  request.mutable_id()->set_value(std::string(SimulationStory().disputed_account));
  request.set_page_size(kEvents);
  absl::StatusOr<v1::TimelineResponse> page = story.api.Timeline(request);
  // A short or clean simulation does not tell the story.
  if (absl::IsNotFound(page.status())) return absl::OkStatus();
  RETURN_IF_ERROR(page.status());
  Title(story, "One account's journey: both teams met it");
  Table table;
  table.columns = {"time", "team", "what", "who", "how"};
  for (const auto& entry : page->entries()) {
    const v1::Event& event = entry.event();
    if (!IsTold(event) || table.rows.size() >= kTold) continue;
    const std::vector<std::string> cells = EventCells(event);
    table.rows.push_back({cells[0].substr(0, 16), cells[2], cells[1], ValuesText(event), cells[6]});
  }
  table.remarks.push_back("The command shows all of it.");
  WriteAligned(table, story.terminal);
  Command(story, absl::StrCat("timeline ", IdText(request.id())));
  return absl::OkStatus();
}

}  // namespace revops
