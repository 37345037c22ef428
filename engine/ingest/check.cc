#include "engine/ingest/check.h"

#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "engine/base/money.h"
#include "engine/event/codec.h"
#include "engine/event/id.h"
#include "google/protobuf/descriptor.h"
#include "google/protobuf/message.h"

namespace revops {
namespace {

using google::protobuf::FieldDescriptor;

constexpr int kDepthMax = 8;
constexpr int kRepeatedMax = 256;

std::string Text(const absl::Status& status) {
  return std::string(status.message().data(), status.message().size());
}

absl::optional<Refusal> CheckMessage(const google::protobuf::Message& message,
                                     const std::string& path, int depth);

absl::optional<Refusal> CheckNested(const google::protobuf::Message& message,
                                    const std::string& path, int depth) {
  if (message.GetDescriptor() == v1::Money::descriptor()) {
    const auto money = Money::FromProto(static_cast<const v1::Money&>(message));
    if (!money.ok()) return Refusal{"bad_money", absl::StrCat(path, ": ", Text(money.status()))};
    return absl::nullopt;
  }
  if (message.GetDescriptor() == v1::Id::descriptor()) {
    const auto& id = static_cast<const v1::Id&>(message);
    const absl::Status status = CheckId(id);
    if (!status.ok()) return Refusal{"bad_id", absl::StrCat(path, ": ", Text(status))};
    // Only at the door: what is in a log already goes on to be read.
    if (id.namespace_().empty()) {
      return Refusal{"bad_id", absl::StrCat(path,
                                            ": namespace is missing; name the system that gave the "
                                            "value, as in \"hubspot\": contact 42 of one system is "
                                            "not contact 42 of another")};
    }
    return absl::nullopt;
  }
  return CheckMessage(message, path, depth + 1);
}

absl::optional<Refusal> CheckText(const google::protobuf::Message& message,
                                  const FieldDescriptor& field, const std::string& path) {
  const google::protobuf::Reflection& reflection = *message.GetReflection();
  const int count = field.is_repeated() ? reflection.FieldSize(message, &field) : 1;
  for (int i = 0; i < count; ++i) {
    std::string scratch;
    const std::string& text =
        field.is_repeated() ? reflection.GetRepeatedStringReference(message, &field, i, &scratch)
                            : reflection.GetStringReference(message, &field, &scratch);
    if (text.size() > kTextBytesMax) {
      return Refusal{"text_too_long",
                     absl::StrCat(path, " has ", text.size(), " bytes; at most ", kTextBytesMax)};
    }
  }
  return absl::nullopt;
}

absl::optional<Refusal> CheckMessage(const google::protobuf::Message& message,
                                     const std::string& path, int depth) {
  if (depth > kDepthMax) {
    return Refusal{"too_deep", absl::StrCat(path, " is nested deeper than ", kDepthMax)};
  }
  const google::protobuf::Reflection& reflection = *message.GetReflection();
  std::vector<const FieldDescriptor*> fields;
  reflection.ListFields(message, &fields);
  for (const FieldDescriptor* field : fields) {
    const std::string at = path.empty() ? field->name() : absl::StrCat(path, ".", field->name());
    if (field->is_repeated() && reflection.FieldSize(message, field) > kRepeatedMax) {
      return Refusal{"too_many", absl::StrCat(at, " has ", reflection.FieldSize(message, field),
                                              " items; at most ", kRepeatedMax)};
    }
    absl::optional<Refusal> refusal;
    if (field->cpp_type() == FieldDescriptor::CPPTYPE_STRING) {
      refusal = CheckText(message, *field, at);
    } else if (field->cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE) {
      if (!field->is_repeated()) {
        refusal = CheckNested(reflection.GetMessage(message, field), at, depth);
      }
      for (int i = 0; field->is_repeated() && !refusal && i < reflection.FieldSize(message, field);
           ++i) {
        refusal = CheckNested(reflection.GetRepeatedMessage(message, field, i),
                              absl::StrCat(at, "[", i, "]"), depth);
      }
    }
    if (refusal) return refusal;
  }
  return absl::nullopt;
}

// The body, its action, and ids without which it says nothing.
absl::optional<Refusal> CheckBody(const v1::Event& event) {
  const google::protobuf::Reflection& reflection = *event.GetReflection();
  const auto* body =
      reflection.GetOneofFieldDescriptor(event, v1::Event::descriptor()->FindOneofByName("body"));
  if (body == nullptr) {
    if (!reflection.GetUnknownFields(event).empty()) return absl::nullopt;  // a newer publisher's
    return Refusal{"no_body", "body is missing; set one, as page_view or opportunity_opened"};
  }
  const google::protobuf::Message& message = reflection.GetMessage(event, body);
  // The field that says which of its kinds a body is.
  for (const char* name : {"action", "result", "outcome", "kind", "instrument"}) {
    const FieldDescriptor* field = message.GetDescriptor()->FindFieldByName(name);
    if (field == nullptr || field->cpp_type() != FieldDescriptor::CPPTYPE_ENUM) continue;
    if (message.GetReflection()->GetEnumValue(message, field) == 0) {
      return Refusal{"missing_field",
                     absl::StrCat(body->name(), ".", name, " is missing; set one of ",
                                  field->enum_type()->full_name())};
    }
  }
  for (const char* name : {"meeting_id", "program", "content_id", "subscription_id", "ticket_id"}) {
    const FieldDescriptor* field = message.GetDescriptor()->FindFieldByName(name);
    const bool required = body->name() == "meeting" || body->name() == "nurture" ||
                          body->name() == "content_used" || body->name() == "subscription" ||
                          body->name() == "ticket";
    if (field == nullptr || !required) continue;
    if (message.GetReflection()->GetString(message, field).empty()) {
      return Refusal{"missing_field", absl::StrCat(body->name(), ".", name, " is missing; set it")};
    }
  }
  const bool needs_amount = body->name() == "order" || body->name() == "refund" ||
                            body->name() == "invoice" || body->name() == "payment" ||
                            body->name() == "spend";
  if (needs_amount && !message.GetReflection()->HasField(
                          message, message.GetDescriptor()->FindFieldByName("amount"))) {
    return Refusal{"missing_field", absl::StrCat(body->name(),
                                                 ".amount is missing; set its "
                                                 "currency_code, units and nanos")};
  }
  if (event.body_case() == v1::Event::kRefund && event.refund().amount().units() < 0) {
    return Refusal{"bad_money",
                   "refund.amount is negative; a refund is given as a positive amount"};
  }
  if (event.body_case() == v1::Event::kCustom && event.custom().kind().empty()) {
    return Refusal{"missing_field", "custom.kind is missing; name the kind in lower-case words"};
  }
  const bool needs_subject =
      event.body_case() != v1::Event::kDecision && event.body_case() != v1::Event::kCustom;
  if (needs_subject && event.subject_size() == 0) {
    return Refusal{"no_subject",
                   "subject is empty; give the ids the event is about, as {kind: CONTACT, "
                   "namespace: \"crm\", value: \"42\"}"};
  }
  if (event.body_case() == v1::Event::kOpportunityOpened ||
      event.body_case() == v1::Event::kOpportunityChanged ||
      event.body_case() == v1::Event::kOpportunityClosed ||
      event.body_case() == v1::Event::kOpportunityReopened) {
    for (const v1::Id& id : event.subject()) {
      if (id.kind() == v1::OPPORTUNITY) return absl::nullopt;
    }
    return Refusal{"no_subject", "subject has no id of kind OPPORTUNITY; say which deal this is"};
  }
  return absl::nullopt;
}

// Links that would say nothing: refused here, ignored when they come by another way.
absl::optional<Refusal> CheckLink(const v1::Event& event) {
  const auto need = [](bool has, const char* field) -> absl::optional<Refusal> {
    if (has) return absl::nullopt;
    return Refusal{"missing_field", absl::StrCat(field, " is missing; set the id")};
  };
  absl::optional<Refusal> refusal;
  switch (event.body_case()) {
    case v1::Event::kLinked:
      refusal = need(event.linked().has_child(), "linked.child");
      return refusal ? refusal : need(event.linked().has_parent(), "linked.parent");
    case v1::Event::kUnlinked:
      return need(event.unlinked().has_child(), "unlinked.child");
    case v1::Event::kMerged:
      refusal = need(event.merged().has_merged(), "merged.merged");
      return refusal ? refusal : need(event.merged().has_into(), "merged.into");
    case v1::Event::kJoinedAccount:
      refusal = need(event.joined_account().has_contact(), "joined_account.contact");
      return refusal ? refusal
                     : need(event.joined_account().has_account(), "joined_account.account");
    case v1::Event::kLeftAccount:
      refusal = need(event.left_account().has_contact(), "left_account.contact");
      return refusal ? refusal : need(event.left_account().has_account(), "left_account.account");
    case v1::Event::kErasure:
      return need(event.erasure().ids_size() > 0, "erasure.ids");
    default:
      return absl::nullopt;
  }
}

}  // namespace

absl::optional<Refusal> CheckForIngest(const v1::Event& event, int64_t now) {
  const size_t size = event.ByteSizeLong();
  if (size > kEventBytesMax) {
    return Refusal{"too_large",
                   absl::StrCat("the event has ", size, " bytes; at most ", kEventBytesMax)};
  }
  const auto canonical = Canonical(event, now);
  if (!canonical.ok()) return Refusal{"bad_envelope", Text(canonical.status())};
  if (canonical->at > now + kFutureMicrosMax) {
    return Refusal{"in_the_future",
                   absl::StrCat("occurred_at is ", event.occurred_at(),
                                ", more than 36 hours ahead of now; an event tells what happened "
                                "(planned times have fields of their own)")};
  }
  if (event.properties_size() > kPropertiesMax) {
    return Refusal{"too_many", absl::StrCat("properties has ", event.properties_size(),
                                            " items; at most ", kPropertiesMax)};
  }
  if (auto refusal = CheckBody(event)) return refusal;
  if (auto refusal = CheckLink(event)) return refusal;
  return CheckMessage(event, "", 0);
}

}  // namespace revops
