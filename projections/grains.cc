#include "projections/grains.h"

#include <deque>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/synchronization/mutex.h"

namespace revops {
namespace {

constexpr Grain kGrains[] = {{PeriodKind::kIsoWeek, "week"},
                             {PeriodKind::kMonth, "month"},
                             {PeriodKind::kQuarter, "quarter"},
                             {PeriodKind::kYear, "year"},
                             {PeriodKind::kFiscalQuarter, "fiscal_quarter"},
                             {PeriodKind::kFiscalYear, "fiscal_year"}};

// Keeps a name for ever.
absl::string_view Kept(std::string name) {
  static auto& mutex = *new absl::Mutex;
  static auto& names = *new std::deque<std::string>;
  absl::MutexLock lock(&mutex);
  return names.emplace_back(std::move(name));
}

}  // namespace

absl::Span<const Grain> AllGrains() { return kGrains; }

std::vector<Measure> PerGrain(absl::Span<const Grain> grains, const Measure& measure) {
  std::vector<Measure> all;
  for (const Grain& grain : grains) {
    all.push_back(measure);
    all.back().name = Kept(absl::StrCat(measure.name, "_", grain.name));
  }
  return all;
}

std::string MonthName(const RevenueModel& model, int32_t day) {
  const Calendar& calendar = model.calendar();
  return calendar.NameOf(PeriodKind::kMonth, calendar.PeriodOf(PeriodKind::kMonth, day));
}

}  // namespace revops
