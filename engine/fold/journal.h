// A journey's events as they are kept: entries in event order, each all copies of one (source, id).
//
// Which copy of an entry stands is decided here and nowhere else: highest revision, then smallest
// (occurred_at, bytes). The others stay, so that no order of arrival can be told from the result.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "engine/event/codec.h"
#include "engine/event/id.h"
#include "revops/v1/event.pb.h"

namespace revops {

// One copy of an event, and what it resolves to under the store's link version.
struct Copy {
  std::string bytes;        // canonical; of an unreadable record: its bytes
  int64_t recorded_at = 0;  // Units: microseconds; the smallest of equal copies.
  int64_t at = 0;           // Units: microseconds, normalised occurred_at.
  bool unreadable = false;
  std::vector<Id> subject;  // what the event names
  Id person;
  Id opportunity;
  // Whether the two are kept as one: equal in all that a fold sees but recorded_at.
  friend bool SameCopy(const Copy& a, const Copy& b) {
    return a.bytes == b.bytes && a.person == b.person && a.opportunity == b.opportunity;
  }
};

// All distinct copies of one (source, id); copies[0] stands.
struct Entry {
  std::vector<Copy> copies;
  std::string name;       // source NUL id
  std::string order_key;  // of the standing copy
  bool voided = false;    // the standing copy is

  const Copy& standing() const { return copies.front(); }
};

// A copy of an event that nobody resolved yet.
Copy CopyOfEvent(const DecodedEvent& decoded);

// The (source, id) that a copy is filed under.
std::string NameOf(const Copy& copy);

// An entry of one copy.
Entry EntryOf(Copy copy);

// Files `copy` in the entry of its name. Returns false if an equal copy was there already; then
// `changed` says whether its recorded_at fell.
bool AddCopy(Copy copy, Entry& entry, bool& changed);

// Files copies in the entries of their names, and counts those that were there already.
void FileCopies(std::vector<Copy> copies, std::map<std::string, Entry>& filed,
                uint64_t& duplicates);

// Lifetime: `entries` outlive what points to them.
std::vector<const Entry*> InEventOrder(const std::vector<Entry>& entries);

// entry := count copy*
// copy := flags person opportunity at(signed) recorded_at(signed) bytes
// person, opportunity := 0 | 1+index into the subject | 255 encoding(bytes)
// on disk: never change.
void EncodeEntry(const Entry& entry, std::string& out);

// Reads entries to the end of `bytes`.
// Errors: kDataLoss if these are not whole entries.
absl::StatusOr<std::vector<Entry>> DecodeEntries(absl::string_view bytes);

}  // namespace revops
