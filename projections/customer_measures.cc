#include "projections/customer_measures.h"

#include "projections/grains.h"

namespace revops {
namespace {

constexpr auto kMicros = Measure::Unit::kMicros;

CustomerMeasures Make() {
  CustomerMeasures m;
  // cohort: the month of the first win, "2024-03". group: the ultimate parent, else the account.
  // customer: the account, or the person without one.
  m.mrr = {.name = "mrr",
           .unit = kMicros,
           .dimensions = {"currency", "cohort"},
           .grouping_sets = {{0}, {0, 1}}};
  // kind: new, expansion, contraction, churn, return, scrubbed, restored. They sum to the change of
  // mrr.
  m.mrr_change = {.name = "mrr_change",
                  .unit = kMicros,
                  .dimensions = {"currency", "kind", "cohort"},
                  .grouping_sets = {{0}, {0, 1}, {0, 1, 2}}};
  m.paying_customers = {.name = "paying_customers",
                        .dimensions = {"cohort", "group", "customer"},
                        .grouping_sets = {{}, {0}, {1, 2}}};
  // kind: new, return, churn, scrubbed, restored.
  m.paying_customer_changes = {.name = "paying_customer_changes",
                               .dimensions = {"kind", "cohort"},
                               .grouping_sets = {{}, {0}, {0, 1}}};
  m.mrr_kept_change = PerGrain(AllGrains(), {.name = "mrr_kept_change",
                                             .unit = kMicros,
                                             .dimensions = {"currency", "cohort"},
                                             .grouping_sets = {{0}, {0, 1}}});
  m.mrr_kept_lost = PerGrain(AllGrains(), {.name = "mrr_kept_lost",
                                           .unit = kMicros,
                                           .dimensions = {"currency", "cohort"},
                                           .grouping_sets = {{0}, {0, 1}}});
  m.customers_kept_lost = PerGrain(
      AllGrains(),
      {.name = "customers_kept_lost", .dimensions = {"cohort"}, .grouping_sets = {{}, {0}}});
  // by: what won them: deal, order, subscription. Counted on the day of that.
  m.new_customers = {.name = "new_customers",
                     .dimensions = {"by", "sourced_by", "customer"},
                     .grouping_sets = {{}, {0}, {1}, {0, 1, 2}}};
  // Wins of who is a customer already: a further deal, order or change of a paid subscription.
  m.later_wins = {
      .name = "later_wins", .dimensions = {"customer", "won_on"}, .grouping_sets = {{0}, {0, 1}}};
  // Accounts that name an ultimate parent, from the day they name it to that of another.
  m.group_accounts = {
      .name = "group_accounts", .dimensions = {"group", "customer"}, .grouping_sets = {{0, 1}}};
  m.orders = {.name = "orders", .dimensions = {"cohort"}, .grouping_sets = {{}, {0}}};
  m.refunds = {.name = "refunds", .dimensions = {"reason"}, .grouping_sets = {{}, {0}}};
  // line: of an order with products that say their amounts, each under its line.
  m.ordered_amount = {.name = "ordered_amount",
                      .unit = kMicros,
                      .dimensions = {"currency", "cohort", "line"},
                      .grouping_sets = {{0}, {0, 1}, {0, 2}}};
  m.refunded_amount = {.name = "refunded_amount",
                       .unit = kMicros,
                       .dimensions = {"currency", "cohort", "reason"},
                       .grouping_sets = {{0}, {0, 1}, {0, 2}}};
  m.invoiced_amount = {.name = "invoiced_amount",
                       .unit = kMicros,
                       .dimensions = {"currency", "cohort"},
                       .grouping_sets = {{0}, {0, 1}}};
  m.paid_amount = {.name = "paid_amount",
                   .unit = kMicros,
                   .dimensions = {"currency", "cohort"},
                   .grouping_sets = {{0}, {0, 1}}};
  // Orders of one customer on one day are one purchase.
  m.purchase_days = {.name = "purchase_days", .dimensions = {"cohort"}, .grouping_sets = {{}, {0}}};
  m.first_purchases = {
      .name = "first_purchases", .dimensions = {"cohort"}, .grouping_sets = {{}, {0}}};
  // Customers on the day of their second purchase.
  m.repeat_customers = {
      .name = "repeat_customers", .dimensions = {"cohort"}, .grouping_sets = {{}, {0}}};
  // kind: cross_sell (a product line new to the customer), upsell (a line they have).
  m.expansion_orders = {
      .name = "expansion_orders", .dimensions = {"kind", "line"}, .grouping_sets = {{0}, {0, 1}}};
  m.cross_sell_customers =
      PerGrain(AllGrains(), {.name = "cross_sell_customers", .grouping_sets = {{}}});
  m.upsell_customers = PerGrain(AllGrains(), {.name = "upsell_customers", .grouping_sets = {{}}});
  m.renewals_due = {.name = "renewals_due", .grouping_sets = {{}}};
  m.renewals_due_amount = {.name = "renewals_due_amount",
                           .unit = kMicros,
                           .dimensions = {"currency"},
                           .grouping_sets = {{0}}};
  m.tickets = {.name = "tickets",
               .dimensions = {"action", "priority", "topic"},
               .grouping_sets = {{0}, {0, 1}, {0, 2}}};
  m.ticket_satisfaction_points = {.name = "ticket_satisfaction_points", .grouping_sets = {{}}};
  m.ticket_satisfaction_answers = {.name = "ticket_satisfaction_answers", .grouping_sets = {{}}};
  return m;
}

}  // namespace

const CustomerMeasures& TheCustomerMeasures() {
  static const auto& measures = *new CustomerMeasures(Make());
  return measures;
}

const std::vector<Measure>& CustomerMeasureList() {
  static const auto& list = *[] {
    const CustomerMeasures& m = TheCustomerMeasures();
    auto* all = new std::vector<Measure>{m.mrr,
                                         m.mrr_change,
                                         m.paying_customers,
                                         m.paying_customer_changes,
                                         m.new_customers,
                                         m.later_wins,
                                         m.group_accounts,
                                         m.orders,
                                         m.refunds,
                                         m.ordered_amount,
                                         m.refunded_amount,
                                         m.invoiced_amount,
                                         m.paid_amount,
                                         m.purchase_days,
                                         m.first_purchases,
                                         m.repeat_customers,
                                         m.expansion_orders,
                                         m.renewals_due,
                                         m.renewals_due_amount,
                                         m.tickets,
                                         m.ticket_satisfaction_points,
                                         m.ticket_satisfaction_answers};
    for (const auto* grains : {&m.mrr_kept_change, &m.mrr_kept_lost, &m.customers_kept_lost,
                               &m.cross_sell_customers, &m.upsell_customers}) {
      all->insert(all->end(), grains->begin(), grains->end());
    }
    return all;
  }();
  return list;
}

}  // namespace revops
