// What the teams hand to each other: cohorts, promises, dropped batons, reasons.
#include <memory>
#include <string>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "engine/base/status.h"
#include "engine/event/id.h"
#include "engine/report/kpi_text.h"
#include "engine/report/sections.h"
#include "google/protobuf/text_format.h"

namespace revops {

using Question = ReportAsker::Question;

namespace {

// A field of a row, whichever view it is of; "" if it has none of that name.
std::string FieldOf(const v1::Row& row, const std::string& name) {
  const std::string& url = row.value().type_url();
  const auto* type = google::protobuf::DescriptorPool::generated_pool()->FindMessageTypeByName(
      url.substr(url.rfind('/') + 1));
  const auto* field = type == nullptr ? nullptr : type->FindFieldByName(name);
  if (field == nullptr) return "";
  const std::unique_ptr<google::protobuf::Message> message(
      google::protobuf::MessageFactory::generated_factory()->GetPrototype(type)->New());
  if (!message->ParseFromString(row.value().value())) return "";
  if (field->type() == google::protobuf::FieldDescriptor::TYPE_STRING) {
    return message->GetReflection()->GetString(*message, field);
  }
  std::string text;
  google::protobuf::TextFormat::PrintFieldValueToString(*message, field, -1, &text);
  return text;
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

absl::StatusOr<ReportSection> BatonsSection(ReportAsker& asker) {
  ReportSection section;
  section.title = "Ten dropped batons";
  section.lead =
      "Hand-overs whose first touch is overdue, the oldest first, with who holds them. One list "
      "for both teams, to be picked up, not to be counted.";
  v1::ListRequest request;
  request.set_view("hand_over");
  request.set_index("first_touch_due");
  request.set_page_size(10);
  v1::Filter& overdue = *request.add_filters();
  overdue.set_field("overdue");
  overdue.set_value("true");
  ASSIGN_OR_RETURN(const v1::ListResponse response, asker.List(request, section.notes));
  if (response.rows().empty()) return section;
  ReportTable table;
  table.columns = {"hand-over", "owner", "overdue since", "of"};
  for (const v1::Row& row : response.rows()) {
    const std::string who = ToText(Id(row.entity()));
    const std::string root = ToText(Id(row.root()));
    const std::string due = FieldOf(row, "due_at");
    int64_t due_at = 0;
    if (!absl::SimpleAtoi(due, &due_at)) continue;
    table.rows.push_back({{who, asker.Command(absl::StrCat("explain hand_over ", who))},
                          {FieldOf(row, "owner"), ""},
                          {FormatDay(static_cast<int32_t>(due_at / 86'400'000'000)), ""},
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
