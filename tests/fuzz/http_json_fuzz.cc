// Bodies as the HTTP server hands them on: any bytes as JSON and as proto, for a small and a large
// request. Whatever decodes must be writable again, and decode to the same.
#include <cstddef>
#include <cstdint>

#include "engine/base/status.h"
#include "engine/serve/connect.h"
#include "engine/serve/connect_error.h"
#include "engine/serve/gzip.h"
#include "engine/serve/json.h"
#include "revops/v1/service.pb.h"

namespace revops {
namespace {

template <typename Message>
void TryJson(absl::string_view body) {
  Message message;
  if (!DecodeBody("application/json", body, &message).ok()) return;
  const absl::StatusOr<std::string> json = ToJson(message);
  if (!json.ok()) return;
  Message again;
  REVOPS_CHECK(ParseJson(*json, &again).ok());
}

template <typename Message>
void TryProto(absl::string_view body) {
  Message message;
  if (!DecodeBody("application/proto", body, &message).ok()) return;
  (void)ToJson(message);
}

}  // namespace
}  // namespace revops

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const absl::string_view body(reinterpret_cast<const char*>(data), size);
  revops::TryJson<revops::v1::PublishRequest>(body);
  revops::TryJson<revops::v1::ListRequest>(body);
  revops::TryProto<revops::v1::PublishRequest>(body);
  (void)revops::Gunzip(body, 1 << 16);
  (void)revops::ErrorFromAnswer(500, body);
  return 0;
}
