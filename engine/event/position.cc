#include "engine/event/position.h"

#include "absl/strings/escaping.h"
#include "engine/base/wire.h"

namespace revops {
namespace {
constexpr uint8_t kVersion = 1;
constexpr uint64_t kPartitionsMax = 8192;
}  // namespace

bool Position::IsCoveredBy(const Position& other) const {
  for (size_t p = 0; p < offsets.size(); ++p) {
    if (offsets[p] > (p < other.offsets.size() ? other.offsets[p] : 0)) return false;
  }
  return true;
}

std::string ToToken(const Position& position) {
  std::string bytes(1, static_cast<char>(kVersion));
  PutOrdered64(static_cast<int64_t>(position.log), bytes);
  PutVarint(position.offsets.size(), bytes);
  for (const uint64_t offset : position.offsets) PutVarint(offset, bytes);
  return absl::WebSafeBase64Escape(bytes);
}

absl::StatusOr<Position> ParseToken(absl::string_view token) {
  std::string bytes;
  Position position;
  if (absl::WebSafeBase64Unescape(token, &bytes)) {
    WireReader in(bytes);
    const uint8_t version = in.Byte();
    const absl::string_view log = in.Raw(8);
    const uint64_t count = in.Varint();
    if (in.ok() && version == kVersion && count <= kPartitionsMax) {
      position.log = static_cast<uint64_t>(ReadOrdered64(log.data()));
      for (uint64_t p = 0; p < count && in.ok(); ++p) position.offsets.push_back(in.Varint());
      if (in.ok() && in.done()) return position;
    }
  }
  return absl::InvalidArgumentError(
      "the consistency token is damaged; pass one on exactly as an answer gave it");
}

}  // namespace revops
