#include "projections/journey_visits.h"

#include <algorithm>
#include <string>

#include "absl/strings/ascii.h"
#include "engine/model/condition.h"
#include "projections/grains.h"

namespace revops {
namespace {

constexpr int64_t kMicrosPerMinute = int64_t{60} * 1'000'000;

const Measure kVisits = {.name = "visits",
                         .dimensions = {"visitor", "channel", "source", "campaign"},
                         .grouping_sets = {{0}, {0, 1}, {2}, {3}}};

// Distinct counts, by day too: days do not add up to a week.
const std::vector<Measure>& Visitors() {
  static const auto& list = *[] {
    std::vector<Grain> grains = {{PeriodKind::kDay, "day"}};
    grains.insert(grains.end(), AllGrains().begin(), AllGrains().end());
    return new auto(PerGrain(
        grains,
        {.name = "visitors", .dimensions = {"visitor", "channel"}, .grouping_sets = {{0, 1}}}));
  }();
  return list;
}

bool GoesOn(const VisitStep& step, const v1::JourneyView& row, const RevenueModel& model) {
  if (row.visits() == 0) return false;
  const std::string& session = step.event.session_id();
  if (!session.empty() && !row.visit_session().empty()) return session == row.visit_session();
  return step.at - row.visit_until() < model.visits().gap_minutes() * kMicrosPerMinute;
}

// Where the visit came from, in its publisher's words: the tag, else the page that led here.
std::string SourceOf(const v1::Event& event) {
  if (!event.utm().source().empty()) return absl::AsciiStrToLower(event.utm().source());
  return absl::AsciiStrToLower(HostOf(event.referrer()));
}

void CountVisit(const VisitStep& step, const v1::JourneyView& row, Fold& fold) {
  const RevenueModel& model = fold.model();
  const int32_t day = model.DayOf(step.at);
  const bool before = row.visits() > 0;
  fold.Count(
      kVisits, day,
      {before ? "returning" : "new", step.channel, SourceOf(step.event), step.event.campaign_id()},
      1);
  const int32_t last = before ? model.DayOf(row.last_visit_at()) : 0;
  if (before && last == day) return;
  fold.Count(Visitors()[0], day, {before ? "returning" : "new", step.channel}, 1);
  for (size_t g = 0; g < AllGrains().size(); ++g) {
    const PeriodKind kind = AllGrains()[g].kind;
    const Calendar& calendar = model.calendar();
    if (before && calendar.PeriodOf(kind, last) == calendar.PeriodOf(kind, day)) continue;
    fold.Count(Visitors()[g + 1], day, {before ? "returning" : "new", step.channel}, 1);
  }
}

}  // namespace

const std::vector<Measure>& VisitMeasures() {
  static const auto& list = *[] {
    auto* all = new std::vector<Measure>{kVisits};
    all->insert(all->end(), Visitors().begin(), Visitors().end());
    return all;
  }();
  return list;
}

void NoteVisit(const VisitStep& step, v1::JourneyView& row, Fold& fold) {
  if (!fold.model().IsOfVisit(step.kind)) return;
  const std::string& session = step.event.session_id();
  if (!GoesOn(step, row, fold.model())) {
    CountVisit(step, row, fold);
    row.set_visits(row.visits() + 1);
    row.set_last_visit_at(step.at);
    row.clear_visit_session();
  }
  row.set_visit_until(step.at);
  if (!session.empty()) row.set_visit_session(session);
}

}  // namespace revops
