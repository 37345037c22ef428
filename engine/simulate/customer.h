// After the win: orders, invoices, subscriptions, use, tickets, renewals, expansion, and leaving.
#pragma once

#include "engine/simulate/deal.h"

namespace revops::simulation {

// The account becomes a customer by a deal just won, or grows by it, or stays by it.
void BecomeCustomer(const Deal& deal);

// The account cancels now.
void LoseCustomer(World& world, Account& account);

// A customer of the years before: order and subscription imported by the day; its renewal falls
// into the simulated year.
void ImportCustomer(World& world, Account& account);

}  // namespace revops::simulation
