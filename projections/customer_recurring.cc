#include "projections/customer_recurring.h"

#include <algorithm>
#include <limits>
#include <utility>
#include <vector>

#include "engine/base/months.h"
#include "engine/base/status.h"
#include "projections/customer_measures.h"
#include "projections/grains.h"

namespace revops {
namespace {

using View = v1::CustomerView;
using Totals = std::map<std::string, int128>;  // currency code -> micros a month, none 0

// From `day` on, until the next step.
struct Step {
  int32_t day;
  Totals totals;
  bool scrub = false;  // the record was deleted or restored: nothing the customer did
};

void AddTo(const std::string& currency, int128 micros, Totals& totals) {
  int128& sum = totals[currency];
  sum += micros;
  if (sum == 0) totals.erase(currency);
}

// What deletion leaves of a history: nothing recurs from the day of a deletion to that of the
// restoration.
std::vector<Step> Scrubbed(const std::vector<Step>& history, const View& customer) {
  std::vector<Step> left;
  Totals worth;  // without deletion
  size_t next = 0;
  bool deleted = false;
  const auto take_until = [&](int64_t day) {
    for (; next < history.size() && history[next].day <= day; ++next) {
      worth = history[next].totals;
      if (!deleted) left.push_back(history[next]);
    }
  };
  for (const int32_t day : customer.scrubbed_days()) {
    take_until(day);
    deleted = !deleted;
    if (!worth.empty()) left.push_back({day, deleted ? Totals() : worth, true});
  }
  take_until(std::numeric_limits<int64_t>::max());
  return left;
}

// The whole history in order of days. Revenue that comes back within the grace has no gap.
std::vector<Step> HistoryOf(const View& customer, int grace_days) {
  std::map<int32_t, Totals> changes;
  for (const auto& subscription : customer.subscriptions()) {
    std::optional<Money> worth;
    for (const auto& step : subscription.steps()) {
      if (worth.has_value()) {
        AddTo(worth->currency().code(), -worth->micros(), changes[step.day()]);
      }
      worth.reset();
      if (!step.has_amount()) continue;
      const auto amount = Money::FromProto(step.amount());
      REVOPS_CHECK(amount.ok());
      worth = *amount;
      AddTo(worth->currency().code(), worth->micros(), changes[step.day()]);
    }
  }
  std::vector<Step> history;
  Totals totals;
  for (const auto& [day, change] : changes) {
    if (change.empty()) continue;
    for (const auto& [currency, micros] : change) AddTo(currency, micros, totals);
    const bool back = !history.empty() && history.back().totals.empty();
    if (back && !totals.empty() && day - history.back().day <= grace_days) history.pop_back();
    history.push_back({day, totals});
  }
  return customer.scrubbed_days().empty() ? history : Scrubbed(history, customer);
}

int128 In(const Totals& totals, const std::string& currency) {
  const auto found = totals.find(currency);
  return found == totals.end() ? 0 : found->second;
}

// One count, as the fold takes it.
struct Posting {
  const Measure* measure;
  int32_t day;
  std::vector<std::string> dims;
  int128 delta;

  friend bool operator==(const Posting& a, const Posting& b) {
    return a.measure == b.measure && a.day == b.day && a.dims == b.dims && a.delta == b.delta;
  }
};

// What a history adds up to, step by step.
class Postings final {
 public:
  Postings(const View& customer, const Id& self, const RevenueModel& model)
      : cohort_(customer.cohort()),
        customer_(ToText(self)),
        group_(customer.ultimate_parent().empty() ? customer_ : customer.ultimate_parent()),
        model_(model),
        history_(HistoryOf(customer, model.customers().grace_days())) {
    for (size_t i = 0; i < history_.size(); ++i) AddStep(i);
  }

  std::vector<Posting>& list() { return list_; }

 private:
  // What was in force when the period of `grain` began that holds step i.
  const Totals& AtStart(const Grain& grain, size_t i) const {
    static const auto& nothing = *new Totals();
    const Calendar& calendar = model_.calendar();
    const int32_t first_day =
        calendar.DaysOf(grain.kind, calendar.PeriodOf(grain.kind, history_[i].day)).first_day;
    while (i > 0 && history_[i - 1].day >= first_day) --i;
    return i == 0 ? nothing : history_[i - 1].totals;
  }

  absl::string_view KindOf(size_t i, int128 delta) const {
    if (history_[i].scrub) return delta > 0 ? "restored" : "scrubbed";
    const bool was = i > 0 && !history_[i - 1].totals.empty();
    const bool is = !history_[i].totals.empty();
    if (was && is) return delta > 0 ? "expansion" : "contraction";
    if (was) return "churn";
    const bool again = i > 0 && !MonthsApart(history_[i - 1].day, history_[i].day,
                                             model_.customers().new_after_months());
    return again ? "return" : "new";
  }

