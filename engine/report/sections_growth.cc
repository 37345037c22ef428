// What both teams did for it: campaigns, customers, decisions.
#include "absl/strings/str_cat.h"
#include "engine/base/status.h"
#include "engine/event/id.h"
#include "engine/report/sections.h"
#include "revops/v1/views.pb.h"

namespace revops {

using Question = ReportAsker::Question;

absl::StatusOr<ReportSection> CampaignsSection(ReportAsker& asker, const ReportDays& days) {
  ReportSection section;
  section.title = absl::StrCat("Campaigns, ", days.quarter_name);
  section.lead =
      "Cost, what became of those who answered, and bookings under three models side by side: no "
      "model is the truth, each adds up to all bookings, and what nobody earned is a line of its "
      "own. Influenced pipeline overlaps between campaigns and is no share.";
  Question question{
      {"spend", "campaign_responses", "follow_up_in_time", "campaign_pipeline_influenced",
       "attributed_bookings_first", "attributed_bookings_last", "attributed_bookings_linear"},
      days.quarter};
  question.by = {"campaign"};
  ASSIGN_OR_RETURN(const auto series, asker.Ask(question, section.notes));
  if (!series.empty()) {
    ReportTable table = asker.SliceTable(series, question, "By campaign", 15);
    RETURN_IF_ERROR(asker.AddSum(question, table));
    section.tables.push_back(std::move(table));
  }
  Question channels{
      {"attributed_bookings_first", "attributed_bookings_last", "attributed_bookings_linear"},
      days.quarter};
  channels.by = {"channel"};
  ASSIGN_OR_RETURN(const auto credit, asker.Ask(channels, section.notes));
  if (credit.empty()) return section;
  ReportTable table = asker.SliceTable(credit, channels, "Bookings by channel", 15);
  RETURN_IF_ERROR(asker.AddSum(channels, table));
  section.tables.push_back(std::move(table));
  section.charts.push_back(
      asker.SliceChart(credit.back(), channels, "Bookings by channel, linear", 10));
  return section;
}

absl::StatusOr<ReportSection> CustomersSection(ReportAsker& asker, const ReportDays& days) {
  ReportSection section;
  section.title = "Customers";
  section.lead = "Of those there were at the start of each month, what stayed.";
  Question months{{"nrr", "grr", "logo_churn"}, days.months, v1::KpiRequest::MONTH};
  ASSIGN_OR_RETURN(const auto series, asker.Ask(months, section.notes));
  if (!series.empty()) {
    section.charts.push_back(asker.PeriodChart(series, "Retention and churn by month"));
    section.tables.push_back(asker.PeriodTable(series, months, "By month"));
  }
  Question quarter{{"recurring", "new_customers", "nps", "satisfaction"}, days.quarter};
  ASSIGN_OR_RETURN(const auto figures, asker.Ask(quarter, section.notes));
  for (const auto& one : figures) asker.AddFigures(one, quarter, section);
  return section;
}

absl::StatusOr<ReportSection> DecisionsSection(ReportAsker& asker, const ReportDays& days) {
  ReportSection section;
  section.title = "Last week's decisions, and this week's";
  section.lead =
      "What was decided together in the week of this report, what since, and what is open from "
      "before. A decision is an event like any other: publish `decision` to add one, and again "
      "with `done` when it is done.";
  v1::ListRequest request;
  request.set_view("company");
  request.set_index("decisions");
  request.set_page_size(100);
  ASSIGN_OR_RETURN(const v1::ListResponse response, asker.List(request, section.notes));
  const auto empty = [](const char* title) {
    ReportTable table;
    table.title = title;
    table.columns = {"decided", "what", "by whom", "until", "state"};
    return table;
  };
  ReportTable last = empty("Last week's");
  ReportTable since = empty("This week's");
  ReportTable before = empty("Open from before");
  const auto day = [&asker](int64_t micros) {
    return micros == 0 ? "" : FormatDay(asker.model().DayOf(micros));
  };
  if (!response.next_page_token().empty()) {
    section.notes.push_back(absl::StrCat("Only the latest ", response.rows_size(),
                                         " decisions were looked at; `revops list company "
                                         "--index decisions` lists all."));
  }
  for (const v1::Row& row : response.rows()) {
    v1::CompanyView view;
    if (!row.value().UnpackTo(&view) || view.decided_at() > asker.at()) continue;
    const int32_t decided = asker.model().DayOf(view.decided_at());
    const v1::Decision& decision = view.decision();
    if (decided < days.week.from && decision.done()) continue;
    ReportTable& table = decided < days.week.from ? before : decided < days.week.end ? last : since;
    const char* state = decision.done() ? "done" : view.overdue() ? "overdue" : "open";
    table.rows.push_back(
        {{day(view.decided_at()), ""},
         {decision.text(),
          asker.Command(absl::StrCat("explain company ", Argument(ToText(Id(row.entity())))))},
         {decision.owner(), ""},
         {day(decision.due_at()), ""},
         {state, ""}});
  }
  for (ReportTable* table : {&last, &since, &before}) {
    if (!table->rows.empty()) section.tables.push_back(std::move(*table));
  }
  if (section.tables.empty()) section.notes.push_back("No decision is open, or was taken lately.");
  return section;
}

}  // namespace revops
