#include "engine/view/digest.h"

#include <string>

#include "engine/base/hash.h"
#include "engine/base/wire.h"

namespace revops::digest {

uint128 Row(absl::string_view projection, const Id& root, absl::string_view entity,
            absl::string_view row) {
  std::string part("R");
  part.reserve(64 + projection.size() + root.bytes().size() + entity.size() + row.size());
  PutBytes(projection, part);
  PutBytes(root.bytes(), part);
  PutBytes(entity, part);
  part.append(row.data(), row.size());
  return Hash128(part);
}

uint128 JournalCopy(const Id& root, const Copy& copy) {
  std::string part("J");
  part.reserve(64 + root.bytes().size() + copy.person.bytes().size() +
               copy.opportunity.bytes().size() + copy.bytes.size());
  PutBytes(root.bytes(), part);
  PutBytes(copy.person.bytes(), part);
  PutBytes(copy.opportunity.bytes(), part);
  PutSigned(copy.recorded_at, part);
  part.append(copy.bytes);
  return Hash128(part);
}

uint128 JournalEntry(const Id& root, const Entry& entry) {
  uint128 sum = 0;
  for (const Copy& copy : entry.copies) sum += JournalCopy(root, copy);
  return sum;
}

uint128 ListItem(absl::string_view projection, absl::string_view list, absl::string_view sort_key,
                 const Id& root, absl::string_view entity) {
  std::string part("X");
  PutBytes(projection, part);
  PutBytes(list, part);
  PutBytes(sort_key, part);
  PutBytes(root.bytes(), part);
  part.append(entity.data(), entity.size());
  return Hash128(part);
}

uint128 Cell(absl::string_view cell_key) {
  std::string part("K");
  part.append(cell_key.data(), cell_key.size());
  return Hash128(part) | 1;
}

absl::string_view ViewName(const Registry& registry, uint8_t projection) {
  return projection == kDeadLetters ? "dead_letters" : registry[projection]->name();
}

}  // namespace revops::digest
