#include "engine/query/page_token.h"

#include <memory>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "engine/base/hash.h"
#include "engine/base/wire.h"
#include "engine/fold/row_set.h"

namespace revops {
namespace {
constexpr uint8_t kVersion = 1;
}  // namespace

uint64_t QuestionHash(const google::protobuf::Message& request, absl::string_view generation) {
  const std::unique_ptr<google::protobuf::Message> question(request.New());
  question->CopyFrom(request);
  for (const char* name : {"page_token", "page_size", "await"}) {
    const auto* field = question->GetDescriptor()->FindFieldByName(name);
    if (field != nullptr) question->GetReflection()->ClearField(question.get(), field);
  }
  return Hash64(absl::StrCat(question->GetDescriptor()->full_name(), "\n", generation, "\n",
                             DeterministicBytes(*question)));
}

std::string ToText(const PageToken& token) {
  std::string bytes(1, static_cast<char>(kVersion));
  PutOrdered64(static_cast<int64_t>(token.question), bytes);
  PutSigned(token.at, bytes);
  bytes.append(token.place);
  return absl::WebSafeBase64Escape(bytes);
}

absl::StatusOr<PageToken> ParsePageToken(absl::string_view text, uint64_t question) {
  std::string bytes;
  PageToken token;
  if (absl::WebSafeBase64Unescape(text, &bytes)) {
    WireReader in(bytes);
    const uint8_t version = in.Byte();
    const absl::string_view asked = in.Raw(8);
    token.at = in.Signed();
    const absl::string_view place = in.Raw(in.left());
    if (in.ok() && version == kVersion) {
      token.question = static_cast<uint64_t>(ReadOrdered64(asked.data()));
      token.place.assign(place.data(), place.size());
      if (token.question == question) return token;
      return absl::InvalidArgumentError(
          "page_token continues another question; repeat the request that gave it, changing "
          "nothing but page_token and page_size");
    }
  }
  return absl::InvalidArgumentError(
      "page_token is damaged; pass next_page_token on exactly as the answer gave it");
}

}  // namespace revops
