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

// Recomputes what an entry says of its standing copy, which `head` was scanned from.
void Stand(const EventHead& head, Entry& entry) {
  entry.order_key = OrderKey({entry.standing().at, head.source, head.sequence, head.id});
  entry.voided = head.voided;
}
void Stand(Entry& entry) {
  const Copy& copy = entry.standing();
  if (!copy.unreadable) return Stand(ScanHead(copy.bytes), entry);
  entry.order_key = OrderKey({0, "", 0, RecordRoot(copy.bytes).value()});
  entry.voided = false;
}

std::string NameOf(const EventHead& head) {
  return absl::StrCat(head.source, absl::string_view("\0", 1), head.id);
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

Copy CopyOfEvent(const DecodedEvent& decoded) {
  Copy copy;
  copy.bytes = decoded.bytes;
  copy.recorded_at = decoded.recorded_at;
  copy.at = decoded.at;
  copy.subject.reserve(decoded.event.subject_size());
  for (const v1::Id& id : decoded.event.subject()) copy.subject.emplace_back(id);
  return copy;
}

std::string NameOf(const Copy& copy) {
  if (!copy.unreadable) return NameOf(ScanHead(copy.bytes));
  const Id root = RecordRoot(copy.bytes);
  return absl::StrCat(absl::string_view("\0", 1), root.value());
}

Entry EntryOf(Copy copy) {
  Entry entry;
  entry.copies.push_back(std::move(copy));
  const Copy& standing = entry.standing();
  if (standing.unreadable) {
    entry.name = NameOf(standing);
    Stand(entry);
  } else {
    const EventHead head = ScanHead(standing.bytes);
    entry.name = NameOf(head);
    Stand(head, entry);
  }
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

void FileCopies(std::vector<Copy> copies, std::map<std::string, Entry>& filed,
                uint64_t& duplicates) {
  for (Copy& copy : copies) {
    Entry entry = EntryOf(std::move(copy));
    const auto at = filed.find(entry.name);
    bool changed;
    if (at == filed.end()) {
      std::string name = entry.name;
      filed.emplace(std::move(name), std::move(entry));
    } else if (!AddCopy(std::move(entry.copies.front()), at->second, changed)) {
      ++duplicates;
    }
  }
}

std::vector<const Entry*> InEventOrder(const std::vector<Entry>& entries) {
  std::vector<const Entry*> ordered;
  ordered.reserve(entries.size());
  for (const Entry& entry : entries) ordered.push_back(&entry);
  std::sort(ordered.begin(), ordered.end(),
            [](const Entry* a, const Entry* b) { return a->order_key < b->order_key; });
  return ordered;
}

void EncodeEntry(const Entry& entry, std::string& out) {
  PutVarint(entry.copies.size(), out);
  for (const Copy& copy : entry.copies) {
    out.push_back(static_cast<char>(copy.unreadable ? kUnreadable : 0));
    PutResolved(copy.person, copy.subject, out);
    PutResolved(copy.opportunity, copy.subject, out);
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
      copy.subject = std::move(head->subject);
      const std::vector<Id>& subject = copy.subject;
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
      if (i > 0 || entry.standing().unreadable) continue;
      entry.name = NameOf(*head);
      Stand(*head, entry);
    }
    if (!in.ok() || entry.copies.empty()) {
      return absl::DataLossError("a journal chunk is damaged; rebuild the view store from the log");
    }
    if (entry.standing().unreadable) {
      entry.name = NameOf(entry.standing());
      Stand(entry);
    }
    entries.push_back(std::move(entry));
  }
  return entries;
}

}  // namespace revops
