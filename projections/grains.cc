#include "projections/grains.h"

#include "absl/strings/str_cat.h"

namespace revops {
namespace {

constexpr Grain kGrains[] = {{PeriodKind::kIsoWeek, "week"},
                             {PeriodKind::kMonth, "month"},
                             {PeriodKind::kQuarter, "quarter"},
                             {PeriodKind::kYear, "year"},
                             {PeriodKind::kFiscalQuarter, "fiscal_quarter"},
                             {PeriodKind::kFiscalYear, "fiscal_year"}};

}  // namespace

absl::Span<const Grain> AllGrains() { return kGrains; }

std::vector<Measure> PerGrain(absl::Span<const Grain> grains, const Measure& measure) {
  std::vector<Measure> all;
  for (const Grain& grain : grains) {
    all.push_back(measure);
    all.back().name = *new std::string(absl::StrCat(measure.name, "_", grain.name));
  }
  return all;
}

std::string MonthName(const RevenueModel& model, int32_t day) {
  const Calendar& calendar = model.calendar();
  return calendar.NameOf(PeriodKind::kMonth, calendar.PeriodOf(PeriodKind::kMonth, day));
}

}  // namespace revops
