// What one customer (an account, or a person without one) bought, pays a month and does again: the
// first win and its cohort, orders and refunds, recurring revenue that is new, grows, shrinks, is
// lost or comes back, renewals, tickets.
//
// An account is judged by its own journey. Accounts that are linked into one share it; others name
// their ultimate parent. A journey cannot know of its group's others, so new customers of whole
// groups are worked out when asked, from what is counted here by customer and of groups.
#include <algorithm>

#include "absl/strings/str_cat.h"
#include "engine/base/status.h"
#include "projections/customer_measures.h"
#include "projections/customer_purchases.h"
#include "projections/customer_recurring.h"
#include "projections/customer_wins.h"
#include "projections/money_sums.h"
#include "projections/registry.h"
#include "projections/rows.h"

namespace revops {
namespace {

using v1::Event;
using View = v1::CustomerView;
using State = v1::OpportunityView;

bool IsDeletion(const Event& event) {
  return event.has_entity_deleted() || event.has_entity_restored();
}

bool Concerns(const Fact& fact) {
  if (fact.As<v1::OpportunityMoved>() != nullptr) return true;
  if (fact.event == nullptr || fact.derived != nullptr) return false;
  switch (fact.event->body_case()) {
    case Event::kOrder:
    case Event::kRefund:
    case Event::kInvoice:
    case Event::kPayment:
    case Event::kSubscription:
    case Event::kRenewalDue:
    case Event::kTicket:
      return true;
    case Event::kEntityDeleted:
    case Event::kEntityRestored:
      return true;
    case Event::kTraits:
      return fact.person.empty() && !fact.account().empty() &&
             fact.event->traits().has_ultimate_parent();
    default:
      return false;
  }
}

// One fact, applied to a copy of the customer, so that a refusal leaves no trace in it.
class Folding final {
 public:
  Folding(const Fact& fact, const Id& self, View customer, Fold& fold)
      : fact_(fact),
        self_(self),
        fold_(fold),
        model_(fold.model()),
        at_(fact.occurred_at),
        day_(model_.DayOf(at_)),
        customer_(std::move(customer)) {}

  View& customer() { return customer_; }

  absl::Status Run() {
    if (const auto* moved = fact_.As<v1::OpportunityMoved>(); moved != nullptr) {
      DealMoved(*moved);
      return absl::OkStatus();
    }
    const Event& event = *fact_.event;
    switch (event.body_case()) {
      case Event::kOrder:
        RETURN_IF_ERROR(CheckOrder(fact_, customer_, model_));
        Bought("order");
        ApplyOrder(fact_, customer_, fold_);
        return absl::OkStatus();
      case Event::kRefund:
        return ApplyRefund(fact_, customer_, fold_);
      case Event::kInvoice:
        return ApplyInvoice(fact_, customer_, fold_);
      case Event::kPayment:
        return ApplyPayment(fact_, customer_, fold_);
      case Event::kSubscription:
        return Subscribe(event.subscription());
      case Event::kRenewalDue:
        return Renewal(event.renewal_due());
      case Event::kTicket:
        Ticket(event.ticket());
        return absl::OkStatus();
      case Event::kEntityDeleted:
        Scrub(event.entity_deleted().entity(), true);
        return absl::OkStatus();
      case Event::kEntityRestored:
        Scrub(event.entity_restored().entity(), false);
        return absl::OkStatus();
      default:
        return Parent(event.traits());
    }
  }

 private:
  void DealMoved(const v1::OpportunityMoved& moved) {
    if (moved.from() == moved.to()) return;
    const std::string deal = ToText(fact_.opportunity);
    if (moved.to() == State::WON) {
      v1::CustomerWin win;
      win.set_by("deal");
      win.set_opportunity(deal);
      win.set_motion(moved.motion());
      win.set_sourced_by(moved.sourced_by());
      AddWin(std::move(win), at_, self_, customer_, fold_);
    } else if (moved.from() == State::WON) {
      TakeWinBack(deal, at_, self_, customer_, fold_);
    }
  }

  // An order or a paid subscription.
  void Bought(const char* what) {
    v1::CustomerWin win;
    win.set_by(what);
    AddWin(std::move(win), at_, self_, customer_, fold_);
  }

  // --- Recurring revenue ---

  v1::SubscriptionState& StateOf(const std::string& id) {
    for (auto& state : *customer_.mutable_subscriptions()) {
      if (state.subscription_id() == id) return state;
    }
    v1::SubscriptionState& state = *customer_.add_subscriptions();
    state.set_subscription_id(id);
    return state;
  }

