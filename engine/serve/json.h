// Messages from and to JSON (proto3's mapping, field names as in the contract), with what
// protobuf's own parser does not bound bounded before it sees a byte.
#pragma once

#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "google/protobuf/message.h"

namespace revops {

// Nesting of {} and [] together. Messages of the contract need about 10.
inline constexpr int kJsonDepthMax = 32;
// A JSON document is held at most so large, whoever sent it.
inline constexpr size_t kJsonBytesMax = 64 << 20;

// Size, nesting and encoding are in bounds; says nothing of the grammar.
// Errors: kInvalidArgument, saying which and at which byte.
absl::Status CheckJsonBounds(absl::string_view json);

// Replaces `message`. Unknown fields are refused: JSON cannot carry them on, and a misspelt name
// must not become a silent loss.
// Errors: kInvalidArgument, with protobuf's words of what and where.
absl::Status ParseJson(absl::string_view json, google::protobuf::Message* message);

enum class JsonStyle { kOneLine, kIndented };
// Errors: kInternal if an Any holds a message that this program does not know.
absl::StatusOr<std::string> ToJson(const google::protobuf::Message& message,
                                   JsonStyle style = JsonStyle::kOneLine);

// A JSON string with its quotes. Bytes that are not UTF-8 become "?".
std::string JsonString(absl::string_view text);

}  // namespace revops
