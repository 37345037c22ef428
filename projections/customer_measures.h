// What customers add to the shared measures. Three sorts of revenue are kept apart: bookings are
// the opportunity view's, billed is ordered less refunded, recurring is mrr.
//
// Retention comes out as sums. A customer whose recurring revenue is s at the start of a period and
// m now adds, on the day of each change, what the change adds to
//   mrr_kept_change_GRAIN:     m - s              (of customers with s > 0)
//   mrr_kept_lost_GRAIN:       s - min(s, m)      (never less than 0: capped at the start's value)
//   customers_kept_lost_GRAIN: 1 where s > 0 and m = 0
// so that over the days of one period each adds up to its value at the period's end, and a customer
// to whom nothing happens costs nothing. With opening(mrr), the sum of mrr before the period:
//   NRR = (opening(mrr) + mrr_kept_change) / opening(mrr)
//   GRR = (opening(mrr) - mrr_kept_lost) / opening(mrr)
//   logo retention = (opening(paying_customers) - customers_kept_lost) / opening(paying_customers)
// Source: definitions.md §2. Kept for all grains of grains.h.
#pragma once

#include <vector>

#include "engine/fold/projection.h"

namespace revops {

struct CustomerMeasures {
  // Stocks: opening() and closing() of a period are sums of all days before and up to its end.
  Measure mrr, mrr_change, paying_customers, paying_customer_changes;
  std::vector<Measure> mrr_kept_change, mrr_kept_lost, customers_kept_lost;  // by AllGrains()
  // Account by account; whole groups are judged when asked (engine/query/group_customers.h), from
  // these and paying_customers.
  Measure new_customers, later_wins, group_accounts;
  Measure orders, refunds, ordered_amount, refunded_amount, invoiced_amount, paid_amount;
  Measure purchase_days, first_purchases, repeat_customers;
  Measure expansion_orders;
  std::vector<Measure> cross_sell_customers, upsell_customers;  // by AllGrains()
  Measure renewals_due, renewals_due_amount;
  Measure tickets, ticket_satisfaction_points, ticket_satisfaction_answers;
};

const CustomerMeasures& TheCustomerMeasures();
const std::vector<Measure>& CustomerMeasureList();

}  // namespace revops
