#include "projections/customer_purchases.h"

#include <algorithm>
#include <string>

#include "absl/strings/str_cat.h"
#include "engine/base/status.h"
#include "projections/customer_measures.h"
#include "projections/grains.h"
#include "projections/money_sums.h"
#include "projections/rows.h"

namespace revops {
namespace {

using View = v1::CustomerView;

constexpr int kProductLinesMax = 200;

absl::string_view LineOf(const v1::Product& product) {
  return product.line().empty() ? product.product_id() : product.line();
}

// The amount under each product's line as far as the products say theirs, the rest under "".
void CountOrdered(const v1::Order& order, int32_t day, const View& customer, Fold& fold) {
  const Money total = *Money::FromProto(order.amount());
  const std::string currency = total.currency().code();
  int128 rest = total.micros();
  const auto count = [&](absl::string_view line, int128 micros) {
    if (micros == 0) return;
    fold.Count(TheCustomerMeasures().ordered_amount, day, {currency, customer.cohort(), line},
               micros);
  };
  for (const auto& product : order.products()) {
    if (!product.has_amount()) continue;
    const Money part = *Money::FromProto(product.amount());
    if (part.currency() != total.currency()) continue;
    count(LineOf(product), part.micros());
    rest -= part.micros();
  }
  // Products of which none says its amount: all of it belongs to the first one's line.
  const bool told = std::any_of(order.products().begin(), order.products().end(),
                                [](const v1::Product& p) { return p.has_amount(); });
  count(told || order.products().empty() ? "" : LineOf(order.products(0)), rest);
}

// Renewals, and orders of a new customer's own deals, expand nothing.
bool MayExpand(const Fact& fact, const View& customer) {
  if (fact.opportunity.empty()) return true;
  const std::string deal = ToText(fact.opportunity);
  for (const auto& known : customer.wins()) {
    if (known.opportunity() == deal) return known.motion() == v1::EXPANSION;
  }
  return true;
}

void CountCustomerOnce(const std::vector<Measure>& measures, bool before, int32_t last, int32_t day,
                       Fold& fold) {
  const Calendar& calendar = fold.model().calendar();
  for (size_t g = 0; g < AllGrains().size(); ++g) {
    const PeriodKind kind = AllGrains()[g].kind;
    if (before && calendar.PeriodOf(kind, last) == calendar.PeriodOf(kind, day)) continue;
    fold.Count(measures[g], day, {}, 1);
  }
}

// An order of somebody who bought on an earlier day: of a product line new to them, or of one they
// have. REQUIRES: last_purchase_day is still that before the order.
void Expand(const Fact& fact, int32_t day, View& customer, Fold& fold) {
  const CustomerMeasures& m = TheCustomerMeasures();
  const auto& products = fact.event->order().products();
  const auto& lines = customer.product_lines();
  const auto fresh = std::find_if(products.begin(), products.end(), [&](const v1::Product& p) {
    return !LineOf(p).empty() && !std::binary_search(lines.begin(), lines.end(), LineOf(p));
  });
  const auto known = std::find_if(products.begin(), products.end(),
                                  [](const v1::Product& p) { return !LineOf(p).empty(); });
  if (known == products.end()) return;
  if (fresh != products.end()) {
    fold.Count(m.expansion_orders, day, {"cross_sell", LineOf(*fresh)}, 1);
    CountCustomerOnce(m.cross_sell_customers, customer.has_last_cross_sell_day(),
                      customer.last_cross_sell_day(), day, fold);
    customer.set_last_cross_sell_day(day);
  } else {
    fold.Count(m.expansion_orders, day, {"upsell", LineOf(*known)}, 1);
    CountCustomerOnce(m.upsell_customers, customer.has_last_upsell_day(),
                      customer.last_upsell_day(), day, fold);
    customer.set_last_upsell_day(day);
  }
}

void CountPurchase(int32_t day, View& customer, Fold& fold) {
  const CustomerMeasures& m = TheCustomerMeasures();
  const absl::string_view cohort = customer.cohort();
  if (customer.purchase_days() == 0) {
    customer.set_first_purchase_day(day);
    fold.Count(m.first_purchases, day, {cohort}, 1);
  } else if (customer.last_purchase_day() == day) {
    return;
  } else if (customer.purchase_days() == 1) {
    fold.Count(m.repeat_customers, day, {cohort}, 1);
  }
  fold.Count(m.purchase_days, day, {cohort}, 1);
  customer.set_purchase_days(customer.purchase_days() + 1);
  customer.set_last_purchase_day(day);
}

bool IsFirstDay(int32_t day, const View& customer) {
  return customer.purchase_days() == 0 || customer.first_purchase_day() == day;
}

absl::Status AddOrdered(const Money& amount, bool first_day, View& customer) {
  RETURN_IF_ERROR(AddMoney(amount, *customer.mutable_ordered()));
  return first_day ? AddMoney(amount, *customer.mutable_ordered_first_day()) : absl::OkStatus();
}

}  // namespace

absl::Status CheckOrder(const Fact& fact, const View& customer, const RevenueModel& model) {
  const v1::Order& order = fact.event->order();
  ASSIGN_OR_RETURN(const Money amount, Money::FromProto(order.amount()));
  for (const auto& product : order.products()) {
    if (product.has_amount()) RETURN_IF_ERROR(Money::FromProto(product.amount()).status());
  }
  View sums = customer;
  return AddOrdered(amount, IsFirstDay(model.DayOf(fact.occurred_at), customer), sums);
}

void ApplyOrder(const Fact& fact, View& customer, Fold& fold) {
  const v1::Order& order = fact.event->order();
  const int32_t day = fold.model().DayOf(fact.occurred_at);
  const bool first_day = IsFirstDay(day, customer);
  REVOPS_CHECK(AddOrdered(*Money::FromProto(order.amount()), first_day, customer).ok());
  customer.set_orders(customer.orders() + 1);
  fold.Count(TheCustomerMeasures().orders, day, {customer.cohort()}, 1);
  CountOrdered(order, day, customer, fold);
  if (!first_day && MayExpand(fact, customer)) Expand(fact, day, customer, fold);
  for (const auto& product : order.products()) {
    if (LineOf(product).empty() || customer.product_lines_size() >= kProductLinesMax) continue;
    InsertSorted(*customer.mutable_product_lines(), LineOf(product));
  }
  CountPurchase(day, customer, fold);
}

absl::Status ApplyRefund(const Fact& fact, View& customer, Fold& fold) {
  const v1::Refund& refund = fact.event->refund();
  ASSIGN_OR_RETURN(const Money amount, Money::FromProto(refund.amount()));
  RETURN_IF_ERROR(AddMoney(amount, *customer.mutable_refunded()));
  customer.set_refunds(customer.refunds() + 1);
  const int32_t day = fold.model().DayOf(fact.occurred_at);
  fold.Count(TheCustomerMeasures().refunds, day, {refund.reason()}, 1);
  fold.Count(TheCustomerMeasures().refunded_amount, day,
             {amount.currency().code(), customer.cohort(), refund.reason()}, amount.micros());
  return absl::OkStatus();
}

absl::Status ApplyInvoice(const Fact& fact, View& customer, Fold& fold) {
  ASSIGN_OR_RETURN(const Money amount, Money::FromProto(fact.event->invoice().amount()));
  RETURN_IF_ERROR(AddMoney(amount, *customer.mutable_invoiced()));
  fold.Count(TheCustomerMeasures().invoiced_amount, fold.model().DayOf(fact.occurred_at),
             {amount.currency().code(), customer.cohort()}, amount.micros());
  return absl::OkStatus();
}

absl::Status ApplyPayment(const Fact& fact, View& customer, Fold& fold) {
  ASSIGN_OR_RETURN(const Money amount, Money::FromProto(fact.event->payment().amount()));
  RETURN_IF_ERROR(AddMoney(amount, *customer.mutable_paid()));
  fold.Count(TheCustomerMeasures().paid_amount, fold.model().DayOf(fact.occurred_at),
             {amount.currency().code(), customer.cohort()}, amount.micros());
  return absl::OkStatus();
}

}  // namespace revops
