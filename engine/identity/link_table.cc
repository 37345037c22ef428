#include "engine/identity/link_table.h"

#include <algorithm>
#include <tuple>

#include "absl/strings/str_cat.h"
#include "engine/base/big_endian.h"
#include "engine/base/hash.h"
#include "engine/base/status.h"
#include "engine/event/event_order.h"
#include "engine/identity/links.h"

namespace revops {
namespace {

// Keys of the store. on disk: never change.
//   G source NUL id        StoredLinkCopies     the group: all copies of one (source, id)
//   C child NUL group      empty                the groups that ever linked the child
//   P parent NUL child     empty                the children that the parent ever had
//   N hash, big-endian     empty                Hash64 of every id named in C, P or E
//   E id                   offset, big-endian   the first erasure of the id
//   R offset, big-endian   StoredLinkRecord
//   M                      StoredLinkProgress
//   Z                      taken by refillable_db.h
// Neither ids nor sources hold a NUL, but for the length of an empty namespace, whose place is
// fixed; so no key is another's beginning by accident.
constexpr char kProgressKey[] = "M";
constexpr absl::string_view kNul("\0", 1);

using Copy = v1::StoredLinkCopy;
using Copies = v1::StoredLinkCopies;

// Of groups and of children: about 30 MB.
constexpr size_t kRememberedMax = 30'000;

std::string GroupOf(const v1::Event& event) {
  return absl::StrCat(event.source(), kNul, event.id());
}
std::string GroupKey(absl::string_view group) { return absl::StrCat("G", group); }
std::string ChildPrefix(const Id& child) { return absl::StrCat("C", child.bytes(), kNul); }
std::string ParentPrefix(const Id& parent) { return absl::StrCat("P", parent.bytes(), kNul); }
std::string RecordKey(LinkVersion offset) {
  std::string key = "R";
  AppendBigEndian(offset, key);
  return key;
}

std::string KnownKey(uint64_t hash) {
  std::string key = "N";
  AppendBigEndian(hash, key);
  return key;
}

absl::Status Damaged() {
  return absl::DataLossError(
      "the link store is damaged; remove its folder, and links are read again");
}

// The standing copy below `version`; null if there is none, or if it is voided.
const Copy* Standing(const Copies& copies, LinkVersion version) {
  const Copy* standing = nullptr;
  const auto before = [](const Copy& a, const Copy& b) {
    if (a.revision() != b.revision()) return a.revision() > b.revision();
    return std::forward_as_tuple(a.at(), a.event()) < std::forward_as_tuple(b.at(), b.event());
  };
  for (const Copy& copy : copies.copies()) {
    if (copy.offset() >= version) continue;
    if (standing == nullptr || before(copy, *standing)) standing = &copy;
  }
  return standing != nullptr && !standing->voided() ? standing : nullptr;
}

}  // namespace

absl::StatusOr<std::unique_ptr<LinkTable>> LinkTable::Open(std::unique_ptr<LinkStore> store,
                                                           absl::string_view log_identity) {
  std::unique_ptr<LinkTable> table(new LinkTable(std::move(store)));
  RETURN_IF_ERROR(table->Load());
  std::string& identity = *table->progress_.mutable_log_identity();
  if (table->end() > 0 && identity != log_identity) {
    return absl::FailedPreconditionError(
        absl::StrCat("the link store holds links of log ", identity, ", not of ", log_identity));
  }
  identity.assign(log_identity.data(), log_identity.size());
  return table;
}

absl::Status LinkTable::Load() {
  std::string bytes;
  ASSIGN_OR_RETURN(const bool found, store_->Get(kProgressKey, bytes));
  if (!found) {
    progress_.clear_end();
    progress_.clear_fingerprint();
    end_ = 0;
    return absl::OkStatus();
  }
  if (!progress_.ParseFromString(bytes)) return Damaged();
  end_ = progress_.end();

  absl::MutexLock lock(&mutex_);
  bool damaged = false;
  RETURN_IF_ERROR(store_->Scan("N", [&](absl::string_view hash, absl::string_view) {
    damaged = hash.size() != sizeof(uint64_t);
    if (!damaged) known_.insert(LoadBigEndian<uint64_t>(hash.data()));
    return !damaged;
  }));
  if (damaged) return Damaged();
  RETURN_IF_ERROR(store_->Scan("E", [&](absl::string_view id, absl::string_view offset) {
    damaged = offset.size() != sizeof(LinkVersion);
    if (damaged) return false;
    erased_.emplace(Id::FromBytes(id), LoadBigEndian<LinkVersion>(offset.data()));
    return true;
  }));
  return damaged ? Damaged() : absl::OkStatus();
}

absl::Status LinkTable::HealIfRefused() {
  if (!refused_) return absl::OkStatus();
  RETURN_IF_ERROR(store_->Heal());
  const LinkVersion believed = end();
  {
    absl::MutexLock lock(&mutex_);
    groups_.clear();
    children_.clear();
  }
  RETURN_IF_ERROR(Load());
  refused_ = false;
  if (end() == believed) return absl::OkStatus();
  // What was refused had been written after all, or what had been written is gone.
  return absl::UnavailableError(absl::StrCat("the link store goes on at ", end(), ", not at ",
                                             believed, "; read the log from there"));
}

absl::Status LinkTable::Add(const DecodedEvent& decoded, uint64_t fingerprint) {
  RETURN_IF_ERROR(HealIfRefused());
  const v1::Event& event = decoded.event;
  std::vector<std::pair<std::string, std::string>> changes;
  std::vector<Id> touched, known, erased;

  for (const v1::Id& named : event.erasure().ids()) {
    if (!CheckId(named).ok()) continue;
    const Id id(named);
    touched.push_back(id);
    known.push_back(id);
    if (Erased(id, end() + 1)) continue;
    erased.push_back(id);
    std::string offset;
    AppendBigEndian(end(), offset);
    changes.emplace_back(absl::StrCat("E", id.bytes()), std::move(offset));
  }

  const std::string group = GroupOf(event);
  ASSIGN_OR_RETURN(Copies copies, CopiesAt(GroupKey(group)));
  if (std::any_of(copies.copies().begin(), copies.copies().end(),
                  [&](const Copy& copy) { return copy.event() == decoded.bytes; })) {
    return Commit(std::move(changes), touched, known, erased, fingerprint);
  }
  // A new copy may unseat another: what that one links is concerned as well.
  for (const Copy& copy : copies.copies()) {
    for (const auto& link : copy.links()) touched.push_back(Id::FromBytes(link.child()));
  }
  Copy& copy = *copies.add_copies();
  copy.set_offset(end());
  copy.set_revision(event.revision());
  copy.set_voided(event.voided());
  copy.set_at(decoded.at);
  copy.set_order_key(OrderKey({decoded.at, event.source(), event.sequence(), event.id()}));
  copy.set_event(decoded.bytes);
  for (const Link& link : LinksOf(event)) {
    auto& stored = *copy.add_links();
    stored.set_child(link.child.bytes());
    stored.set_parent(link.parent.bytes());
    stored.set_tenure(link.tenure);
    stored.set_belonging(link.belonging);
    touched.push_back(link.child);
    known.push_back(link.child);
    changes.emplace_back(absl::StrCat(ChildPrefix(link.child), group), "");
    if (link.parent.empty()) continue;
    known.push_back(link.parent);
    changes.emplace_back(absl::StrCat(ParentPrefix(link.parent), link.child.bytes()), "");
  }
  changes.emplace_back(GroupKey(group), copies.SerializeAsString());
  return Commit(std::move(changes), touched, known, erased, fingerprint);
}

absl::Status LinkTable::AddUnreadable(uint64_t fingerprint) {
  RETURN_IF_ERROR(HealIfRefused());
  return Commit({}, {}, {}, {}, fingerprint);
}

absl::Status LinkTable::Commit(std::vector<std::pair<std::string, std::string>> changes,
                               const std::vector<Id>& touched, const std::vector<Id>& known,
                               const std::vector<Id>& erased, uint64_t fingerprint) {
  const LinkVersion offset = end();
  ASSIGN_OR_RETURN(const uint64_t before, Fingerprint(offset));
  v1::StoredLinkRecord record;
  for (const Id& id : touched) record.add_touched(id.bytes());
  // Never 0, which stands for none.
  record.set_fingerprint(Hash64(absl::StrCat(before, " ", fingerprint)) | 1);
  changes.emplace_back(RecordKey(offset), record.SerializeAsString());
  for (const Id& id : known) {
    if (Unknown(id)) changes.emplace_back(KnownKey(Hash64(id.bytes())), "");
  }
  v1::StoredLinkProgress progress = progress_;
  progress.set_end(offset + 1);
  progress.set_fingerprint(fingerprint);
  changes.emplace_back(kProgressKey, progress.SerializeAsString());
  const absl::Status put = store_->Put(std::move(changes));
  refused_ = !put.ok();
  RETURN_IF_ERROR(put);
  progress_ = std::move(progress);

  // Whoever sees the new end finds all that it holds.
  absl::MutexLock lock(&mutex_);
  for (const Id& id : known) {
    known_.insert(Hash64(id.bytes()));
    groups_.erase(id);
    children_.erase(id);
  }
  for (const Id& id : touched) groups_.erase(id);
  for (const Id& id : erased) erased_.emplace(id, offset);
  end_ = offset + 1;
  return absl::OkStatus();
}

absl::StatusOr<Copies> LinkTable::CopiesAt(const std::string& key) const {
  Copies copies;
  std::string bytes;
  ASSIGN_OR_RETURN(const bool found, store_->Get(key, bytes));
  if (found && !copies.ParseFromString(bytes)) return Damaged();
  return copies;
}

absl::StatusOr<v1::StoredLinkRecord> LinkTable::RecordAt(LinkVersion offset) const {
  v1::StoredLinkRecord record;
  std::string bytes;
  ASSIGN_OR_RETURN(const bool found, store_->Get(RecordKey(offset), bytes));
  if (!found || !record.ParseFromString(bytes)) return Damaged();
  return record;
}

absl::StatusOr<uint64_t> LinkTable::Fingerprint(LinkVersion version) const {
  if (version == 0) return 0;
  ASSIGN_OR_RETURN(const v1::StoredLinkRecord record, RecordAt(version - 1));
  return record.fingerprint();
}

template <typename Value>
absl::StatusOr<std::shared_ptr<const Value>> LinkTable::Remembered(
    Memory<Value>& memory, const Id& id, absl::FunctionRef<absl::Status(Value& value)> read) const {
  LinkVersion before;
  {
    absl::ReaderMutexLock lock(&mutex_);
    const auto known = memory.find(id);
    if (known != memory.end()) return known->second;
    before = end();
  }
  const auto value = std::make_shared<Value>();
  RETURN_IF_ERROR(read(*value));
  absl::MutexLock lock(&mutex_);
  // What was read while a record was taken may lack it.
  if (end() != before) return value;
  if (memory.size() >= kRememberedMax) memory.clear();
  return memory.emplace(id, value).first->second;
}

absl::StatusOr<std::shared_ptr<const LinkTable::Groups>> LinkTable::GroupsOf(
    const Id& child) const {
  if (Unknown(child)) return std::make_shared<const Groups>();
  return Remembered<Groups>(groups_, child, [&](Groups& groups) -> absl::Status {
    std::vector<std::string> keys;
    RETURN_IF_ERROR(
        store_->Scan(ChildPrefix(child), [&](absl::string_view group, absl::string_view) {
          keys.push_back(GroupKey(group));
          return true;
        }));
    for (const std::string& key : keys) {
      ASSIGN_OR_RETURN(Copies copies, CopiesAt(key));
      groups.push_back(std::move(copies));
    }
    return absl::OkStatus();
  });
}

absl::StatusOr<bool> LinkTable::Contains(const DecodedEvent& event) const {
  ASSIGN_OR_RETURN(const Copies copies, CopiesAt(GroupKey(GroupOf(event.event))));
  return std::any_of(copies.copies().begin(), copies.copies().end(),
                     [&](const Copy& copy) { return copy.event() == event.bytes; });
}

absl::StatusOr<Id> LinkTable::Parent(const Id& child, LinkVersion version) const {
  struct Latest {
    std::string order_key;
    Id parent;
  };
  Latest goes_on, belongs;
  ASSIGN_OR_RETURN(const auto groups, GroupsOf(child));
  for (const Copies& copies : *groups) {
    const Copy* standing = Standing(copies, version);
    if (standing == nullptr) continue;
    for (const auto& link : standing->links()) {
      if (link.tenure() || link.child() != child.bytes()) continue;
      Latest& latest = link.belonging() ? belongs : goes_on;
      if (latest.order_key < standing->order_key()) {
        latest = {standing->order_key(), Id::FromBytes(link.parent())};
      }
    }
  }
  return goes_on.parent.empty() ? belongs.parent : goes_on.parent;
}

absl::StatusOr<std::vector<Tenure>> LinkTable::Tenures(const Id& child, LinkVersion version) const {
  std::vector<Tenure> tenures;
  ASSIGN_OR_RETURN(const auto groups, GroupsOf(child));
  for (const Copies& copies : *groups) {
    const Copy* standing = Standing(copies, version);
    if (standing == nullptr) continue;
    for (const auto& link : standing->links()) {
      if (!link.tenure() || link.child() != child.bytes()) continue;
      tenures.push_back({standing->order_key(), Id::FromBytes(link.parent())});
    }
  }
  std::sort(tenures.begin(), tenures.end(),
            [](const Tenure& a, const Tenure& b) { return a.order_key < b.order_key; });
  return tenures;
}

absl::StatusOr<std::shared_ptr<const std::vector<Id>>> LinkTable::ChildrenEver(
    const Id& parent) const {
  if (Unknown(parent)) return std::make_shared<const std::vector<Id>>();
  return Remembered<std::vector<Id>>(children_, parent, [&](std::vector<Id>& children) {
    return store_->Scan(ParentPrefix(parent), [&](absl::string_view child, absl::string_view) {
      children.push_back(Id::FromBytes(child));
      return true;
    });
  });
}

bool LinkTable::Erased(const Id& id, LinkVersion version) const {
  absl::ReaderMutexLock lock(&mutex_);
  const auto found = erased_.find(id);
  return found != erased_.end() && found->second < version;
}

bool LinkTable::Unknown(const Id& id) const {
  const uint64_t hash = Hash64(id.bytes());
  absl::ReaderMutexLock lock(&mutex_);
  return !known_.contains(hash);
}

}  // namespace revops
