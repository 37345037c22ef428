// Events written as text, as tests write them.
#pragma once

#include <string>

#include "engine/event/codec.h"
#include "engine/event/id.h"

namespace revops::test {

// 2024-03-01T00:00:00Z, when events of tests begin. Units: microseconds.
inline constexpr int64_t kTestStart = int64_t{1709251200} * 1'000'000;
inline constexpr int64_t kTestHour = int64_t{3600} * 1'000'000;

// What a test says of an event; `rest` is textproto of the other fields.
struct TestEvent {
  std::string id;
  int hour = 0;                      // after kTestStart
  std::vector<std::string> subject;  // "contact:crm:ada"
  std::string rest;
};
v1::Event EventOf(const TestEvent& event);
// As a publisher appends it.
std::string RecordOf(const TestEvent& event);
// As the engine reads it. REQUIRES: it decodes.
DecodedEvent DecodedOf(const TestEvent& event);

// "child { … }" or any other field of an id, of "contact:crm:ada".
std::string Field(const std::string& name, const std::string& id);
// REQUIRES: well-formed.
Id IdOfText(const std::string& id);

}  // namespace revops::test