  absl::Status Subscribe(const v1::Subscription& event) {
    std::optional<Money> monthly;
    if (event.has_monthly_amount()) {
      ASSIGN_OR_RETURN(monthly, Money::FromProto(event.monthly_amount()));
      if (monthly->micros() < 0) {
        return absl::InvalidArgumentError("monthly_amount is negative; give it from 0");
      }
    }
    if (event.action() == v1::Subscription::ACTION_UNSPECIFIED) {
      return absl::InvalidArgumentError(
          "a subscription event without an action; set subscription.action");
    }
    const bool ends = event.action() == v1::Subscription::CANCELLED;
    const bool pays = !ends && !event.trial() && monthly.has_value() && monthly->micros() > 0;
    if (pays) Bought("subscription");
    const View before = customer_;
    v1::SubscriptionState& state = StateOf(event.subscription_id());
    if (!event.plan().empty()) state.set_plan(event.plan());
    if (event.seats() != 0) state.set_seats(event.seats());
    if (!ends) state.set_trial(event.trial());
    if (!event.reason().empty()) state.set_reason(event.reason());
    // A change that says nothing of the amount leaves it.
    if (ends || event.trial() || monthly.has_value()) {
      const int64_t from = event.effective_date() != 0 ? event.effective_date() : at_;
      SetWorth(model_.DayOf(from), pays ? monthly : std::nullopt, state);
      CountRecurring(before, customer_, self_, fold_);
    }
    return absl::OkStatus();
  }

  // The parent is who the customer is, not something that happened: what it pays moves to its group
  // for all days. What was known on a day stays: that it is of the group counts from today.
  absl::Status Parent(const v1::Traits& traits) {
    RETURN_IF_ERROR(CheckId(traits.ultimate_parent()));
    const Id parent(traits.ultimate_parent());
    const View before = customer_;
    customer_.set_ultimate_parent(parent == self_ ? std::string() : ToText(parent));
    if (customer_.ultimate_parent() != before.ultimate_parent()) {
      CountRecurring(before, customer_, self_, fold_);
      CountMember(before.ultimate_parent(), -1);
      CountMember(customer_.ultimate_parent(), 1);
    }
    return absl::OkStatus();
  }

  void CountMember(const std::string& group, int sign) {
    if (group.empty()) return;
    fold_.Count(TheCustomerMeasures().group_accounts, day_, {group, ToText(self_)}, sign);
  }

  // A deleted customer stays as it was then; what recurs ends on the day of deletion, which is no
  // churn. Restored, it goes on as if nothing had been.
  void Scrub(const v1::Id& entity, bool deleted) {
    // A record that was merged into the customer's may be cleared away: the customer stays.
    if (Id(entity) != self_) return;
    if (deleted == (customer_.scrubbed_days_size() % 2 == 1)) return;
    const View before = customer_;
    customer_.add_scrubbed_days(day_);
    CountRecurring(before, customer_, self_, fold_);
  }

  // --- Renewals and tickets ---

  absl::Status Renewal(const v1::RenewalDue& due) {
    std::optional<Money> amount;
    if (due.has_amount()) {
      ASSIGN_OR_RETURN(amount, Money::FromProto(due.amount()));
    }
    const int64_t due_at = due.due_at() != 0 ? due.due_at() : at_;
    // Told again for the same instant, it is the same renewal.
    if (customer_.next_renewal_at() == due_at) CountRenewal(-1);
    customer_.set_next_renewal_at(due_at);
    customer_.clear_next_renewal_amount();
    if (amount.has_value()) *customer_.mutable_next_renewal_amount() = due.amount();
    CountRenewal(1);
    return absl::OkStatus();
  }

  void CountRenewal(int sign) {
    const int32_t day = model_.DayOf(customer_.next_renewal_at());
    fold_.Count(TheCustomerMeasures().renewals_due, day, {}, sign);
    if (!customer_.has_next_renewal_amount()) return;
    const Money amount = *Money::FromProto(customer_.next_renewal_amount());
    fold_.Count(TheCustomerMeasures().renewals_due_amount, day, {amount.currency().code()},
                sign * amount.micros());
  }

