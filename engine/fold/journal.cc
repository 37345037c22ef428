#include "engine/fold/journal.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "engine/base/status.h"
#include "engine/base/wire.h"
#include "engine/event/codec.h"
#include "engine/event/event_order.h"

namespace revops {
namespace {

constexpr uint8_t kUnreadable = 1;
constexpr uint64_t kExplicit = 255;

bool Outranks(const Copy& a, uint32_t a_revision, const Copy& b, uint32_t b_revision) {
  if (a_revision != b_revision) return a_revision > b_revision;
  if (a.at != b.at) return a.at < b.at;
  return a.bytes < b.bytes;
}

uint32_t RevisionOf(const Copy& copy) {
  return copy.unreadable ? 0 : ScanHead(copy.bytes).revision;
}

// Recomputes what an entry says of its standing copy.
void Stand(Entry& entry) {
  const Copy& copy = entry.standing();
  if (copy.unreadable) {
    entry.order_key = OrderKey({0, "", 0, RecordRoot(copy.bytes).value()});
    entry.voided = false;
    return;
  }
  const EventHead head = ScanHead(copy.bytes);
  entry.order_key = OrderKey({copy.at, head.source, head.sequence, head.id});
  entry.voided = head.voided;
}

void PutResolved(const Id& id, const std::vector<Id>& subject, std::string& out) {
  if (id.empty()) {
    PutVarint(0, out);
    return;
  }
  const auto found = std::find(subject.begin(), subject.end(), id);
  if (found != subject.end()) {
    PutVarint(1 + static_cast<uint64_t>(found - subject.begin()), out);
    return;
  }
  PutVarint(kExplicit, out);
  PutBytes(id.bytes(), out);
}

}  // namespace

std::string NameOf(const Copy& copy) {
  if (copy.unreadable) {
    const Id root = RecordRoot(copy.bytes);
    return absl::StrCat(absl::string_view("\0", 1), root.value());
  }
  const EventHead head = ScanHead(copy.bytes);
  return absl::StrCat(head.source, absl::string_view("\0", 1), head.id);
}

Entry EntryOf(Copy copy) {
  Entry entry;
  entry.name = NameOf(copy);
  entry.copies.push_back(std::move(copy));
  Stand(entry);
  return entry;
}

bool AddCopy(Copy copy, Entry& entry, bool& changed) {
  changed = false;
  for (Copy& held : entry.copies) {
    if (held.bytes != copy.bytes) continue;
    if (copy.recorded_at < held.recorded_at) {
      held.recorded_at = copy.recorded_at;
      changed = true;
    }
    return false;
  }
  changed = true;
  const uint32_t revision = RevisionOf(copy);
  auto before = entry.copies.begin();
  while (before != entry.copies.end() && !Outranks(copy, revision, *before, RevisionOf(*before))) {
    ++before;
  }
  entry.copies.insert(before, std::move(copy));
  Stand(entry);
  return true;
}

void EncodeEntry(const Entry& entry, std::string& out) {
  PutVarint(entry.copies.size(), out);
  for (const Copy& copy : entry.copies) {
    out.push_back(static_cast<char>(copy.unreadable ? kUnreadable : 0));
    std::vector<Id> subject;
    if (!copy.unreadable && (!copy.person.empty() || !copy.opportunity.empty())) {
      subject = ScanHead(copy.bytes).subject;
    }
    PutResolved(copy.person, subject, out);
    PutResolved(copy.opportunity, subject, out);
    PutSigned(copy.at, out);
    PutSigned(copy.recorded_at, out);
    PutBytes(copy.bytes, out);
  }
}

absl::StatusOr<std::vector<Entry>> DecodeEntries(absl::string_view bytes) {
  std::vector<Entry> entries;
  WireReader in(bytes);
  while (!in.done()) {
    Entry entry;
    const uint64_t count = in.Varint();
    for (uint64_t i = 0; i < count && in.ok(); ++i) {
      Copy copy;
      copy.unreadable = (in.Byte() & kUnreadable) != 0;
      uint64_t index[2];
      absl::string_view id[2];
      for (int k = 0; k < 2; ++k) {
        index[k] = in.Varint();
        if (index[k] == kExplicit) id[k] = in.Bytes();
      }
      copy.at = in.Signed();
      copy.recorded_at = in.Signed();
      const absl::string_view body = in.Bytes();
      if (!in.ok()) break;
      copy.bytes.assign(body.data(), body.size());
      absl::optional<EventHead> head = EventHead();
      if (!copy.unreadable) head = ScanStoredHead(body);
      if (!head.has_value()) {
        in.Fail();
        break;
      }
      const std::vector<Id>& subject = head->subject;
      Id* resolved[2] = {&copy.person, &copy.opportunity};
      for (int k = 0; k < 2; ++k) {
        if (index[k] == kExplicit) {
          *resolved[k] = Id::FromBytes(id[k]);
        } else if (index[k] > 0 && index[k] <= subject.size()) {
          *resolved[k] = subject[index[k] - 1];
        } else if (index[k] != 0) {
          in.Fail();
        }
      }
      entry.copies.push_back(std::move(copy));
    }
    if (!in.ok() || entry.copies.empty()) {
      return absl::DataLossError("a journal chunk is damaged; rebuild the view store from the log");
    }
    entry.name = NameOf(entry.standing());
    Stand(entry);
    entries.push_back(std::move(entry));
  }
  return entries;
}

}  // namespace revops
