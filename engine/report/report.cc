#include "engine/report/report.h"

#include <set>
#include <string>

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

// What the bookings' targets are set in, if that is one currency and all bookings can be converted
// to it; else empty.
absl::StatusOr<std::string> CurrencyOfTargets(Api& api, const ReportDays& days, int64_t at) {
  v1::KpiRequest request;
  request.add_names("bookings");
  request.set_from_day(FormatDay(days.quarter.from));
  request.set_end_day(FormatDay(days.quarter.end));
  request.set_at(at);
  absl::StatusOr<v1::KpiResponse> response = api.Kpi(request);
  if (absl::IsNotFound(response.status())) return std::string();  // the model has no bookings
  RETURN_IF_ERROR(response.status());
  std::set<std::string> currencies;
  for (const v1::KpiPoint& point : response->kpis(0).points()) {
    if (point.has_target()) currencies.insert(point.currency());
  }
  if (currencies.size() != 1) return std::string();
  request.set_currency(*currencies.begin());
  ASSIGN_OR_RETURN(*response, api.Kpi(request));
  for (const v1::KpiPoint& point : response->kpis(0).points()) {
    if (!point.has_value()) return std::string();
  }
  return *currencies.begin();
}

}  // namespace

absl::StatusOr<Report> MakeReport(Api& api, const ReportOptions& asked) {
  ASSIGN_OR_RETURN(const v1::ModelResponse text, api.Model({}));
  ASSIGN_OR_RETURN(const std::shared_ptr<const RevenueModel> model,
                   RevenueModel::Parse(text.text(), "the server's model"));
  ReportOptions options = asked;
  const ReportDays days = DaysOf(options.at, *model);
  if (options.currency.empty() && model->proto().ask().currency().empty()) {
    ASSIGN_OR_RETURN(options.currency, CurrencyOfTargets(api, days, options.at));
  }
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
  if (!options.currency.empty()) {
    absl::StrAppend(&report.subtitle, ", amounts in ", options.currency);
  }
  return report;
}

}  // namespace revops
