// The stored bytes of the embedded log: keys, records and the log's description.
//
// on disk: never change. All numbers are big-endian, so that keys sort as offsets do.
//
//   record key  := 'R' topic:u16 partition:u32 offset:u64          15 bytes
//   record      := checksum:u32 format:u8 appended_at:u64 key_size:varint32 key value
//   describe key:= 'D'
//   description := checksum:u32 format:u8 identity:text topic_count:varint32 topic*
//   topic       := name:text partitions:varint32                   numbered 0, 1, … as listed
//   text        := size:varint32 bytes
//   varint32    := as protobuf's: 7 bits a byte, lowest first, the high bit means "more follows"
//   format      := 1
//   checksum    := low 32 bits of XXH3-64 of all bytes after it, with the seed
//                  offset + partition·2^40 + topic·2^56 (mod 2^64); 0 for the description
//
// The value of a record ends where the stored bytes end. appended_at is microseconds since the
// epoch. Why XXH3 and not CRC32C: Debian's RocksDB computes CRC32C without SSE4.2, and XXH3 takes
// about 15 ns a record on any machine; 32 bits of it miss as rarely as a CRC does. The seed makes
// a record that stands in the wrong place as wrong as a damaged one.
//
// Worked example: topic 0, partition 1, offset 2, appended_at 3, key "k", value "hi":
//   key    52 0000 00000001 0000000000000002
//   record d26d4758 01 0000000000000003 01 6b 6869
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "engine/log/event_log.h"

namespace revops {

// The stored name of a partition: the topic's number in the log's description, and the partition.
struct StoredPartition {
  uint16_t topic = 0;
  uint32_t partition = 0;
};

// Bytes of a record key before the offset: what all keys of one partition share.
inline constexpr size_t kPartitionPrefixBytes = 7;

std::string RecordKey(StoredPartition where, Offset offset);

// The offset in a key made by RecordKey.
// Errors: kDataLoss if `key` has another size.
absl::StatusOr<Offset> OffsetOfKey(absl::string_view key);

void AppendRecord(StoredPartition where, Offset offset, int64_t appended_at, absl::string_view key,
                  absl::string_view value, std::string& out);

// The record that stands under RecordKey(where, offset).
// Errors: kDataLoss if the bytes are not what AppendRecord wrote for that place.
absl::StatusOr<Record> ParseRecord(StoredPartition where, Offset offset, absl::string_view stored);

// What a log says of itself, fixed at creation but for topics added later at the end.
struct LogDescription {
  struct Topic {
    std::string name;
    int partitions = 0;
  };
  std::string identity;
  std::vector<Topic> topics;
};

absl::string_view DescriptionKey();
std::string EncodeDescription(const LogDescription& description);
// Errors: kDataLoss if the bytes are not what EncodeDescription wrote.
absl::StatusOr<LogDescription> DecodeDescription(absl::string_view stored);

}  // namespace revops
