// Any bytes: the model's parser answers with a model or with words, and never ends the process.
#include <cstddef>
#include <cstdint>

#include "engine/model/model.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const absl::string_view text(reinterpret_cast<const char*>(data), size);
  const auto model = revops::RevenueModel::Parse(text, "fuzz.textproto");
  if (model.ok()) {
    revops::v1::Event event;
    event.mutable_page_view();
    REVOPS_CHECK(!(*model)->ChannelOf(event, 0).empty());
    REVOPS_CHECK((*model)->fold_fingerprint().size() == 64);
  } else {
    REVOPS_CHECK(!model.status().message().empty());
  }
  return 0;
}
