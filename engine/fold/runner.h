// Runs every projection of the registry over a stretch of one journey.
#pragma once

#include <string>
#include <vector>

#include "engine/fold/cells.h"
#include "engine/fold/journal.h"
#include "engine/fold/projection.h"
#include "engine/fold/row_set.h"
#include "engine/identity/resolver.h"

namespace revops {

// What a journey is made of: an entry of its journal, or a tenure change of a person it holds.
// Exactly one is set. Lifetime: both outlive the item.
struct FoldItem {
  const Entry* entry = nullptr;
  const TenureAt* tenure = nullptr;
};

// Where an item stands in event order; a tenure change follows the event that made it.
std::string ItemKey(const FoldItem& item);

// In the order of their ItemKeys.
void SortTenures(std::vector<TenureAt>& tenures);

// Whether a fold sees no difference between the two.
bool SameItem(const FoldItem& a, const FoldItem& b);

// Entries (given in event order, or in any) and tenure changes (in any) together, in event order.
// Lifetime: both outlive the items.
std::vector<FoldItem> ItemsOf(absl::Span<const Entry* const> entries,
                              const std::vector<TenureAt>& tenures);
std::vector<FoldItem> ItemsOf(const std::vector<Entry>& entries,
                              const std::vector<TenureAt>& tenures);

// What a dead letter's row is about: it names the pair of projection and copy, so that a second
// fold says the same.
Id DeadLetterId(absl::string_view projection, absl::string_view copy_bytes);

struct FoldContext {
  const Registry& registry;
  const RevenueModel& model;
  Id root;
};

// Folds `items` (in event order) onto `rows`; what they count is added to `cells` with `sign`.
// cells null: counts are dropped (the fold of a prefix whose cells stand).
void FoldItems(const FoldContext& context, absl::Span<const FoldItem> items, int sign, RowSet& rows,
               CellDeltas* cells);

}  // namespace revops
