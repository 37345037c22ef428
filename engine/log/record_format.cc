#include "engine/log/record_format.h"

#define XXH_INLINE_ALL
#include <xxhash.h>

#include "absl/status/status.h"
#include "engine/base/big_endian.h"
#include "engine/base/status.h"

namespace revops {
namespace {
constexpr char kRecordTag = 'R';
constexpr char kDescriptionTag = 'D';
constexpr char kFormat = 1;
constexpr size_t kRecordKeyBytes = 15;
constexpr size_t kChecksumBytes = 4;
constexpr size_t kRecordHeadBytes = kChecksumBytes + 1 + 8;

void AppendVarint(uint32_t value, std::string& out) {
  for (; value >= 0x80; value >>= 7) out.push_back(static_cast<char>(value | 0x80));
  out.push_back(static_cast<char>(value));
}

bool TakeVarint(absl::string_view& bytes, uint32_t& value) {
  uint64_t sum = 0;
  for (int shift = 0; shift < 35 && !bytes.empty(); shift += 7) {
    const uint8_t byte = static_cast<uint8_t>(bytes.front());
    bytes.remove_prefix(1);
    sum |= static_cast<uint64_t>(byte & 0x7f) << shift;
    if (byte < 0x80) {
      value = static_cast<uint32_t>(sum);
      return sum <= UINT32_MAX;
    }
  }
  return false;
}

bool TakeText(absl::string_view& bytes, std::string& text) {
  uint32_t size = 0;
  if (!TakeVarint(bytes, size) || size > bytes.size()) return false;
  text.assign(bytes.data(), size);
  bytes.remove_prefix(size);
  return true;
}

void AppendText(absl::string_view text, std::string& out) {
  AppendVarint(static_cast<uint32_t>(text.size()), out);
  out.append(text.data(), text.size());
}

uint64_t SeedOf(StoredPartition where, Offset offset) {
  return offset + (static_cast<uint64_t>(where.partition) << 40) +
         (static_cast<uint64_t>(where.topic) << 56);
}

uint32_t Checksum(absl::string_view bytes, uint64_t seed) {
  return static_cast<uint32_t>(XXH3_64bits_withSeed(bytes.data(), bytes.size(), seed));
}

absl::Status DamagedDescription() {
  return absl::DataLossError(
      "the log's description is damaged; restore the log's folder from a copy");
}
}  // namespace

std::string RecordKey(StoredPartition where, Offset offset) {
  std::string key(kRecordKeyBytes, '\0');
  key[0] = kRecordTag;
  key[1] = static_cast<char>(where.topic >> 8);
  key[2] = static_cast<char>(where.topic);
  StoreBigEndian<uint32_t>(where.partition, &key[3]);
  StoreBigEndian<uint64_t>(offset, &key[kPartitionPrefixBytes]);
  return key;
}

absl::StatusOr<Offset> OffsetOfKey(absl::string_view key) {
  if (key.size() != kRecordKeyBytes || key[0] != kRecordTag) {
    return absl::DataLossError(
        absl::StrCat("a stored key of ", key.size(), " bytes is not a record's key"));
  }
  return LoadBigEndian<uint64_t>(key.data() + kPartitionPrefixBytes);
}

void AppendRecord(StoredPartition where, Offset offset, int64_t appended_at, absl::string_view key,
                  absl::string_view value, std::string& out) {
  const size_t start = out.size();
  char head[kRecordHeadBytes] = {};
  head[kChecksumBytes] = kFormat;
  StoreBigEndian(static_cast<uint64_t>(appended_at), head + kChecksumBytes + 1);
  out.append(head, sizeof(head));
  AppendText(key, out);
  out.append(value.data(), value.size());
  const absl::string_view covered = absl::string_view(out).substr(start + kChecksumBytes);
  StoreBigEndian<uint32_t>(Checksum(covered, SeedOf(where, offset)), &out[start]);
}

absl::StatusOr<Record> ParseRecord(StoredPartition where, Offset offset, absl::string_view stored) {
  if (stored.size() <= kRecordHeadBytes) {
    return absl::DataLossError(absl::StrCat("a stored record has only ", stored.size(), " bytes"));
  }
  if (LoadBigEndian<uint32_t>(stored.data()) !=
      Checksum(stored.substr(kChecksumBytes), SeedOf(where, offset))) {
    return absl::DataLossError("the stored record's checksum does not match its bytes");
  }
  if (stored[kChecksumBytes] != kFormat) {
    return absl::DataLossError(absl::StrCat("the stored record has format ",
                                            static_cast<int>(stored[kChecksumBytes]),
                                            ", this program reads format 1; use a newer program"));
  }
  Record record;
  record.offset = offset;
  record.appended_at =
      static_cast<int64_t>(LoadBigEndian<uint64_t>(stored.data() + kChecksumBytes + 1));
  absl::string_view rest = stored.substr(kRecordHeadBytes);
  if (!TakeText(rest, record.key)) {
    return absl::DataLossError("the stored record's key is longer than the record");
  }
  record.value.assign(rest.data(), rest.size());
  return record;
}

absl::string_view DescriptionKey() { return absl::string_view(&kDescriptionTag, 1); }

std::string EncodeDescription(const LogDescription& description) {
  std::string body(1, kFormat);
  AppendText(description.identity, body);
  AppendVarint(static_cast<uint32_t>(description.topics.size()), body);
  for (const LogDescription::Topic& topic : description.topics) {
    AppendText(topic.name, body);
    AppendVarint(static_cast<uint32_t>(topic.partitions), body);
  }
  std::string stored(kChecksumBytes, '\0');
  StoreBigEndian<uint32_t>(Checksum(body, 0), &stored[0]);
  return stored + body;
}

absl::StatusOr<LogDescription> DecodeDescription(absl::string_view stored) {
  if (stored.size() <= kChecksumBytes) return DamagedDescription();
  absl::string_view rest = stored.substr(kChecksumBytes);
  if (LoadBigEndian<uint32_t>(stored.data()) != Checksum(rest, 0) || rest.front() != kFormat) {
    return DamagedDescription();
  }
  rest.remove_prefix(1);
  LogDescription description;
  uint32_t topics = 0;
  if (!TakeText(rest, description.identity) || !TakeVarint(rest, topics)) {
    return DamagedDescription();
  }
  for (uint32_t i = 0; i < topics; ++i) {
    LogDescription::Topic topic;
    uint32_t partitions = 0;
    if (!TakeText(rest, topic.name) || !TakeVarint(rest, partitions)) return DamagedDescription();
    topic.partitions = static_cast<int>(partitions);
    description.topics.push_back(std::move(topic));
  }
  return description;
}

}  // namespace revops
