#include "projections/customer_wins.h"

#include <algorithm>
#include <utility>

#include "engine/base/calendar.h"
#include "engine/base/months.h"
#include "projections/customer_measures.h"
#include "projections/customer_recurring.h"
#include "projections/grains.h"
#include "projections/rows.h"

namespace revops {
namespace {

using View = v1::CustomerView;

bool IsNew(const v1::CustomerWin* previous, const v1::CustomerWin& win, const RevenueModel& model) {
  if (previous == nullptr) return true;
  const int32_t day = model.DayOf(win.won_at());
  const int months = model.customers().new_after_months();
  return win.has_inactive_since() && MonthsApart(win.inactive_since(), day, months) &&
         MonthsApart(model.DayOf(previous->won_at()), day, months);
}

void CountNew(const v1::CustomerWin& win, int32_t day, int sign, const Id& self, Fold& fold) {
  fold.Count(TheCustomerMeasures().new_customers, day,
             {win.by(), SourceName(win.sourced_by()), ToText(self)}, sign);
}

// On the day it is won, and off on the day it is taken back or turns out to have made a new one.
void CountLater(const v1::CustomerWin& win, int32_t day, int sign, const Id& self, Fold& fold) {
  fold.Count(TheCustomerMeasures().later_wins, day,
             {ToText(self), FormatDay(fold.model().DayOf(win.won_at()))}, sign);
}

// What the row says of the wins that stand.
void NoteWins(const RevenueModel& model, View& customer) {
  const auto& wins = customer.wins();
  customer.clear_first_win_at();
  customer.clear_first_win_by();
  customer.clear_last_win_at();
  customer.clear_new_at();
  customer.clear_new_by();
  // What is counted under a cohort stays there.
  const bool counted = customer.orders() > 0 || !customer.subscriptions().empty();
  if (wins.empty() || !counted) customer.clear_cohort();
  if (wins.empty()) return;
  customer.set_first_win_at(wins.begin()->won_at());
  customer.set_first_win_by(wins.begin()->by());
  customer.set_last_win_at(wins.rbegin()->won_at());
  if (customer.cohort().empty()) {
    customer.set_cohort(MonthName(model, model.DayOf(customer.first_win_at())));
  }
  for (const v1::CustomerWin& win : wins) {
    if (!win.made_new()) continue;
    customer.set_new_at(win.won_at());
    customer.set_new_by(win.opportunity().empty() ? win.by() : win.opportunity());
  }
}

}  // namespace

void AddWin(v1::CustomerWin win, int64_t at, const Id& self, View& customer, Fold& fold) {
  const RevenueModel& model = fold.model();
  const int32_t day = model.DayOf(at);
  auto& wins = *customer.mutable_wins();
  win.set_won_at(at);
  const auto since = InactiveSince(day, customer, model);
  if (since.has_value()) win.set_inactive_since(*since);
  win.set_made_new(IsNew(wins.empty() ? nullptr : &*wins.rbegin(), win, model));
  if (!win.opportunity().empty()) customer.set_won_deals(customer.won_deals() + 1);
  if (win.made_new()) {
    CountNew(win, day, 1, self, fold);
  } else {
    CountLater(win, day, 1, self, fold);
    // Between two that nothing takes back, nobody asks for this one any more.
    const int last = wins.size() - 1;
    if (win.opportunity().empty() && last > 0 && wins[last].opportunity().empty() &&
        wins[last - 1].opportunity().empty() && !wins[last].made_new()) {
      wins.RemoveLast();
    }
  }
  *wins.Add() = std::move(win);
  NoteWins(model, customer);
}

void TakeWinBack(const std::string& deal, int64_t at, const Id& self, View& customer, Fold& fold) {
  const RevenueModel& model = fold.model();
  const int32_t day = model.DayOf(at);
  auto& wins = *customer.mutable_wins();
  const auto taken = std::find_if(wins.begin(), wins.end(), [&](const v1::CustomerWin& win) {
    return win.opportunity() == deal;
  });
  if (taken == wins.end()) return;
  taken->made_new() ? CountNew(*taken, day, -1, self, fold)
                    : CountLater(*taken, day, -1, self, fold);
  const auto next = wins.erase(taken);
  customer.set_won_deals(customer.won_deals() - 1);
  // Only the win after it saw it as the one before.
  if (next != wins.end() && !next->made_new() &&
      IsNew(next == wins.begin() ? nullptr : &*(next - 1), *next, model)) {
    CountLater(*next, day, -1, self, fold);
    next->set_made_new(true);
    CountNew(*next, day, 1, self, fold);
  }
  NoteWins(model, customer);
}

}  // namespace revops
