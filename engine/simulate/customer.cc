#include "engine/simulate/customer.h"

#include <algorithm>
#include <string>
#include <utility>

#include "absl/strings/str_format.h"
#include "engine/simulate/service.h"

namespace revops::simulation {
namespace {

std::string SubscriptionId(const Account& account) {
  return absl::StrFormat("sub-%06d-%d", account.index, account.subscriptions);
}

Instant FirstOfNextMonth(Instant at) {
  const absl::CivilMonth month(CivilDayOf(at));
  return StartOf(absl::CivilDay(month + 1));
}

v1::Event SubscriptionDraft(World& world, const Account& account, Instant at,
                            v1::Subscription::Action action) {
  v1::Event event = world.Draft(Source::kBilling, at, {AccountId(account.index)});
  v1::Subscription& body = *event.mutable_subscription();
  body.set_action(action);
  body.set_subscription_id(SubscriptionId(account));
  body.set_plan(account.monthly > 1500 ? "scale" : "team");
  body.set_seats(std::max<int64_t>(3, account.employees / 25));
  if (action != v1::Subscription::CANCELLED) {
    SetMoney(body.mutable_monthly_amount(), kRegion[account.region].currency, account.monthly);
  }
  return event;
}

// The renewal's deal opens a quarter before the term ends.
void PlanRenewal(World& world, Account& account, Instant term_ends) {
  const int subscription = account.subscriptions;
  world.schedule.At(
      account.Working(term_ends - 90 * kDay), [&world, &account, term_ends, subscription] {
        if (account.phase != Phase::kCustomer || account.subscriptions != subscription) return;
        v1::Event due = world.Draft(Source::kBilling, world.now(), {AccountId(account.index)});
        due.mutable_renewal_due()->set_subscription_id(SubscriptionId(account));
        due.mutable_renewal_due()->set_due_at(term_ends);
        SetMoney(due.mutable_renewal_due()->mutable_amount(), kRegion[account.region].currency,
                 account.monthly * account.subscription_term);
        world.Publish(std::move(due));
        DealStart start;
        start.motion = v1::RENEWAL;
        start.sourced_by = v1::SOURCED_SUCCESS;
        start.expansion = account.monthly;
        OpenDeal(world, account, start, world.now() + kHour);
      });
}

void PlanExpansion(World& world, Account& account) {
  if (!account.random.Percent(34)) return;
  const Instant at = world.now() + account.random.Between(60, 200) * kDay;
  world.schedule.At(account.Working(at), [&world, &account] {
    if (account.phase != Phase::kCustomer) return;
    DealStart start;
    start.motion = v1::EXPANSION;
    start.sourced_by = v1::SOURCED_SUCCESS;
    start.expansion = std::max<int64_t>(60, account.monthly * account.random.Between(15, 60) / 100);
    OpenDeal(world, account, start, world.now());
  });
}

void Bill(const Deal& deal, Instant at) {
  World& world = *deal.world;
  Account& account = *deal.account;
  Random& random = account.random;
  const std::string order_id = absl::StrFormat("ord-%06d-%d", account.index, deal.number);
  const int64_t first_year = deal.monthly * 12 + deal.one_time;
  v1::Event order = world.Draft(Source::kBilling, at, {AccountId(account.index), deal.id()});
  order.mutable_order()->set_order_id(order_id);
  SetMoney(order.mutable_order()->mutable_amount(), deal.currency(), first_year);
  v1::Product& product = *order.mutable_order()->add_products();
  product.set_product_id(deal.start.motion == v1::EXPANSION ? "analytics" : "platform");
  product.set_line(deal.start.motion == v1::EXPANSION ? "analytics" : "platform");
  product.set_quantity(1);
  world.Publish(std::move(order));

  const std::string invoice_id = absl::StrFormat("inv-%06d-%d", account.index, deal.number);
  v1::Event invoice = world.Draft(Source::kBilling, at + 2 * kDay, {AccountId(account.index)});
  invoice.mutable_invoice()->set_invoice_id(invoice_id);
  SetMoney(invoice.mutable_invoice()->mutable_amount(), deal.currency(), first_year);
  invoice.mutable_invoice()->set_due_at(at + 32 * kDay);
  world.Publish(std::move(invoice));

  const Instant paid_at = at + 2 * kDay + random.Delay(28 * kDay, 90 * kDay);
  v1::Event payment = world.Draft(Source::kBilling, paid_at, {AccountId(account.index)});
  payment.mutable_payment()->set_invoice_id(invoice_id);
  SetMoney(payment.mutable_payment()->mutable_amount(), deal.currency(), first_year);
  world.Publish(std::move(payment));

  if (random.Percent(7)) {
    const Instant refunded_at = paid_at + random.Between(5, 40) * kDay;
    v1::Event refund = world.Draft(Source::kBilling, refunded_at, {AccountId(account.index)});
    refund.mutable_refund()->set_order_id(order_id);
    SetMoney(refund.mutable_refund()->mutable_amount(), deal.currency(),
             std::max<int64_t>(10, first_year * random.Between(5, 25) / 100));
    refund.mutable_refund()->set_reason("service credit");
    world.Publish(std::move(refund));
  }
}

}  // namespace

void BecomeCustomer(const Deal& deal) {
  World& world = *deal.world;
  Account& account = *deal.account;
  const Instant at = world.now() + account.random.Between(1, 20) * kHour;
  Bill(deal, at);
  const Instant effective = FirstOfNextMonth(world.now());
  const bool is_first = account.monthly == 0;
  account.phase = Phase::kCustomer;
  if (deal.start.motion == v1::EXPANSION) {
    account.monthly += deal.monthly;
  } else {
    account.monthly = deal.monthly;
    account.subscription_term = deal.term_months;
  }
  if (is_first) ++account.subscriptions;
  v1::Event event = SubscriptionDraft(
      world, account, at + kHour, is_first ? v1::Subscription::STARTED : v1::Subscription::CHANGED);
  event.mutable_subscription()->set_effective_date(effective);
  world.Publish(std::move(event), Care::kLink);
  PlanExpansion(world, account);
  if (deal.start.motion != v1::EXPANSION) {
    PlanRenewal(world, account, effective + deal.term_months * 30 * kDay);
  }
  if (is_first) StartService(world, account);
}

void LoseCustomer(World& world, Account& account) {
  if (account.monthly == 0) return;
  v1::Event event =
      SubscriptionDraft(world, account, world.now() + kHour, v1::Subscription::CANCELLED);
  event.mutable_subscription()->set_effective_date(FirstOfNextMonth(world.now()));
  event.mutable_subscription()->set_reason(account.random.Percent(50) ? "price" : "not used");
  world.Publish(std::move(event), Care::kLink);
  account.monthly = 0;
  account.phase = Phase::kFormerCustomer;
}

void ImportCustomer(World& world, Account& account) {
  Random& random = account.random;
  account.phase = Phase::kCustomer;
  account.monthly =
      std::clamp<int64_t>(account.employees * random.Between(45, 130) / 100, 160, 9500);
  account.subscription_term = 12;
  account.subscriptions = 1;
  const Instant day = DayOnly(world.start - random.Between(2, 355) * kDay);
  const Instant arrives_at = world.start + random.Between(9 * kHour, 30 * kHour);
  const Instant effective = FirstOfNextMonth(day);

  v1::Event order = world.Draft(Source::kBilling, day, {AccountId(account.index)});
  // The old ledger of some knows only the month.
  order.set_occurred_precision(random.Percent(80) ? v1::DAY : v1::MONTH);
  order.set_zone(kRegion[account.region].time_zone);
  order.mutable_order()->set_order_id(absl::StrFormat("ord-%06d-0", account.index));
  SetMoney(order.mutable_order()->mutable_amount(), kRegion[account.region].currency,
           account.monthly * 12);
  world.publisher.Import(std::move(order), arrives_at);

  v1::Event started = SubscriptionDraft(world, account, day, v1::Subscription::STARTED);
  started.set_occurred_precision(v1::DAY);
  started.mutable_subscription()->set_effective_date(effective);
  world.publisher.Import(std::move(started), arrives_at);

  StartService(world, account);
  PlanExpansion(world, account);
  PlanRenewal(world, account, effective + 365 * kDay);
}

}  // namespace revops::simulation
