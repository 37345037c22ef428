// Orders, refunds, invoices and payments of one customer: billed revenue, repeat purchases,
// cross-sell and upsell.
#pragma once

#include "absl/status/status.h"
#include "engine/fold/projection.h"
#include "revops/v1/views.pb.h"

namespace revops {

// Whether ApplyOrder can take the order.
// Errors: kInvalidArgument for malformed money, or sums beyond what money can say.
absl::Status CheckOrder(const Fact& fact, const v1::CustomerView& customer,
                        const RevenueModel& model);

// REQUIRES: checked; the customer's cohort is set.
void ApplyOrder(const Fact& fact, v1::CustomerView& customer, Fold& fold);

// Errors of each: as CheckOrder; nothing is counted then.
absl::Status ApplyRefund(const Fact& fact, v1::CustomerView& customer, Fold& fold);
absl::Status ApplyInvoice(const Fact& fact, v1::CustomerView& customer, Fold& fold);
absl::Status ApplyPayment(const Fact& fact, v1::CustomerView& customer, Fold& fold);

}  // namespace revops
