// Recurring revenue of one customer over time, and what it adds to the shared measures.
//
// Subscriptions say from which day on they are worth what, days to come included; a later event may
// say something of an earlier day. So nothing is kept but what each subscription is worth, and the
// counts are a function of that: a change takes back the old ones from the first day that differs
// and adds the new ones.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>

#include "engine/base/money.h"
#include "engine/fold/projection.h"
#include "revops/v1/views.pb.h"

namespace revops {

// From `day` on the subscription is worth `amount` a month (nothing: ended), until the next day of
// which something was said. What was said of that very day before is replaced.
void SetWorth(int32_t day, const std::optional<Money>& amount, v1::SubscriptionState& subscription);

// What the customer pays a month on `day`; currency code -> micros, none of them 0.
std::map<std::string, int128> RecurringOn(int32_t day, const v1::CustomerView& customer);

// Since when the customer has had no recurring revenue, as seen from `day`: nothing if it has some,
// or never had any up to that day. Revenue that came back within the model's grace never left.
std::optional<int32_t> InactiveSince(int32_t day, const v1::CustomerView& customer,
                                     const RevenueModel& model);

// Counts the difference between what two states of one customer's subscriptions add.
void CountRecurring(const v1::CustomerView& before, const v1::CustomerView& after, const Id& self,
                    Fold& fold);

}  // namespace revops
