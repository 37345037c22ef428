// Reading a journey's events back from a view store.
#pragma once

#include <set>
#include <string>
#include <vector>

#include "engine/fold/journal.h"
#include "engine/view/journal_chunks.h"
#include "engine/view/journey_head.h"
#include "engine/view/view_store.h"

namespace revops {

struct StoredJournal {
  std::vector<StoredChunk> closed;
  std::vector<Entry> entries;  // of the chunks and the tail, in event order
};

// Errors of all: kDataLoss, kUnavailable.
absl::StatusOr<StoredJournal> LoadJournal(const ViewReader& store, uint128 root16,
                                          const std::string& tail);

// Copies that are kept but not folded yet.
absl::StatusOr<std::vector<Copy>> LoadDeferred(const ViewReader& store, uint128 root16);

// Every copy a journey keeps, folded or deferred; one that is both, once.
absl::StatusOr<std::vector<Copy>> LoadCopies(const ViewReader& store, const JourneyHead& head);

// A journey's entries in event order, without what is deferred. Empty if there is no such journey.
absl::StatusOr<std::vector<Entry>> LoadEntries(const ViewReader& store, const Id& root);

// Each copy once, with its smallest recorded_at; counts those that were there twice.
std::vector<Copy> DistinctCopies(std::vector<Copy> copies, uint64_t& duplicates);

// The tenures a journey is folded under, in event order.
absl::StatusOr<std::vector<TenureAt>> LoadTenures(const ViewReader& store, const JourneyHead& head);

// The ids under which a copy can be found again: its subject's and what they resolve to.
void CollectIds(const Copy& copy, std::set<Id>& ids);

}  // namespace revops
