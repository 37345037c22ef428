#include "engine/cli/event_text.h"

#include <cstdint>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "engine/cli/message_text.h"
#include "engine/cli/rows.h"
#include "engine/event/kind.h"

namespace revops {
namespace {

bool IsPerson(v1::IdKind kind) {
  return kind == v1::CONTACT || kind == v1::LEAD || kind == v1::ANONYMOUS;
}

std::string Subjects(const v1::Event& event, bool people) {
  std::vector<std::string> ids;
  for (const v1::Id& id : event.subject()) {
    if (IsPerson(id.kind()) == people) ids.push_back(IdText(id));
  }
  return absl::StrJoin(ids, " ");
}

std::string WhenText(const v1::Event& event) {
  const std::string text = TimeText(event.occurred_at());
  if (event.occurred_precision() == v1::DAY) return text.substr(0, 10);
  if (event.occurred_precision() == v1::MONTH) return text.substr(0, 7);
  return text;
}

// Fields of a body that the event's kind says already: "webinar.attended".
bool IsInKind(const google::protobuf::FieldDescriptor& field) {
  const std::string& name = field.name();
  return field.cpp_type() == google::protobuf::FieldDescriptor::CPPTYPE_ENUM &&
         (name == "action" || name == "result" || name == "outcome" || name == "kind" ||
          name == "instrument");
}

// A body without what the other cells say.
std::string BodyText(const google::protobuf::Message& body, const std::string& others) {
  std::vector<const google::protobuf::FieldDescriptor*> fields;
  body.GetReflection()->ListFields(body, &fields);
  std::vector<std::string> parts;
  for (const auto* field : fields) {
    if (IsInKind(*field)) continue;
    const std::string text = FieldText(body, *field);
    if (text.empty() || absl::StrContains(others, absl::StrCat(" ", text, " "))) continue;
    parts.push_back(absl::StrCat(field->name(), " ", text));
  }
  return absl::StrJoin(parts, ", ");
}

// The body, then what the envelope adds.
std::string WhatText(const v1::Event& event) {
  std::vector<std::string> parts;
  const auto* body = event.GetReflection()->GetOneofFieldDescriptor(
      event, event.GetDescriptor()->FindOneofByName("body"));
  if (body != nullptr) {
    const std::string others = absl::StrCat(" ", Subjects(event, true), " ", Subjects(event, false),
                                            " ", event.actor(), " ");
    const std::string text = BodyText(event.GetReflection()->GetMessage(event, body), others);
    if (!text.empty()) parts.push_back(text);
  }
  const auto add = [&](absl::string_view name, const std::string& value) {
    if (!value.empty()) parts.push_back(absl::StrCat(name, " ", value));
  };
  add("campaign", event.campaign_id());
  add("content", event.content_id());
  add("channel", event.channel());
  return absl::StrJoin(parts, ", ");
}

}  // namespace

std::vector<std::string> EventColumns() {
  return {"time", "kind", "team", "who", "with", "by", "what", "event"};
}

std::vector<std::string> EventCells(const v1::Event& event) {
  const std::string team = event.team() == v1::TEAM_UNSPECIFIED ? "" : v1::Team_Name(event.team());
  return {WhenText(event),
          std::string(KindOf(event)),
          team,
          Subjects(event, true),
          Subjects(event, false),
          event.actor(),
          WhatText(event),
          absl::StrCat(event.source(), "/", event.id())};
}

}  // namespace revops
