// New customers of whole groups, worked out when asked: the measure new_customers_of_groups.
//
// A group is an ultimate parent and all accounts that name it, or name one of those. It is a new
// customer on the day on which one of its accounts is by its own journey (the measure
// new_customers), unless another of them
//   - has recurring revenue then, or had some less than the model's new_after_months before, or
//   - won anything that recently, or that same day (of several one counts).
// An account's revenue says nothing before its first win was told, though it may be dated earlier:
// else two accounts could each keep the other from ever counting. When the win that counted is
// taken back and no other account has won since, the group is taken back that day.
//
// Who belongs to whom holds for all days, as known at the asking instant: two groups that become
// one are one for their past too, when it is asked again, and still two as of then. A parent that
// was merged into another account is that account.
// Source: contract.md, "New customer".
#pragma once

#include <set>
#include <string>

#include "engine/fold/projection.h"
#include "engine/query/kpi_cells.h"
#include "engine/query/look.h"

namespace revops {

// By what won the account, or who sourced it.
const Measure& NewCustomersOfGroups();

// The measures that it is worked out from.
const std::set<std::string>& MeasuresOfGroups();

// The first of them: accounts that it counts or leaves out, by customer too.
inline constexpr char kNewCustomersByAccount[] = "new_customers";

// `cells`, which are of `look` or a fold of what it holds, and those of the measure; days from
// `end_day` on lie after the asking instant.
// Cost: without groups that of new_customers; with some, once, that of all cells of
// MeasuresOfGroups by customer. Lifetime: `cells` stay as they are, and the engine outlives the
// answer. Thread safety: for one thread.
CellScan WithGroups(CellScan cells, const Engine& engine, const Look& look, int32_t end_day);

}  // namespace revops
