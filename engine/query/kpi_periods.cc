#include "engine/query/kpi_periods.h"

#include <algorithm>

#include "absl/strings/str_cat.h"

namespace revops {
namespace {

using Request = v1::KpiRequest;

PeriodKind KindOf(Request::Grain grain) {
  switch (grain) {
    case Request::WEEK:
      return PeriodKind::kIsoWeek;
    case Request::MONTH:
      return PeriodKind::kMonth;
    case Request::QUARTER:
      return PeriodKind::kQuarter;
    case Request::YEAR:
      return PeriodKind::kYear;
    case Request::FISCAL_QUARTER:
      return PeriodKind::kFiscalQuarter;
    case Request::FISCAL_YEAR:
      return PeriodKind::kFiscalYear;
    default:
      return PeriodKind::kDay;
  }
}

}  // namespace

absl::StatusOr<Periods> Periods::Over(const Calendar& calendar, Request::Grain grain,
                                      DayRange range, bool before) {
  if (range.days() <= 0) {
    return absl::InvalidArgumentError(absl::StrCat("the range ", FormatDay(range.first_day), " to ",
                                                   FormatDay(range.end_day),
                                                   " is empty; give an end_day after from_day"));
  }
  Periods periods(calendar, grain);
  if (grain == Request::TOTAL) {
    if (before) periods.days_.push_back({range.first_day - range.days(), range.first_day});
    periods.days_.push_back(range);
    return periods;
  }
  const PeriodKind kind = KindOf(grain);
  periods.first_ = calendar.PeriodOf(kind, range.first_day) - (before ? 1 : 0);
  const int32_t last = calendar.PeriodOf(kind, range.end_day - 1);
  if (last - periods.first_ >= kPeriodsMax) {
    return absl::InvalidArgumentError(
        absl::StrCat("the range ", FormatDay(range.first_day), " to ", FormatDay(range.end_day),
                     " has ", last - periods.first_ + 1, " periods; ask for at most ", kPeriodsMax,
                     ", or for a coarser grain"));
  }
  for (int32_t period = periods.first_; period <= last; ++period) {
    periods.days_.push_back(calendar.DaysOf(kind, period));
  }
  return periods;
}

std::string Periods::NameOf(int index) const {
  return grain_ == Request::TOTAL ? "" : calendar_.NameOf(KindOf(grain_), first_ + index);
}

int Periods::IndexOf(int32_t day) const {
  if (!whole().contains(day)) return -1;
  if (grain_ != Request::TOTAL) return calendar_.PeriodOf(KindOf(grain_), day) - first_;
  for (int i = 0; i < size(); ++i) {
    if (days(i).contains(day)) return i;
  }
  return -1;
}

absl::string_view NameOf(Request::Grain grain) {
  switch (grain) {
    case Request::DAY:
      return "day";
    case Request::WEEK:
      return "week";
    case Request::MONTH:
      return "month";
    case Request::QUARTER:
      return "quarter";
    case Request::YEAR:
      return "year";
    case Request::FISCAL_QUARTER:
      return "fiscal_quarter";
    case Request::FISCAL_YEAR:
      return "fiscal_year";
    default:
      return "";
  }
}

}  // namespace revops
