// Any bytes as what a question carries as text: page tokens, consistency tokens, ids, and filters
// with their fields and values (the first byte is the comparison, a newline parts field and value).
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "absl/strings/str_split.h"
#include "engine/base/status.h"
#include "engine/event/id.h"
#include "engine/event/position.h"
#include "engine/query/filter.h"
#include "engine/query/page_token.h"
#include "revops/v1/views.pb.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const absl::string_view text(reinterpret_cast<const char*>(data), size);
  const auto position = revops::ParseToken(text);
  if (position.ok()) {
    REVOPS_CHECK(revops::ParseToken(revops::ToToken(*position)).ok());
  }
  const auto page = revops::ParsePageToken(text, 0);
  if (page.ok()) REVOPS_CHECK(revops::ParsePageToken(revops::ToText(*page), 0).ok());
  const auto id = revops::ParseId(text);
  if (id.ok()) REVOPS_CHECK(revops::ParseId(revops::ToText(*id)).ok());

  if (size == 0) return 0;
  const std::vector<std::string> parts = absl::StrSplit(text.substr(1), absl::MaxSplits('\n', 1));
  revops::v1::Filter filter;
  filter.set_op(static_cast<revops::v1::Filter::Op>(data[0] % 12));
  filter.set_field(parts[0]);
  if (parts.size() > 1) filter.set_value(parts[1]);
  static const auto* row = [] {
    auto* deal = new revops::v1::OpportunityView;
    deal->mutable_amount()->set_currency_code("EUR");
    deal->add_stages()->set_stage_id("demo");
    return deal;
  }();
  const auto parsed = revops::RowFilter::Parse(*row->GetDescriptor(), filter, revops::Zone::Utc());
  if (parsed.ok()) {
    parsed->Passes(*row);
  } else {
    REVOPS_CHECK(!parsed.status().message().empty());
  }
  return 0;
}