  void Add(const Measure& measure, int32_t day, std::vector<std::string> dims, int128 delta) {
    if (delta != 0) list_.push_back({&measure, day, std::move(dims), delta});
  }

  void AddStep(size_t i) {
    const Totals& after = history_[i].totals;
    const Totals& before = i == 0 ? Totals() : history_[i - 1].totals;
    Totals changed = after;
    for (const auto& [currency, micros] : before) changed[currency] -= micros;
    for (const auto& [currency, delta] : changed) {
      if (delta != 0) AddAmount(i, currency, In(before, currency), delta);
    }
    AddCustomer(i, !before.empty(), !after.empty());
  }

  void AddAmount(size_t i, const std::string& currency, int128 before, int128 delta) {
    const CustomerMeasures& m = TheCustomerMeasures();
    const int32_t day = history_[i].day;
    Add(m.mrr, day, {currency, cohort_}, delta);
    Add(m.mrr_change, day, {currency, std::string(KindOf(i, delta)), cohort_}, delta);
    if (history_[i].scrub) return;  // not for or against retention
    for (size_t g = 0; g < AllGrains().size(); ++g) {
      const int128 start = In(AtStart(AllGrains()[g], i), currency);
      if (start <= 0) continue;
      const int128 zero = 0;
      const int128 lost = std::max(zero, start - (before + delta)) - std::max(zero, start - before);
      Add(m.mrr_kept_change[g], day, {currency, cohort_}, delta);
      Add(m.mrr_kept_lost[g], day, {currency, cohort_}, lost);
    }
  }

  void AddCustomer(size_t i, bool was, bool is) {
    if (was == is) return;
    const CustomerMeasures& m = TheCustomerMeasures();
    const int32_t day = history_[i].day;
    Add(m.paying_customers, day, {cohort_, group_, customer_}, is ? 1 : -1);
    Add(m.paying_customer_changes, day, {std::string(KindOf(i, is ? 1 : -1)), cohort_}, 1);
    if (history_[i].scrub) return;
    for (size_t g = 0; g < AllGrains().size(); ++g) {
      if (AtStart(AllGrains()[g], i).empty()) continue;
      Add(m.customers_kept_lost[g], day, {cohort_}, is ? -1 : 1);
    }
  }

  const std::string cohort_;
  const std::string customer_;
  const std::string group_;
  const RevenueModel& model_;
  const std::vector<Step> history_;
  std::vector<Posting> list_;
};

void Count(const Posting& posting, int sign, Fold& fold) {
  const std::vector<absl::string_view> dims(posting.dims.begin(), posting.dims.end());
  fold.Count(*posting.measure, posting.day, dims, sign * posting.delta);
}

}  // namespace

void SetWorth(int32_t day, const std::optional<Money>& amount,
              v1::SubscriptionState& subscription) {
  auto& steps = *subscription.mutable_steps();
  int at = steps.size();
  while (at > 0 && steps[at - 1].day() >= day) --at;
  if (at == steps.size() || steps[at].day() != day) {
    steps.Add()->set_day(day);
    for (int i = steps.size() - 1; i > at; --i) steps.SwapElements(i, i - 1);
  }
  steps[at].clear_amount();
  if (!amount.has_value() || amount->micros() == 0) return;
  auto proto = amount->ToProto();
  REVOPS_CHECK(proto.ok());
  *steps[at].mutable_amount() = *std::move(proto);
}

Totals RecurringOn(int32_t day, const View& customer) {
  Totals totals;
  for (const Step& step : HistoryOf(customer, 0)) {
    if (step.day <= day) totals = step.totals;
  }
  return totals;
}

std::optional<int32_t> InactiveSince(int32_t day, const View& customer, const RevenueModel& model) {
  std::optional<int32_t> since;
  for (const Step& step : HistoryOf(customer, model.customers().grace_days())) {
    if (step.day > day) break;
    since.reset();
    if (step.totals.empty()) since = step.day;
  }
  return since;
}

void CountRecurring(const View& before, const View& after, const Id& self, Fold& fold) {
  Postings old(before, self, fold.model());
  Postings now(after, self, fold.model());
  const auto [was, is] =
      std::mismatch(old.list().begin(), old.list().end(), now.list().begin(), now.list().end());
  for (auto at = was; at != old.list().end(); ++at) Count(*at, -1, fold);
  for (auto at = is; at != now.list().end(); ++at) Count(*at, 1, fold);
}

}  // namespace revops
