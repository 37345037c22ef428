#include "projections/opportunity_history.h"

#include <string>

#include "absl/strings/str_cat.h"
#include "engine/base/calendar.h"
#include "engine/base/money.h"
#include "projections/opportunity_counts.h"

namespace revops {
namespace {

using View = v1::OpportunityView;
using Change = v1::OpportunityChange;

constexpr int kChangesMax = 60;

std::string DayText(const v1::OpportunityFields& fields, const RevenueModel& model) {
  return fields.has_close_date() ? FormatDay(model.DayOf(fields.close_date())) : "";
}

std::string AmountText(const View& deal) {
  if (!deal.has_amount()) return "";
  const auto amount = Money::FromProto(deal.amount());
  return amount.ok() ? amount->ToText() : "";
}

std::string StageText(const View& deal) {
  if (!deal.fields().has_stage_id()) return "";
  return absl::StrCat(deal.fields().pipeline_id(), "/", deal.fields().stage_id());
}

std::string ForecastText(const View& deal) {
  if (deal.fields().forecast_category() == v1::FORECAST_UNSPECIFIED) return "";
  return v1::ForecastCategory_Name(deal.fields().forecast_category());
}

}  // namespace

void Remember(const Fact& fact, const RevenueModel& model, const View& before, View& after) {
  const auto add = [&](Change::What what, const std::string& from, const std::string& to) {
    if (from == to) return;
    after.set_changes_count(after.changes_count() + 1);
    auto& changes = *after.mutable_changes();
    if (changes.size() == kChangesMax) changes.erase(changes.begin());
    Change& change = *changes.Add();
    change.set_at(fact.occurred_at);
    change.set_what(what);
    change.set_from(from);
    change.set_to(to);
    change.set_actor(fact.event->actor());
  };
  add(Change::OUTCOME, std::string(StateName(before.state())),
      std::string(StateName(after.state())));
  add(Change::STAGE, StageText(before), StageText(after));
  add(Change::AMOUNT, AmountText(before), AmountText(after));
  add(Change::CLOSE_DATE, DayText(before.fields(), model), DayText(after.fields(), model));
  add(Change::OWNER, before.fields().owner(), after.fields().owner());
  add(Change::FORECAST, ForecastText(before), ForecastText(after));
  if (before.fields().has_close_date() && after.fields().has_close_date() &&
      model.DayOf(before.fields().close_date()) < model.DayOf(after.fields().close_date())) {
    after.set_times_close_date_moved(after.times_close_date_moved() + 1);
  }
  after.set_last_changed_at(fact.occurred_at);
}

}  // namespace revops
