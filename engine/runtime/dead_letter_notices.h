// What is told outside of dead letters, on the topic `dead-letters`.
//
//   a record of `touchpoints` that does not decode
//     key     touchpoints/3@418, its place       value   its bytes
//   an event that a view does not apply, or a copy that another copy of its id outranks
//     key     letter/ and 32 hex digits: of journey, view and copy
//     value   the record as it was published, if it came with this batch, else the event as kept
//
// Headers, all text: revops-kind (unreadable, refused, outranked), revops-state (stands, or
// withdrawn: the event applies now, or is no longer here; the value is then empty), revops-reason,
// revops-view, revops-source, revops-id, revops-generation, and where it was read: revops-topic,
// revops-partition, revops-offset. The last three are missing if the event came long before.
//
// The stores remain the truth. A store that is built again tells all of it again, under the same
// keys and in an order that ends with the same state of each.
#pragma once

#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "engine/log/event_log.h"
#include "engine/log/outlet.h"
#include "engine/view/journey_batch.h"

namespace revops {

// A batch as it was read.
struct RecordsRead {
  TopicPartition where;
  absl::Span<const Record> records;
};

Notice NoticeOfUnreadable(const TopicPartition& where, Offset offset, absl::string_view bytes,
                          absl::string_view reason, absl::string_view generation);

// Leaves out what NoticeOfUnreadable tells.
std::vector<Notice> NoticesOf(const std::vector<LetterChange>& letters, const RecordsRead& read,
                              absl::string_view generation);

}  // namespace revops
