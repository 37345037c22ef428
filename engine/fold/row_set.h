// The rows of one journey while it is folded: read on first use, changed in memory, compared with
// what is stored at the end.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/hash/hash.h"
#include "absl/strings/string_view.h"
#include "engine/fold/projection.h"

namespace revops {

// Names a row within its journey. `projection` is the index in the registry; kDeadLetters is the
// engine's own view.
struct RowKey {
  uint8_t projection = 0;
  std::string entity;  // Id::bytes()
  friend bool operator<(const RowKey& a, const RowKey& b) {
    return a.projection != b.projection ? a.projection < b.projection : a.entity < b.entity;
  }
  friend bool operator==(const RowKey& a, const RowKey& b) {
    return a.projection == b.projection && a.entity == b.entity;
  }
};
constexpr uint8_t kDeadLetters = 255;

// A RowKey to look up by, without a copy of the entity.
struct RowName {
  RowName(uint8_t projection, absl::string_view entity) : projection(projection), entity(entity) {}
  RowName(const RowKey& key) : projection(key.projection), entity(key.entity) {}  // NOLINT: a view
  uint8_t projection;
  absl::string_view entity;
};

// The empty row of a view. REQUIRES: `projection` is of the registry, or kDeadLetters.
const google::protobuf::Message& PrototypeOf(const Registry& registry, uint8_t projection);

// Bytes of a message that are equal whenever the messages are.
std::string DeterministicBytes(const google::protobuf::Message& message);

class RowSet {
 public:
  // Reads a stored row; false if there is none.
  using Source = std::function<bool(const RowKey&, std::string& bytes)>;

  // `source` null: nothing is stored. Lifetime: `registry` outlives the set.
  RowSet(const Registry& registry, Source source)
      : registry_(registry), source_(std::move(source)) {}

  struct Row {
    RowKey key;
    std::string bytes;
  };
  // Nothing is stored; the rows there are to begin with.
  RowSet(const Registry& registry, const std::vector<Row>& rows);

  // A deep copy, to fold on in two ways.
  RowSet Clone() const;

  google::protobuf::Message& Mutable(const RowName& name);
  const google::protobuf::Message* Find(const RowName& name);  // null: no such row
  void Remove(const RowName& name);

  // Every row there is now, in key order. REQUIRES: no source (all rows are in memory).
  std::vector<Row> All() const;

  struct Change {
    RowKey key;
    bool was = false, is = false;  // stored before; stored from now on
    std::string old_bytes, new_bytes;
  };
  // The rows that differ from what is stored, in key order.
  std::vector<Change> Changes() const;

 private:
  struct Slot {
    bool exists = false;
    std::unique_ptr<google::protobuf::Message> message;  // null: not parsed, as in `stored_bytes`
    bool stored = false;
    std::string stored_bytes;
    bool touched = false;
  };
  struct NameHash {
    using is_transparent = void;
    size_t operator()(const RowName& name) const {
      return absl::HashOf(name.projection, name.entity);
    }
  };
  struct NameEqual {
    using is_transparent = void;
    bool operator()(const RowName& a, const RowName& b) const {
      return a.projection == b.projection && a.entity == b.entity;
    }
  };
  // The slot stands where it is until the next Load.
  Slot& Load(const RowName& name);
  google::protobuf::Message& Parsed(uint8_t projection, Slot& slot);

  const Registry& registry_;
  Source source_;
  absl::flat_hash_map<RowKey, Slot, NameHash, NameEqual> slots_;
};

}  // namespace revops
