// The keys of a view store. on disk: never change.
//
//   C root16 order_key            chunk of the journal, keyed by its first entry     entry*
//   D root16                      journey with events kept but not folded yet        empty
//   F root16 name64               paged journey: an entry's name, hashed             empty
//   I id(bytes) root16            a journey in which the id occurs                   empty
//   K cell_key                    cell                                               int128
//   L root16 entity               dead letter (a row of R or S), to list them all    empty
//   M                             position, counters, digest                         progress
//   P root16 item_key             rows as they stood after an item                   checkpoint
//   Q root16 copy16               copy kept but not folded yet                       entry
//   R root16 projection entity    paged journey: row                                 row bytes
//   S root16                      journey's head (journey_head.h)                    head
//   T root16 item_key             paged journey: tenure it is folded under            tenure
//   X projection list sort_key root16 entity   sorted list                          length of
//   sort_key
//   Z                             taken by refillable_db.h
#pragma once

#include <string>

#include "absl/strings/string_view.h"
#include "engine/base/hash.h"
#include "engine/base/int128.h"
#include "engine/base/wire.h"
#include "engine/event/id.h"
#include "engine/fold/row_set.h"

namespace revops::keys {

inline std::string WithRoot(char space, uint128 root16) {
  std::string key(1, space);
  AppendUint128(root16, key);
  return key;
}
inline std::string Head(uint128 root16) { return WithRoot('S', root16); }
inline std::string Chunks(uint128 root16) { return WithRoot('C', root16); }
inline std::string Chunk(uint128 root16, absl::string_view order_key) {
  std::string key = WithRoot('C', root16);
  key.append(order_key.data(), order_key.size());
  return key;
}
inline std::string Checkpoints(uint128 root16) { return WithRoot('P', root16); }
inline std::string Checkpoint(uint128 root16, absl::string_view item_key) {
  std::string key = WithRoot('P', root16);
  key.append(item_key.data(), item_key.size());
  return key;
}
inline std::string Deferred(uint128 root16) { return WithRoot('D', root16); }
inline std::string DeferredCopies(uint128 root16) { return WithRoot('Q', root16); }
inline std::string DeferredCopy(uint128 root16, absl::string_view bytes) {
  std::string key = WithRoot('Q', root16);
  AppendUint128(Sha256Cut(bytes), key);
  return key;
}
inline std::string Seen(uint128 root16, uint64_t name_hash) {
  std::string key = WithRoot('F', root16);
  PutOrdered64(static_cast<int64_t>(name_hash), key);
  return key;
}
inline std::string Occurrences(const Id& id) {
  std::string key(1, 'I');
  PutBytes(id.bytes(), key);
  return key;
}
inline std::string Occurrence(const Id& id, uint128 root16) {
  std::string key = Occurrences(id);
  AppendUint128(root16, key);
  return key;
}
inline std::string Cell(absl::string_view cell_key) {
  std::string key(1, 'K');
  key.append(cell_key.data(), cell_key.size());
  return key;
}
inline std::string Rows(uint128 root16) { return WithRoot('R', root16); }
inline std::string Row(uint128 root16, const RowKey& row) {
  std::string key = WithRoot('R', root16);
  key.push_back(static_cast<char>(row.projection));
  key.append(row.entity);
  return key;
}
inline std::string List(uint8_t projection, uint8_t list) {
  return {'X', static_cast<char>(projection), static_cast<char>(list)};
}
inline std::string ListItem(uint8_t projection, uint8_t list, absl::string_view sort_key,
                            uint128 root16, absl::string_view entity) {
  std::string key = List(projection, list);
  key.append(sort_key.data(), sort_key.size());
  AppendUint128(root16, key);
  key.append(entity.data(), entity.size());
  return key;
}
inline std::string DeadLetters() { return "L"; }
inline std::string DeadLetter(uint128 root16, absl::string_view entity) {
  std::string key = WithRoot('L', root16);
  key.append(entity.data(), entity.size());
  return key;
}
inline std::string Tenures(uint128 root16) { return WithRoot('T', root16); }
inline std::string Tenure(uint128 root16, absl::string_view item_key) {
  std::string key = WithRoot('T', root16);
  key.append(item_key.data(), item_key.size());
  return key;
}
inline std::string Progress() { return "M"; }

// The root16 that follows a key's prefix of `prefix_bytes`.
inline uint128 RootAt(absl::string_view key, size_t prefix_bytes) {
  return ReadUint128(key.data() + prefix_bytes);
}

}  // namespace revops::keys
