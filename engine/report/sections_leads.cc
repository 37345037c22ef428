// What the teams hand to each other: cohorts, promises, dropped batons, reasons.
#include <cmath>
#include <cstdlib>
#include <string>

#include "absl/strings/str_cat.h"
#include "engine/base/money.h"
#include "engine/base/status.h"
#include "engine/event/id.h"
#include "engine/report/kpi_text.h"
#include "engine/report/sections.h"

namespace revops {

using Question = ReportAsker::Question;

namespace {

// What a hand-over is worth that has no deal yet: the average deal, times the share of hand-overs
// that come to a win, both of the last year.
struct Expected {
  std::string text;  // empty: not known
  std::string command;
};

absl::StatusOr<Expected> ExpectedValue(ReportAsker& asker, const ReportDays& days,
                                       std::vector<std::string>& notes) {
  const Question year{{"average_deal", "mql_to_won"}, days.year};
  ASSIGN_OR_RETURN(const auto series, asker.Ask(year, notes));
  if (series.size() != 2 || series[0].points_size() != 1 || series[1].points_size() != 1) {
    return Expected();
  }
  const v1::KpiPoint& deal = series[0].points(0);
  const v1::KpiPoint& share = series[1].points(0);
  if (!deal.has_value() || !share.has_value()) return Expected();
  const double value =
      std::strtod(deal.value().c_str(), nullptr) * std::strtod(share.value().c_str(), nullptr);
  return Expected{
      absl::StrCat("about ",
                   KpiText({absl::StrCat(std::llround(value)), "money", deal.currency()})),
      asker.Command(absl::StrCat("kpi average_deal mql_to_won --from ", FormatDay(days.year.from),
                                 " --to ", FormatDay(days.year.end), asker.AtOption()))};
}

// What is at stake in a hand-over.
ReportCell ValueCell(ReportAsker& asker, const v1::HandOverView& attempt,
                     const Expected& expected) {
  const auto id = ParseId(attempt.opportunity_id());
  if (id.ok()) {
    const auto deal = asker.Deal(id->ToProto());
    if (deal.ok() && deal->has_amount()) {
      const auto amount = Money::FromProto(deal->amount());
      if (amount.ok()) {
        return {KpiText({absl::StrCat(deal->amount().units()), "money", amount->currency().code()}),
                asker.Command(absl::StrCat("explain opportunity ", ToText(*id)))};
      }
    }
  }
  return {expected.text.empty() ? "unknown" : expected.text, expected.command};
}

}  // namespace

absl::StatusOr<ReportSection> FunnelSection(ReportAsker& asker, const ReportDays& days) {
  ReportSection section;
  section.title = "From hand-over to won, as cohorts";
  section.lead =
      "Of those handed over in a month, how many ever came to each step. A young cohort is marked "
      "immature: it is not yet to be compared.";
  Question months{{"mql_to_sal", "mql_to_sql", "mql_to_opportunity", "mql_to_won"},
                  days.months,
                  v1::KpiRequest::MONTH};
  ASSIGN_OR_RETURN(const auto series, asker.Ask(months, section.notes));
  if (series.empty()) return section;
  section.charts.push_back(asker.PeriodChart(series, "Share of each month's hand-overs"));
  section.tables.push_back(asker.PeriodTable(series, months, "Cohorts by month of hand-over"));
  return section;
}

absl::StatusOr<ReportSection> PromisesSection(ReportAsker& asker, const ReportDays& days) {
  ReportSection section;
  section.title = "Both promises";
  section.lead =
      "Marketing promises leads, and that sales will want them; sales promises to answer each in "
      "time.";
  Question marketing{{"leads_qualified", "lead_acceptance"}, days.quarter};
  ASSIGN_OR_RETURN(const auto volume, asker.Ask(marketing, section.notes));
  for (const auto& one : volume) {
    asker.AddFigures(one, marketing, section);
    if (!section.figures.empty()) section.figures.back().label += " (marketing)";
  }
  Question sales{{"sla_compliance", "speed_to_lead_p90"}, days.quarter};
  ASSIGN_OR_RETURN(const auto answered, asker.Ask(sales, section.notes));
  for (const auto& one : answered) {
    asker.AddFigures(one, sales, section);
    if (!section.figures.empty()) section.figures.back().label += " (sales)";
  }
  return section;
}

absl::StatusOr<ReportSection> BatonsSection(ReportAsker& asker, const ReportDays& days) {
  ReportSection section;
  section.title = "Ten dropped batons";
  section.lead =
      "Hand-overs whose first touch is overdue, the oldest first, with who holds them and what is "
      "at stake: the deal, or what a hand-over came to on average in the last year. One list for "
      "both teams, to be picked up, not to be counted.";
  v1::ListRequest request;
  request.set_view("hand_over");
  request.set_index("first_touch_due");
  request.set_page_size(10);
  v1::Filter& overdue = *request.add_filters();
  overdue.set_field("overdue");
  overdue.set_value("true");
  ASSIGN_OR_RETURN(const v1::ListResponse response, asker.List(request, section.notes));
  if (response.rows().empty()) return section;
  ASSIGN_OR_RETURN(const Expected expected, ExpectedValue(asker, days, section.notes));
  ReportTable table;
  table.columns = {"owner", "overdue for", "at stake", "hand-over", "of"};
  for (const v1::Row& row : response.rows()) {
    v1::HandOverView attempt;
    if (!row.value().UnpackTo(&attempt)) continue;
    const std::string who = ToText(Id(row.entity()));
    const std::string root = ToText(Id(row.root()));
    const std::string explain = asker.Command(absl::StrCat("explain hand_over ", who));
    const int32_t age = days.today - asker.model().DayOf(attempt.due_at());
    table.rows.push_back({{attempt.owner().empty() ? "(nobody)" : attempt.owner(), ""},
                          {absl::StrCat(age, age == 1 ? " day" : " days"), explain},
                          ValueCell(asker, attempt, expected),
                          {ToText(Id(attempt.person())), explain},
                          {root, asker.Command(absl::StrCat("timeline ", root))}});
  }
  section.tables.push_back(std::move(table));
  return section;
}

absl::StatusOr<ReportSection> ReasonsSection(ReportAsker& asker, const ReportDays& days) {
  ReportSection section;
  section.title = absl::StrCat("Why leads came back and deals were lost, ", days.quarter_name);
  const struct {
    const char* kpi;
    const char* by;
    const char* title;
  } tables[] = {{"rejection_mix", "reason", "Leads that sales gave back"},
                {"loss_reasons", "reason", "Deals lost, or without a decision"},
                {"objections", "topic", "Objections heard"},
                {"objections_won", "answer", "What objections were answered with, and won after"}};
  for (const auto& one : tables) {
    Question question{{one.kpi}, days.quarter};
    question.by = {one.by};
    ASSIGN_OR_RETURN(const auto series, asker.Ask(question, section.notes));
    if (series.empty() || series[0].points().empty()) continue;
    section.tables.push_back(asker.SliceTable(series, question, one.title, 8));
  }
  return section;
}

}  // namespace revops
