#include "engine/view/journal_chunks.h"

#include <utility>

#include "engine/base/hash.h"
#include "engine/base/status.h"

namespace revops {
namespace {
constexpr uint64_t kEndsOneIn = 8;
constexpr size_t kChunkBytesMax = 4096;
constexpr uint32_t kChunkEntriesMax = 32;
}  // namespace

void AppendEntry(const Entry& entry, ChunkedJournal& journal) {
  if (journal.tail_entries == 0) journal.tail_first_key = entry.order_key;
  EncodeEntry(entry, journal.tail);
  ++journal.tail_entries;
  if (Hash64(entry.name) % kEndsOneIn != 0 && journal.tail.size() < kChunkBytesMax &&
      journal.tail_entries < kChunkEntriesMax) {
    return;
  }
  if (journal.tail_first_key.empty()) {
    const auto held = DecodeEntries(journal.tail);
    REVOPS_CHECK(held.ok());
    journal.tail_first_key = held->front().order_key;
  }
  journal.closed.push_back({std::move(journal.tail_first_key), std::move(journal.tail)});
  journal.tail_first_key.clear();
  journal.tail.clear();
  journal.tail_entries = 0;
}

void AppendEntries(absl::Span<const Entry> entries, ChunkedJournal& journal) {
  for (const Entry& entry : entries) AppendEntry(entry, journal);
}

}  // namespace revops