  void Ticket(const v1::Ticket& ticket) {
    const CustomerMeasures& m = TheCustomerMeasures();
    const bool opened = ticket.action() == v1::Ticket::OPENED;
    fold_.Count(m.tickets, day_, {opened ? "opened" : "closed", ticket.priority(), ticket.topic()},
                1);
    if (opened) {
      customer_.set_tickets(customer_.tickets() + 1);
      customer_.set_tickets_open(customer_.tickets_open() + 1);
      customer_.set_last_ticket_at(at_);
    } else if (customer_.tickets_open() > 0) {
      customer_.set_tickets_open(customer_.tickets_open() - 1);
    }
    if (ticket.satisfaction() <= 0) return;
    fold_.Count(m.ticket_satisfaction_points, day_, {}, ticket.satisfaction());
    fold_.Count(m.ticket_satisfaction_answers, day_, {}, 1);
  }

  const Fact& fact_;
  const Id& self_;
  Fold& fold_;
  const RevenueModel& model_;
  const int64_t at_;
  const int32_t day_;
  View customer_;
};

void Subtract(const google::protobuf::RepeatedPtrField<v1::Money>& less,
              google::protobuf::RepeatedPtrField<v1::Money>& from) {
  for (const auto& proto : less) {
    const auto money = Money::FromProto(proto);
    if (!money.ok()) continue;
    AddMoney(Money(money->currency(), -money->micros()), from).IgnoreError();
  }
}

class Customer final : public Projection {
 public:
  absl::string_view name() const override { return "customer"; }
  int version() const override { return 6; }
  absl::string_view summary() const override {
    return "What a customer bought, pays a month and does again; new, grown, shrunk, lost, come "
           "back.";
  }
  const google::protobuf::Message& prototype() const override { return View::default_instance(); }
  const std::vector<Measure>& measures() const override { return CustomerMeasureList(); }
  const std::vector<IndexList>& indexes() const override {
    static const auto& list = *new std::vector<IndexList>{
        {.name = "first_win", .sort_by = "customers by first win, the latest first"},
        {.name = "last_purchase", .sort_by = "customers by last order, the latest first"},
        {.name = "renewal", .sort_by = "customers by the renewal told last, the next first"}};
    return list;
  }

  absl::Status Apply(const Fact& fact, Fold& fold) const override {
    if (!Concerns(fact) ||
        (fact.event != nullptr && !fold.model().Counts(*fact.event, fact.occurred_at))) {
      return absl::OkStatus();
    }
    const Id self = !fact.account().empty() ? fact.account()
                    : !fact.person.empty()  ? fact.person
                                            : fact.root;
    const View* stored = fold.find<View>(self);
    if (stored == nullptr && fact.derived == nullptr && IsDeletion(*fact.event)) {
      return absl::OkStatus();
    }
    Folding folding(fact, self, stored == nullptr ? View() : *stored, fold);
    RETURN_IF_ERROR(folding.Run());
    fold.row<View>(self) = std::move(folding.customer());
    return absl::OkStatus();
  }

  std::vector<IndexKey> IndexKeys(const google::protobuf::Message& row) const override {
    const auto& customer = static_cast<const View&>(row);
    std::vector<IndexKey> keys;
    if (customer.first_win_at() != 0) {
      keys.push_back({"first_win", Descending(customer.first_win_at())});
    }
    if (customer.purchase_days() > 0) {
      keys.push_back({"last_purchase", Descending(customer.last_purchase_day())});
    }
    if (customer.next_renewal_at() != 0) {
      keys.push_back({"renewal", Ascending(customer.next_renewal_at())});
    }
    return keys;
  }

  void Present(int64_t instant, const RevenueModel& model,
               google::protobuf::Message& row) const override {
    auto& customer = static_cast<View&>(row);
    const int32_t day = model.DayOf(instant);
    for (const auto& [code, micros] : RecurringOn(day, customer)) {
      auto sum = Money(*Currency::Parse(code), micros).ToProto();
      if (sum.ok()) *customer.add_recurring() = *std::move(sum);
    }
    customer.set_active(!customer.recurring().empty());
    *customer.mutable_billed() = customer.ordered();
    Subtract(customer.refunded(), *customer.mutable_billed());
    if (customer.purchase_days() == 0) return;
    customer.set_frequency(customer.purchase_days() - 1);
    customer.set_recency_days(customer.last_purchase_day() - customer.first_purchase_day());
    customer.set_age_days(std::max(0, day - customer.first_purchase_day()));
  }
};

}  // namespace

std::unique_ptr<const Projection> MakeCustomer() { return std::make_unique<const Customer>(); }

}  // namespace revops
