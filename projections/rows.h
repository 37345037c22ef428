// What the row messages of several views need: tallies by name and keys of sorted lists.
#pragma once

#include <cstdint>
#include <string>

#include "absl/strings/string_view.h"
#include "engine/base/wire.h"
#include "google/protobuf/repeated_ptr_field.h"
#include "revops/v1/views.pb.h"

namespace revops {

// Adds `count` to the tally of that name; the list stays sorted by name. Once it holds `names_max`
// names, further ones count as "other".
void AddTally(google::protobuf::RepeatedPtrField<v1::Tally>& tallies, absl::string_view name,
              int64_t count, int names_max = 100);

// Puts `text` into a sorted list of distinct texts, or takes it out. False: nothing changed.
bool InsertSorted(google::protobuf::RepeatedPtrField<std::string>& texts, absl::string_view text);
bool EraseSorted(google::protobuf::RepeatedPtrField<std::string>& texts, absl::string_view text);

// Sort keys of a number: the smallest first, the greatest first.
inline std::string Ascending(int64_t number) {
  std::string key;
  PutOrdered64(number, key);
  return key;
}
inline std::string Descending(int64_t number) { return Ascending(~number); }

// Whether the event's time is known no better than by the day.
inline bool ByDay(const v1::Event& event) {
  return event.occurred_precision() == v1::DAY || event.occurred_precision() == v1::MONTH;
}

// "marketing"; "" if not known.
absl::string_view TeamName(v1::Team team);
// "sdr"; "expansion"; "" if not known.
absl::string_view SourceName(v1::SourcedBy sourced_by);
absl::string_view MotionName(v1::Motion motion);

}  // namespace revops
