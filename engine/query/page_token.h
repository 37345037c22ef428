// Where the next page begins, as opaque text: it names a key, not a count, so that rows written or
// removed in between neither repeat nor hide others.
#pragma once

#include <cstdint>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "google/protobuf/message.h"

namespace revops {

struct PageToken {
  uint64_t question = 0;  // QuestionHash of the request it continues
  int64_t at = 0;         // Units: microseconds; the instant all pages look at
  std::string place;      // the last key examined
};

// What a request asks, apart from its fields page_token, page_size and await; `generation` because
// keys mean nothing in another one.
uint64_t QuestionHash(const google::protobuf::Message& request, absl::string_view generation);

// token := websafe base64 of: version(1) question(8 bytes) at(signed) place
std::string ToText(const PageToken& token);

// Errors: kInvalidArgument if it is damaged or continues another question.
absl::StatusOr<PageToken> ParsePageToken(absl::string_view text, uint64_t question);

}  // namespace revops
