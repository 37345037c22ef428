#include "engine/report/report.h"

#include "absl/strings/str_cat.h"
#include "engine/base/status.h"
#include "engine/report/sections.h"

namespace revops {
namespace {

constexpr int64_t kMicrosPerDay = 86'400'000'000;

// Days of the model's zone and periods of its calendar are the Api's business; the report asks for
// plain ISO weeks, quarters and months of UTC days.
ReportDays DaysOf(int64_t at) {
  const Calendar calendar;
  const int32_t today = static_cast<int32_t>(at / kMicrosPerDay);
  const int32_t week = calendar.PeriodOf(PeriodKind::kIsoWeek, today) - 1;
  const DayRange days = calendar.DaysOf(PeriodKind::kIsoWeek, week);
  const int32_t quarter = calendar.PeriodOf(PeriodKind::kQuarter, days.end_day - 1);
  const int32_t month = calendar.PeriodOf(PeriodKind::kMonth, days.end_day - 1);
  ReportDays result;
  result.week = {days.first_day, days.end_day};
  const DayRange quarter_days = calendar.DaysOf(PeriodKind::kQuarter, quarter);
  result.quarter = {quarter_days.first_day, quarter_days.end_day};
  result.months = {calendar.DaysOf(PeriodKind::kMonth, month - 5).first_day,
                   calendar.DaysOf(PeriodKind::kMonth, month).end_day};
  result.week_name = calendar.NameOf(PeriodKind::kIsoWeek, week);
  result.quarter_name = calendar.NameOf(PeriodKind::kQuarter, quarter);
  return result;
}

}  // namespace

absl::StatusOr<Report> MakeReport(Api& api, const ReportOptions& options) {
  const ReportDays days = DaysOf(options.at);
  ReportAsker asker(api, options);
  Report report;
  const auto add = [&report](absl::StatusOr<ReportSection> section) {
    if (section.ok()) report.sections.push_back(*std::move(section));
    return section.status();
  };
  RETURN_IF_ERROR(add(WeekSection(asker, api, days)));
  RETURN_IF_ERROR(add(TargetSection(asker, days)));
  RETURN_IF_ERROR(add(BridgeSection(asker, api, days, options)));
  RETURN_IF_ERROR(add(PipelineSection(asker, days)));
  RETURN_IF_ERROR(add(FunnelSection(asker, days)));
  RETURN_IF_ERROR(add(PromisesSection(asker, days)));
  RETURN_IF_ERROR(add(BatonsSection(asker)));
  RETURN_IF_ERROR(add(ReasonsSection(asker, days)));
  RETURN_IF_ERROR(add(CampaignsSection(asker, days)));
  RETURN_IF_ERROR(add(CustomersSection(asker, days)));
  RETURN_IF_ERROR(add(DecisionsSection(asker)));
  report.title = absl::StrCat("Sales and marketing, week ", days.week_name);
  report.subtitle =
      absl::StrCat(FormatDay(days.week.from), " to ", FormatDay(days.week.end - 1), ", model ",
                   asker.seen().model_version(), ", generation ", asker.seen().generation());
  return report;
}

}  // namespace revops
