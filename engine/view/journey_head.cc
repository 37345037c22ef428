#include "engine/view/journey_head.h"

#include <cstring>

#include "engine/base/status.h"
#include "engine/base/wire.h"

namespace revops {
namespace {
constexpr uint8_t kVersion = 1;
constexpr uint8_t kPaged = 1;

absl::Status Damaged() {
  return absl::DataLossError("a journey's head is damaged; rebuild the view store from the log");
}
}  // namespace

size_t JourneyHead::paged_bytes() const {
  size_t bytes = names.size() * sizeof(uint64_t);
  for (const TenureAt& tenure : tenures) {
    bytes += tenure.order_key.size() + tenure.person.bytes().size() + tenure.other.bytes().size();
  }
  for (const Id& id : ids) bytes += id.bytes().size() + 1;
  for (const RowSet::Row& row : rows) bytes += row.key.entity.size() + row.bytes.size() + 4;
  return bytes;
}

void PutTenure(const TenureAt& tenure, std::string& out) {
  PutBytes(tenure.order_key, out);
  PutBytes(tenure.person.bytes(), out);
  out.push_back(tenure.joined ? 1 : 0);
  PutBytes(tenure.other.bytes(), out);
}

TenureAt ReadTenure(WireReader& in) {
  TenureAt tenure;
  const absl::string_view order_key = in.Bytes();
  tenure.order_key.assign(order_key.data(), order_key.size());
  tenure.person = Id::FromBytes(in.Bytes());
  tenure.joined = in.Byte() != 0;
  tenure.other = Id::FromBytes(in.Bytes());
  return tenure;
}

std::string EncodeHead(const JourneyHead& head) {
  std::string out;
  out.reserve(128 + head.paged_bytes() + head.tail.size());
  out.push_back(static_cast<char>(kVersion));
  out.push_back(static_cast<char>(head.paged ? kPaged : 0));
  PutBytes(head.root.bytes(), out);
  PutVarint(head.entries, out);
  PutBytes(head.last_key, out);
  PutVarint(head.deferred, out);
  PutVarint(head.tenures.size(), out);
  for (const TenureAt& tenure : head.tenures) PutTenure(tenure, out);
  PutVarint(head.names.size(), out);
  for (const uint64_t name : head.names) {
    char bytes[8];
    std::memcpy(bytes, &name, 8);
    out.append(bytes, 8);
  }
  PutVarint(head.ids.size(), out);
  for (const Id& id : head.ids) PutBytes(id.bytes(), out);
  PutVarint(head.rows.size(), out);
  for (const RowSet::Row& row : head.rows) {
    out.push_back(static_cast<char>(row.key.projection));
    PutBytes(row.key.entity, out);
    PutBytes(row.bytes, out);
  }
  PutVarint(head.tail_entries, out);
  out.append(head.tail);
  return out;
}

absl::StatusOr<JourneyHead> DecodeHead(absl::string_view bytes) {
  const auto text = [](absl::string_view view) { return std::string(view.data(), view.size()); };
  JourneyHead head;
  WireReader in(bytes);
  if (in.Byte() != kVersion) in.Fail();
  head.paged = (in.Byte() & kPaged) != 0;
  head.root = Id::FromBytes(in.Bytes());
  head.entries = in.Varint();
  head.last_key = text(in.Bytes());
  head.deferred = in.Varint();
  for (uint64_t n = in.Varint(); n > 0 && in.ok(); --n) {
    head.tenures.push_back(ReadTenure(in));
  }
  for (uint64_t n = in.Varint(); n > 0 && in.ok(); --n) {
    const absl::string_view raw = in.Raw(8);
    uint64_t name = 0;
    if (in.ok()) std::memcpy(&name, raw.data(), 8);
    head.names.push_back(name);
  }
  for (uint64_t n = in.Varint(); n > 0 && in.ok(); --n) {
    head.ids.push_back(Id::FromBytes(in.Bytes()));
  }
  for (uint64_t n = in.Varint(); n > 0 && in.ok(); --n) {
    RowSet::Row row;
    row.key.projection = in.Byte();
    row.key.entity = text(in.Bytes());
    row.bytes = text(in.Bytes());
    head.rows.push_back(std::move(row));
  }
  head.tail_entries = static_cast<uint32_t>(in.Varint());
  head.tail = text(in.Raw(in.left()));
  if (!in.ok()) return Damaged();
  return head;
}

absl::StatusOr<HeadView> ViewHead(absl::string_view bytes) {
  HeadView head;
  WireReader in(bytes);
  if (in.Byte() != kVersion) in.Fail();
  head.paged = (in.Byte() & kPaged) != 0;
  head.root = in.Bytes();
  in.Varint();
  in.Bytes();
  head.deferred = in.Varint();
  for (uint64_t n = in.Varint(); n > 0 && in.ok(); --n) {
    in.Bytes();
    in.Bytes();
    in.Byte();
    in.Bytes();
  }
  const uint64_t names = in.Varint();
  in.Raw(names <= bytes.size() ? names * sizeof(uint64_t) : bytes.size() + 1);
  for (uint64_t n = in.Varint(); n > 0 && in.ok(); --n) in.Bytes();
  head.rows_count = in.Varint();
  const char* const first_row = in.position();
  for (uint64_t n = head.rows_count; n > 0 && in.ok(); --n) {
    in.Byte();
    in.Bytes();
    in.Bytes();
  }
  head.rows = absl::string_view(first_row, static_cast<size_t>(in.position() - first_row));
  in.Varint();
  head.tail = in.Raw(in.left());
  if (!in.ok()) return Damaged();
  return head;
}

bool HeadView::FindRow(uint8_t projection, absl::string_view entity, absl::string_view& row) const {
  WireReader in(rows);
  while (!in.done()) {
    const uint8_t of_projection = in.Byte();
    const absl::string_view of_entity = in.Bytes();
    const absl::string_view bytes = in.Bytes();
    if (of_projection > projection) return false;
    if (of_projection != projection || of_entity != entity) continue;
    row = bytes;
    return true;
  }
  return false;
}

}  // namespace revops
