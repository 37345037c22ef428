// How a journey's entries are cut into stored chunks.
//
// A chunk ends after an entry whose name falls in 1 of 8, with a cap, so that an insertion changes
// one chunk, wherever it happens. What follows the last end is the tail, kept in the head.
#pragma once

#include <string>
#include <vector>

#include "absl/types/span.h"
#include "engine/fold/journal.h"

namespace revops {

struct StoredChunk {
  std::string first_key;  // order key of its first entry
  std::string bytes;
};

struct ChunkedJournal {
  std::vector<StoredChunk> closed;
  uint32_t tail_entries = 0;
  std::string tail;
  std::string tail_first_key;  // order key of the tail's first entry; empty: not known
};

// Cuts entries (in event order), the first of which follow the open tail `journal` ends with.
void AppendEntry(const Entry& entry, ChunkedJournal& journal);
void AppendEntries(absl::Span<const Entry> entries, ChunkedJournal& journal);

}  // namespace revops
