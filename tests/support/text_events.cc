#include "tests/support/text_events.h"

#include "absl/strings/str_cat.h"
#include "engine/base/status.h"
#include "google/protobuf/text_format.h"

namespace revops::test {

v1::Event EventOf(const TestEvent& event) {
  v1::Event made;
  REVOPS_CHECK(google::protobuf::TextFormat::ParseFromString(event.rest, &made));
  made.set_id(event.id);
  if (made.source().empty()) made.set_source("test");
  made.set_occurred_at(kTestStart + event.hour * kTestHour);
  for (const std::string& id : event.subject) *made.add_subject() = IdOfText(id).ToProto();
  return made;
}

std::string RecordOf(const TestEvent& event) { return EventOf(event).SerializeAsString(); }

DecodedEvent DecodedOf(const TestEvent& event) {
  auto decoded = Canonical(EventOf(event), kTestStart);
  REVOPS_CHECK(decoded.ok());
  return *std::move(decoded);
}

std::string Field(const std::string& name, const std::string& id) {
  return absl::StrCat(name, " { ", IdOfText(id).ToProto().ShortDebugString(), " } ");
}

Id IdOfText(const std::string& id) {
  const auto parsed = ParseId(id);
  REVOPS_CHECK(parsed.ok());
  return *parsed;
}

}  // namespace revops::test
