#include "engine/report/report.h"

#include "absl/strings/str_cat.h"
#include "engine/base/status.h"
#include "engine/report/sections.h"

namespace revops {
namespace {

// Enough of a generation's fingerprint to know it by, as folders are named.
constexpr size_t kGenerationDigits = 12;

// Days of the model's zone, fiscal quarters of its calendar; weeks are ISO weeks.
ReportDays DaysOf(int64_t at, const RevenueModel& model) {
  const Calendar& calendar = model.calendar();
  // Of a company whose fiscal year is the calendar's, quarters are called as everybody does.
  const PeriodKind quarters = model.proto().fold().fiscal_calendar().first_month() <= 1
                                  ? PeriodKind::kQuarter
                                  : PeriodKind::kFiscalQuarter;
  ReportDays result;
  result.today = model.DayOf(at);
  const int32_t week = calendar.PeriodOf(PeriodKind::kIsoWeek, result.today) - 1;
  const DayRange days = calendar.DaysOf(PeriodKind::kIsoWeek, week);
  const int32_t quarter = calendar.PeriodOf(quarters, days.end_day - 1);
  const int32_t month = calendar.PeriodOf(PeriodKind::kMonth, days.end_day - 1);
  result.week = {days.first_day, days.end_day};
  const DayRange quarter_days = calendar.DaysOf(quarters, quarter);
  result.quarter = {quarter_days.first_day, quarter_days.end_day};
  result.months = {calendar.DaysOf(PeriodKind::kMonth, month - 5).first_day,
                   calendar.DaysOf(PeriodKind::kMonth, month).end_day};
  result.year = {days.end_day - 365, days.end_day};
  result.week_name = calendar.NameOf(PeriodKind::kIsoWeek, week);
  result.quarter_name = calendar.NameOf(quarters, quarter);
  return result;
}

}  // namespace

absl::StatusOr<Report> MakeReport(Api& api, const ReportOptions& options) {
  ASSIGN_OR_RETURN(const v1::ModelResponse text, api.Model({}));
  ASSIGN_OR_RETURN(const std::shared_ptr<const RevenueModel> model,
                   RevenueModel::Parse(text.text(), "the server's model"));
  const ReportDays days = DaysOf(options.at, *model);
  ReportAsker asker(api, options, *model);
  Report report;
  const auto add = [&report](absl::StatusOr<ReportSection> section) {
    if (!section.ok()) return section.status();
    report.sections.push_back(*std::move(section));
    return absl::OkStatus();
  };
  RETURN_IF_ERROR(add(WeekSection(asker, api, days)));
  RETURN_IF_ERROR(add(TargetSection(asker, days)));
  RETURN_IF_ERROR(add(BridgeSection(asker, api, days, options)));
  RETURN_IF_ERROR(add(PipelineSection(asker, days)));
  RETURN_IF_ERROR(add(FunnelSection(asker, days)));
  RETURN_IF_ERROR(add(PromisesSection(asker, days)));
  RETURN_IF_ERROR(add(BatonsSection(asker, days)));
  RETURN_IF_ERROR(add(ReasonsSection(asker, days)));
  RETURN_IF_ERROR(add(CampaignsSection(asker, days)));
  RETURN_IF_ERROR(add(CustomersSection(asker, days)));
  RETURN_IF_ERROR(add(DecisionsSection(asker, days)));
  report.title = absl::StrCat("Sales and marketing, week ", days.week_name);
  report.subtitle = absl::StrCat(FormatDay(days.week.from), " to ", FormatDay(days.week.end - 1),
                                 ", model ", asker.seen().model_version(), ", generation ",
                                 asker.seen().generation().substr(0, kGenerationDigits));
  return report;
}

}  // namespace revops
