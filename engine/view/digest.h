// The digest of a view: an order-independent sum over everything logical that it holds.
//
// digest = sum mod 2^128 of H(part) over rows, journal copies, list items and dead letters (which
// are rows), plus value x H(cell key) over cells. It is the same in whatever form, chunk or
// partition the parts are stored, so digests of partitions add up, and it moves with each write.
// It detects accidents, not attacks.
#pragma once

#include "absl/strings/string_view.h"
#include "engine/base/int128.h"
#include "engine/event/id.h"
#include "engine/fold/journal.h"
#include "engine/fold/row_set.h"

namespace revops::digest {

uint128 Row(absl::string_view projection, const Id& root, absl::string_view entity,
            absl::string_view row);
uint128 JournalCopy(const Id& root, const Copy& copy);
uint128 JournalEntry(const Id& root, const Entry& entry);
uint128 ListItem(absl::string_view projection, absl::string_view list, absl::string_view sort_key,
                 const Id& root, absl::string_view entity);
// To be multiplied by the value. Odd, so that no two values of a cell give the same product.
uint128 Cell(absl::string_view cell_key);

// The name of a view in digests: the projection's, or the engine's own for dead letters.
absl::string_view ViewName(const Registry& registry, uint8_t projection);

}  // namespace revops::digest
