// Any bytes: the codec refuses them in words, or gives an event that can be ordered, linked,
// redacted, checked and read back from its canonical bytes.
#include <cstddef>
#include <cstdint>

#include "engine/base/status.h"
#include "engine/event/codec.h"
#include "engine/event/event_order.h"
#include "engine/event/kind.h"
#include "engine/event/position.h"
#include "engine/identity/links.h"
#include "engine/identity/redact.h"
#include "engine/ingest/check.h"
#include "engine/view/journey_head.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace revops;  // NOLINT: a program of one function
  const absl::string_view bytes(reinterpret_cast<const char*>(data), size);

  auto decoded = Decode(bytes, 1);
  if (decoded.ok()) {
    const EventHead head = ScanHead(decoded->bytes);
    REVOPS_CHECK(head.id == absl::string_view(decoded->event.id()));
    REVOPS_CHECK(head.source == absl::string_view(decoded->event.source()));
    REVOPS_CHECK(static_cast<int>(head.subject.size()) == decoded->event.subject_size());
    REVOPS_CHECK(InstantOf(OrderKey({decoded->at, head.source, head.sequence, head.id})) ==
                 decoded->at);
    REVOPS_CHECK(!KindOf(decoded->event).empty());
    LinksOf(decoded->event);
    CheckForIngest(decoded->event, 1'767'225'600'000'000);
    // Canonical bytes are a fixed point, before and after redaction.
    const auto again = Decode(decoded->bytes, 1);
    REVOPS_CHECK(again.ok() && again->bytes == decoded->bytes);
    Redact(decoded->event);
    const auto redacted = Canonical(decoded->event, 1);
    REVOPS_CHECK(redacted.ok());
    Redact(decoded->event);
    REVOPS_CHECK(Canonical(decoded->event, 1)->bytes == redacted->bytes);
  } else {
    REVOPS_CHECK(!decoded.status().message().empty());
  }

  // What else is read back from outside or from disk.
  const auto position = ParseToken(bytes);
  if (position.ok()) REVOPS_CHECK(ParseToken(ToToken(*position)).ok());
  const auto head = DecodeHead(bytes);
  if (head.ok()) REVOPS_CHECK(DecodeHead(EncodeHead(*head)).ok());
  return 0;
}
