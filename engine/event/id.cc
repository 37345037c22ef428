#include "engine/event/id.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "engine/base/hash.h"
#include "engine/base/status.h"
#include "engine/event/text.h"

namespace revops {
namespace {
constexpr size_t kValueBytesMax = 256;

struct KindName {
  v1::IdKind kind;
  absl::string_view name;
};
constexpr KindName kKindNames[] = {
    {v1::ANONYMOUS, "anonymous"},
    {v1::CONTACT, "contact"},
    {v1::LEAD, "lead"},
    {v1::ACCOUNT, "account"},
    {v1::OPPORTUNITY, "opportunity"},
    {v1::CAMPAIGN, "campaign"},
    {v1::CONTENT, "content"},
    {v1::OWNER, "owner"},
    {v1::TEAM_ENTITY, "team"},
    {v1::TERRITORY, "territory"},
    {v1::COMPANY, "company"},
    {v1::OTHER, "other"},
    {v1::RECORD, "record"},
};
}  // namespace

Id::Id(v1::IdKind kind, absl::string_view name_space, absl::string_view value) {
  REVOPS_CHECK(name_space.size() <= kNamespaceBytesMax);
  bytes_.reserve(2 + name_space.size() + value.size());
  bytes_.push_back(static_cast<char>(kind));
  bytes_.push_back(static_cast<char>(name_space.size()));
  bytes_.append(name_space.data(), name_space.size());
  bytes_.append(value.data(), value.size());
}

Id Id::FromBytes(absl::string_view bytes) {
  Id id;
  id.bytes_.assign(bytes.data(), bytes.size());
  return id;
}

// Stored bytes that are damaged give empty parts.
absl::string_view Id::name_space() const {
  if (bytes_.size() < 2) return {};
  return absl::string_view(bytes_).substr(2, static_cast<uint8_t>(bytes_[1]));
}

absl::string_view Id::value() const {
  const size_t start =
      bytes_.size() < 2 ? 0 : 2 + static_cast<size_t>(static_cast<uint8_t>(bytes_[1]));
  if (start == 0 || start > bytes_.size()) return {};
  return absl::string_view(bytes_).substr(start);
}

v1::Id Id::ToProto() const {
  v1::Id id;
  id.set_kind(kind());
  id.set_namespace_(name_space().data(), name_space().size());
  id.set_value(value().data(), value().size());
  return id;
}

absl::Status CheckId(const v1::Id& id) {
  if (id.kind() == v1::ID_KIND_UNSPECIFIED || !v1::IdKind_IsValid(id.kind())) {
    return absl::InvalidArgumentError(
        absl::StrCat("kind is ", static_cast<int>(id.kind()), "; set one of IdKind"));
  }
  if (id.namespace_().size() > kNamespaceBytesMax) {
    return absl::InvalidArgumentError(absl::StrCat("namespace has ", id.namespace_().size(),
                                                   " bytes; at most ", kNamespaceBytesMax));
  }
  if (id.value().empty() || id.value().size() > kValueBytesMax) {
    return absl::InvalidArgumentError(
        absl::StrCat("value has ", id.value().size(), " bytes; give 1 to ", kValueBytesMax));
  }
  if (!IsPlainText(id.namespace_()) || !IsPlainText(id.value())) {
    return absl::InvalidArgumentError(
        "namespace or value holds a control character; use printable UTF-8");
  }
  return absl::OkStatus();
}

absl::StatusOr<Id> ParseId(absl::string_view text) {
  const std::vector<absl::string_view> parts = absl::StrSplit(text, absl::MaxSplits(':', 2));
  if (parts.size() == 3) {
    for (const KindName& known : kKindNames) {
      if (known.name != parts[0]) continue;
      v1::Id id;
      id.set_kind(known.kind);
      id.set_namespace_(parts[1].data(), parts[1].size());
      id.set_value(parts[2].data(), parts[2].size());
      RETURN_IF_ERROR(Annotate(CheckId(id), absl::StrCat("id \"", text, "\"")));
      return Id(id);
    }
  }
  return absl::InvalidArgumentError(
      absl::StrCat("\"", text,
                   "\" is no id; write kind:namespace:value, as in contact:crm:42 "
                   "(kinds: anonymous, contact, lead, account, opportunity, …)"));
}

std::string ToText(const Id& id) {
  for (const KindName& known : kKindNames) {
    if (known.kind == id.kind()) {
      return absl::StrCat(known.name, ":", id.name_space(), ":", id.value());
    }
  }
  return "";
}

uint128 Root16(const Id& root) { return Sha256Cut(root.bytes()); }

}  // namespace revops
