#include "projections/rows.h"

#include <algorithm>

namespace revops {
namespace {

using google::protobuf::RepeatedPtrField;

// Moves the last element to where it belongs, by swaps: the list is short.
template <typename T, typename Less>
void SinkLast(RepeatedPtrField<T>& list, Less less) {
  for (int i = list.size() - 1; i > 0 && less(list[i], list[i - 1]); --i) {
    list.SwapElements(i, i - 1);
  }
}

}  // namespace

void AddTally(RepeatedPtrField<v1::Tally>& tallies, absl::string_view name, int64_t count,
              int names_max) {
  for (auto& tally : tallies) {
    if (tally.name() == name) {
      tally.set_count(tally.count() + count);
      return;
    }
  }
  if (tallies.size() >= names_max && name != "other") {
    return AddTally(tallies, "other", count, names_max);
  }
  auto* tally = tallies.Add();
  tally->set_name(name.data(), name.size());
  tally->set_count(count);
  SinkLast(tallies, [](const v1::Tally& a, const v1::Tally& b) { return a.name() < b.name(); });
}

bool InsertSorted(RepeatedPtrField<std::string>& texts, absl::string_view text) {
  if (std::binary_search(texts.begin(), texts.end(), text)) return false;
  texts.Add(std::string(text));
  SinkLast(texts, [](const std::string& a, const std::string& b) { return a < b; });
  return true;
}

bool EraseSorted(RepeatedPtrField<std::string>& texts, absl::string_view text) {
  const auto at = std::lower_bound(texts.begin(), texts.end(), text);
  if (at == texts.end() || *at != text) return false;
  texts.erase(at);
  return true;
}

absl::string_view TeamName(v1::Team team) {
  switch (team) {
    case v1::MARKETING:
      return "marketing";
    case v1::SALES:
      return "sales";
    case v1::SUCCESS:
      return "success";
    case v1::PARTNER:
      return "partner";
    default:
      return "";
  }
}

absl::string_view SourceName(v1::SourcedBy sourced_by) {
  switch (sourced_by) {
    case v1::SOURCED_MARKETING:
      return "marketing";
    case v1::SOURCED_SDR:
      return "sdr";
    case v1::SOURCED_AE:
      return "ae";
    case v1::SOURCED_PARTNER:
      return "partner";
    case v1::SOURCED_SUCCESS:
      return "success";
    default:
      return "";
  }
}

absl::string_view MotionName(v1::Motion motion) {
  switch (motion) {
    case v1::NEW:
      return "new";
    case v1::EXPANSION:
      return "expansion";
    case v1::RENEWAL:
      return "renewal";
    case v1::REACTIVATION:
      return "reactivation";
    default:
      return "";
  }
}

}  // namespace revops
