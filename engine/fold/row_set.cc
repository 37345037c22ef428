#include "engine/fold/row_set.h"

#include <algorithm>
#include <utility>

#include "engine/base/status.h"
#include "google/protobuf/io/coded_stream.h"
#include "google/protobuf/io/zero_copy_stream_impl_lite.h"
#include "revops/v1/stored.pb.h"

namespace revops {

const google::protobuf::Message& PrototypeOf(const Registry& registry, uint8_t projection) {
  if (projection == kDeadLetters) return v1::StoredDeadLetter::default_instance();
  REVOPS_CHECK(projection < registry.size());
  return registry[projection]->prototype();
}

std::string DeterministicBytes(const google::protobuf::Message& message) {
  std::string bytes(message.ByteSizeLong(), '\0');
  google::protobuf::io::ArrayOutputStream array(&bytes[0], static_cast<int>(bytes.size()));
  google::protobuf::io::CodedOutputStream out(&array);
  out.SetSerializationDeterministic(true);
  message.SerializeWithCachedSizes(&out);
  return bytes;
}

RowSet::RowSet(const Registry& registry, const std::vector<Row>& rows) : registry_(registry) {
  for (const Row& row : rows) {
    Slot& slot = slots_[row.key];
    slot.exists = true;
    slot.stored_bytes = row.bytes;
  }
}

RowSet RowSet::Clone() const {
  RowSet copy(registry_, source_);
  for (const auto& [key, slot] : slots_) {
    Slot& to = copy.slots_[key];
    to.exists = slot.exists;
    to.stored = slot.stored;
    to.stored_bytes = slot.stored_bytes;
    to.touched = slot.touched;
    if (slot.message == nullptr) continue;
    to.message.reset(slot.message->New());
    to.message->CopyFrom(*slot.message);
  }
  return copy;
}

RowSet::Slot& RowSet::Load(const RowName& name) {
  const auto known = slots_.find(name);
  if (known != slots_.end()) return known->second;
  RowKey key{name.projection, std::string(name.entity.data(), name.entity.size())};
  Slot slot;
  if (source_ && source_(key, slot.stored_bytes)) {
    slot.stored = true;
    slot.exists = true;
  }
  return slots_.emplace(std::move(key), std::move(slot)).first->second;
}

google::protobuf::Message& RowSet::Parsed(uint8_t projection, Slot& slot) {
  if (slot.message == nullptr) {
    slot.message.reset(PrototypeOf(registry_, projection).New());
    REVOPS_CHECK(slot.message->ParseFromString(slot.stored_bytes));
  }
  return *slot.message;
}

google::protobuf::Message& RowSet::Mutable(const RowName& name) {
  Slot& slot = Load(name);
  slot.touched = true;
  if (!slot.exists) {
    slot.exists = true;
    slot.message.reset(PrototypeOf(registry_, name.projection).New());
  }
  return Parsed(name.projection, slot);
}

const google::protobuf::Message* RowSet::Find(const RowName& name) {
  Slot& slot = Load(name);
  return slot.exists ? &Parsed(name.projection, slot) : nullptr;
}

void RowSet::Remove(const RowName& name) {
  Slot& slot = Load(name);
  slot.touched = true;
  slot.exists = false;
  slot.message.reset();
}

std::vector<RowSet::Row> RowSet::All() const {
  std::vector<Row> rows;
  for (const auto& [key, slot] : slots_) {
    if (!slot.exists) continue;
    rows.push_back({key, slot.touched ? DeterministicBytes(*slot.message) : slot.stored_bytes});
  }
  std::sort(rows.begin(), rows.end(), [](const Row& a, const Row& b) { return a.key < b.key; });
  return rows;
}

std::vector<RowSet::Change> RowSet::Changes() const {
  std::vector<Change> changes;
  for (const auto& [key, slot] : slots_) {
    if (!slot.touched) continue;
    Change change{key, slot.stored, slot.exists, slot.stored_bytes, {}};
    if (change.is) change.new_bytes = DeterministicBytes(*slot.message);
    if (change.was == change.is && change.old_bytes == change.new_bytes) continue;
    changes.push_back(std::move(change));
  }
  std::sort(changes.begin(), changes.end(),
            [](const Change& a, const Change& b) { return a.key < b.key; });
  return changes;
}

}  // namespace revops
