// Ids of people, companies, deals and other things, and their one canonical encoding.
//
// An id is (kind, namespace, value): contact 42 of one system is not contact 42 of another.
#pragma once

#include <string>
#include <utility>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "engine/base/int128.h"
#include "revops/v1/event.pb.h"

namespace revops {

constexpr size_t kNamespaceBytesMax = 64;

// Held as its canonical encoding, so that comparing, hashing and storing cost nothing extra.
// Canonical encoding: kind (1 byte), length of namespace (1 byte), namespace, value.
// on disk: never change.
class Id {
 public:
  Id() = default;
  Id(v1::IdKind kind, absl::string_view name_space, absl::string_view value);
  // REQUIRES: CheckId(id) is OK.
  explicit Id(const v1::Id& id) : Id(id.kind(), id.namespace_(), id.value()) {}

  // Takes an encoding that bytes() gave.
  static Id FromBytes(absl::string_view bytes);

  bool empty() const { return bytes_.empty(); }
  v1::IdKind kind() const {
    return empty() ? v1::ID_KIND_UNSPECIFIED : static_cast<v1::IdKind>(bytes_[0]);
  }
  absl::string_view name_space() const;
  absl::string_view value() const;
  const std::string& bytes() const { return bytes_; }
  v1::Id ToProto() const;

  // An anonymous visitor, a contact or a lead: somebody who can be met.
  bool is_person() const {
    return kind() == v1::ANONYMOUS || kind() == v1::CONTACT || kind() == v1::LEAD;
  }

  friend bool operator==(const Id& a, const Id& b) { return a.bytes_ == b.bytes_; }
  friend bool operator!=(const Id& a, const Id& b) { return a.bytes_ != b.bytes_; }
  friend bool operator<(const Id& a, const Id& b) { return a.bytes_ < b.bytes_; }
  template <typename H>
  friend H AbslHashValue(H h, const Id& id) {
    return H::combine(std::move(h), id.bytes_);
  }

 private:
  std::string bytes_;
};

// Kind known, namespace at most 64 bytes, value 1-256 bytes, both UTF-8 without control characters.
// Errors: kInvalidArgument, saying which and what to do.
absl::Status CheckId(const v1::Id& id);

// "contact:crm:42", as people write ids; the inverse of ToText. The namespace may be empty
// ("contact::42"); the value may hold colons.
// Errors: kInvalidArgument.
absl::StatusOr<Id> ParseId(absl::string_view text);
std::string ToText(const Id& id);

// SHA-256 of the canonical encoding, cut to 128 bits: what names a root in stored keys.
uint128 Root16(const Id& root);

}  // namespace revops
