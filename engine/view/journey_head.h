// The head of a stored journey: all a fold needs to go on in order, in one value.
//
// A small journey keeps everything but its older events here, so that one read and one write serve
// a batch of its events. Above kPagedBytes its rows, ids and names move to keys of their own.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "engine/base/wire.h"
#include "engine/event/id.h"
#include "engine/fold/row_set.h"
#include "engine/identity/resolver.h"

namespace revops {

constexpr size_t kPagedBytes = 16 << 10;

struct JourneyHead {
  Id root;
  uint64_t entries = 0;
  std::string last_key;  // ItemKey of the last item folded
  bool paged = false;
  uint64_t deferred = 0;          // copies kept but not folded yet
  std::vector<TenureAt> tenures;  // folded under, in event order; empty when paged
  std::vector<uint64_t> names;    // Hash64 of each entry's name, sorted; empty when paged
  std::vector<Id> ids;            // that occur here, sorted; empty when paged
  std::vector<RowSet::Row> rows;  // in key order; empty when paged
  uint32_t tail_entries = 0;
  std::string tail;  // entries after the last closed chunk

  // Approximate bytes of what paging would move out.
  size_t paged_bytes() const;
};

// head := version(1) flags root(bytes) entries last_key(bytes) deferred
//         count tenure* count name64* count id(bytes)* count row* tail_entries tail
// tenure := order_key(bytes) person(bytes) joined other(bytes)
// row := projection entity(bytes) row(bytes)
// on disk: never change.
std::string EncodeHead(const JourneyHead& head);

// One tenure, as the head holds it and, when paged, a key of its own.
void PutTenure(const TenureAt& tenure, std::string& out);
TenureAt ReadTenure(WireReader& in);
// Errors: kDataLoss.
absl::StatusOr<JourneyHead> DecodeHead(absl::string_view bytes);

// What a reader needs of a head, found without decoding the rest.
// Lifetime: all views are into the bytes it was found in.
struct HeadView {
  absl::string_view root;  // Id::bytes()
  bool paged = false;
  uint64_t deferred = 0;
  uint64_t rows_count = 0;
  absl::string_view rows;  // row*, in key order; of a paged journey empty
  absl::string_view tail;  // entry*

  // A row kept in the head; false if there is none.
  bool FindRow(uint8_t projection, absl::string_view entity, absl::string_view& row) const;
};
// Errors: kDataLoss.
absl::StatusOr<HeadView> ViewHead(absl::string_view bytes);

}  // namespace revops
