#include "engine/event/codec.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "engine/base/hash.h"
#include "engine/base/status.h"
#include "engine/base/wire.h"
#include "engine/event/event_order.h"
#include "engine/event/text.h"
#include "google/protobuf/io/coded_stream.h"
#include "google/protobuf/io/zero_copy_stream_impl_lite.h"

namespace revops {
namespace {

absl::Status CheckSize(size_t bytes) {
  if (bytes <= kEventBytesMax) return absl::OkStatus();
  return absl::InvalidArgumentError(
      absl::StrCat("the event has ", bytes, " bytes; at most ", kEventBytesMax));
}

absl::Status CheckName(absl::string_view field, absl::string_view value, size_t bytes_max) {
  if (value.empty()) {
    return absl::InvalidArgumentError(absl::StrCat(field, " is missing; set it"));
  }
  if (value.size() > bytes_max) {
    return absl::InvalidArgumentError(
        absl::StrCat(field, " has ", value.size(), " bytes; at most ", bytes_max));
  }
  if (!IsPlainText(value)) {
    return absl::InvalidArgumentError(
        absl::StrCat(field, " holds a control character; use printable UTF-8"));
  }
  return absl::OkStatus();
}

absl::Status CheckEnvelope(const v1::Event& event) {
  RETURN_IF_ERROR(CheckName("id", event.id(), 256));
  RETURN_IF_ERROR(CheckName("source", event.source(), 64));
  if (event.occurred_at() == 0) {
    return absl::InvalidArgumentError(
        "occurred_at is missing; set it to microseconds since 1970-01-01T00:00:00Z");
  }
  if (event.occurred_at() < kOccurredAtMin || event.occurred_at() > kOccurredAtMax) {
    return absl::InvalidArgumentError(
        absl::StrCat("occurred_at is ", event.occurred_at(),
                     ", outside the years 1900 to 2200; it counts microseconds, not seconds"));
  }
  if (event.subject_size() > kSubjectIdsMax) {
    return absl::InvalidArgumentError(
        absl::StrCat("subject has ", event.subject_size(), " ids; at most ", kSubjectIdsMax));
  }
  for (int i = 0; i < event.subject_size(); ++i) {
    RETURN_IF_ERROR(Annotate(CheckId(event.subject(i)), absl::StrCat("subject[", i, "]")));
    if (event.subject(i).kind() == v1::RECORD) {
      return absl::InvalidArgumentError(
          absl::StrCat("subject[", i, "].kind is RECORD, which is never published"));
    }
  }
  return absl::OkStatus();
}

// The event behind the header that Confluent's serializers put before it. An Event's own bytes
// never begin with 0: no field has that number.
//   header := 0:u8 schema_id:u32 indexes    indexes := 0 | count index*, zigzag varints
// Which message of the schema it is does not matter: what is no Event does not decode.
absl::string_view WithoutSchemaHeader(absl::string_view bytes) {
  constexpr size_t kMagicAndSchemaId = 5;
  constexpr int64_t kIndexesMax = 32;
  if (bytes.size() <= kMagicAndSchemaId || bytes[0] != 0) return bytes;
  WireReader in(bytes.substr(kMagicAndSchemaId));
  const int64_t count = UnZigZag(in.Varint());
  if (count < 0 || count > kIndexesMax) return bytes;
  for (int64_t i = 0; i < count; ++i) in.Varint();
  return in.ok() ? bytes.substr(bytes.size() - in.left()) : bytes;
}

// Makes the rest of `decoded` from its event.
absl::Status Complete(int64_t appended_at, DecodedEvent& decoded) {
  v1::Event& event = decoded.event;
  RETURN_IF_ERROR(CheckEnvelope(event));
  ASSIGN_OR_RETURN(decoded.at, NormalisedInstant(event));
  decoded.recorded_at = event.recorded_at() != 0 ? event.recorded_at() : appended_at;
  event.clear_recorded_at();

  // May be more than was read: some numbers are longer in canonical form. Checked here, an event is
  // refused or not wherever, and in whatever form, it is read.
  const size_t size = event.ByteSizeLong();
  RETURN_IF_ERROR(CheckSize(size));
  decoded.bytes.resize(size);
  google::protobuf::io::ArrayOutputStream array(&decoded.bytes[0], static_cast<int>(size));
  google::protobuf::io::CodedOutputStream out(&array);
  out.SetSerializationDeterministic(true);
  event.SerializeWithCachedSizes(&out);
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<DecodedEvent> Canonical(v1::Event event, int64_t appended_at) {
  DecodedEvent decoded;
  decoded.event = std::move(event);
  RETURN_IF_ERROR(Complete(appended_at, decoded));
  return decoded;
}

absl::Status DecodeInto(absl::string_view bytes, int64_t appended_at, DecodedEvent& decoded) {
  bytes = WithoutSchemaHeader(bytes);
  RETURN_IF_ERROR(CheckSize(bytes.size()));
  if (!decoded.event.ParseFromArray(bytes.data(), static_cast<int>(bytes.size()))) {
    return absl::InvalidArgumentError(
        "the bytes are no revops.v1.Event in protobuf form; check the publisher's serializer");
  }
  return Complete(appended_at, decoded);
}

absl::StatusOr<DecodedEvent> Decode(absl::string_view bytes, int64_t appended_at) {
  DecodedEvent decoded;
  RETURN_IF_ERROR(DecodeInto(bytes, appended_at, decoded));
  return decoded;
}

EventHead ScanHead(absl::string_view canonical) {
  absl::optional<EventHead> head = ScanStoredHead(canonical);
  REVOPS_CHECK(head.has_value());
  return *std::move(head);
}

absl::optional<EventHead> ScanStoredHead(absl::string_view bytes) {
  using Field = v1::Event;
  EventHead head;
  WireReader in(bytes);
  while (!in.done()) {
    const uint64_t tag = in.Varint();
    const uint64_t field = tag >> 3;
    // Canonical bytes come in field order: nothing after the subject matters here.
    if (field > Field::kSubjectFieldNumber) break;
    switch (tag & 7) {
      case 0: {
        const uint64_t value = in.Varint();
        if (field == Field::kSequenceFieldNumber) head.sequence = static_cast<int64_t>(value);
        if (field == Field::kRevisionFieldNumber) head.revision = static_cast<uint32_t>(value);
        if (field == Field::kVoidedFieldNumber) head.voided = value != 0;
        break;
      }
      case 1:
        in.Raw(8);
        break;
      case 2: {
        const absl::string_view value = in.Bytes();
        if (field == Field::kIdFieldNumber) head.id = value;
        if (field == Field::kSourceFieldNumber) head.source = value;
        if (field == Field::kSubjectFieldNumber) {
          v1::IdKind kind = v1::ID_KIND_UNSPECIFIED;
          absl::string_view name_space, text;
          WireReader id(value);
          while (!id.done()) {
            const uint64_t id_tag = id.Varint();
            if (id_tag == (v1::Id::kKindFieldNumber << 3 | 0)) {
              kind = static_cast<v1::IdKind>(id.Varint());
            } else if (id_tag == (v1::Id::kNamespaceFieldNumber << 3 | 2)) {
              name_space = id.Bytes();
            } else if (id_tag == (v1::Id::kValueFieldNumber << 3 | 2)) {
              text = id.Bytes();
            } else {
              break;  // unknown fields of a newer publisher come last
            }
          }
          if (name_space.size() > kNamespaceBytesMax) return absl::nullopt;
          head.subject.emplace_back(kind, name_space, text);
        }
        break;
      }
      case 5:
        in.Raw(4);
        break;
      default:
        // A group: none of our fields is one, and what is unknown comes last.
        return head;
    }
  }
  if (!in.ok()) return absl::nullopt;
  return head;
}

Id RecordRoot(absl::string_view bytes) { return Id(v1::RECORD, "", Sha256Hex(bytes)); }

}  // namespace revops
