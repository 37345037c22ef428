// The hashes that stored bytes and placement depend on. on disk: never change.
#pragma once

#include <cstdint>
#include <string>

#include "absl/strings/string_view.h"
#include "engine/base/int128.h"

namespace revops {

// SHA-256 cut to its first 128 bits, big-endian. What names a root in stored keys.
uint128 Sha256Cut(absl::string_view bytes);

// All 32 bytes of SHA-256, as 64 lower-case hex digits.
std::string Sha256Hex(absl::string_view bytes);

// XXH3, 128 bits. What digests add up.
uint128 Hash128(absl::string_view bytes);

// XXH3, 64 bits. Fingerprints that are confirmed by a look at the bytes.
uint64_t Hash64(absl::string_view bytes);

// Kafka's murmur2 as Java clients use it to choose a partition: (murmur2 & 0x7fffffff) mod n.
// Source: org.apache.kafka.common.utils.Utils.murmur2.
uint32_t Murmur2(absl::string_view bytes);
int PartitionFor(absl::string_view key, int partitions);

}  // namespace revops
