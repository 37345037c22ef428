#include <set>
#include <string>

#include "engine/model/check_fields.h"
#include "engine/model/check_sections.h"

namespace revops {
namespace {

constexpr int kModelsMax = 16;
constexpr int64_t kWholePpm = 1'000'000;

void CheckParts(const Place& place, const v1::AttributionModel& model) {
  int64_t sum = 0;
  bool in_range = true;
  const struct {
    const char* field;
    int32_t ppm;
  } parts[] = {{"first_ppm", model.first_ppm()},
               {"lead_ppm", model.lead_ppm()},
               {"opportunity_ppm", model.opportunity_ppm()},
               {"won_ppm", model.won_ppm()},
               {"last_ppm", model.last_ppm()},
               {"others_ppm", model.others_ppm()}};
  for (const auto& part : parts) {
    CheckRange(place, part.field, part.ppm, {0, kWholePpm, "millionths"});
    in_range = in_range && part.ppm >= 0 && part.ppm <= kWholePpm;
    sum += part.ppm;
  }
  if (in_range && sum != kWholePpm) {
    place.MistakeHere(absl::StrCat("has parts that sum to ", sum,
                                   " millionths; make first_ppm … others_ppm sum to 1000000"));
  }
  // A milestone other than these may not have happened; somebody must get the credit then.
  if (in_range && model.first_ppm() + model.last_ppm() + model.others_ppm() == 0) {
    place.MistakeHere(
        "gives nothing when its milestones did not happen; give first_ppm, last_ppm or others_ppm");
  }
}

}  // namespace

void CheckAttribution(const Place& place, const v1::Attribution& attribution) {
  CheckRange(place, "lookback_days", attribution.lookback_days(),
             {1, kModelDaysMax, "a number of days"});
  for (int k = 0; k < attribution.kind_size(); ++k) {
    CheckKind(place, "kind", k, attribution.kind(k));
  }
  for (int k = 0; k < attribution.without_kind_size(); ++k) {
    CheckKind(place, "without_kind", k, attribution.without_kind(k));
  }
  if (!attribution.direct_channel().empty()) {
    CheckSlug(place, "direct_channel", attribution.direct_channel());
  }
  if (attribution.model_size() == 0 || attribution.model_size() > kModelsMax) {
    place.Mistake("model", absl::StrCat("is given ", attribution.model_size(), " times; give 1 to ",
                                        kModelsMax));
    return;
  }
  std::set<std::string> names;
  for (int i = 0; i < attribution.model_size(); ++i) {
    const auto& model = attribution.model(i);
    const Place at = place.Child("model", i);
    CheckSlug(at, "name", model.name());
    CheckUnique(at, "name", model.name(), names);
    CheckRange(at, "version", model.version(), {1, 1'000'000, "a version"});
    CheckParts(at, model);
    if (model.has_half_life_days()) {
      CheckRange(at, "half_life_days", model.half_life_days(),
                 {1, kModelDaysMax, "a number of days"});
    }
    if (model.has_lookback_days()) {
      CheckRange(at, "lookback_days", model.lookback_days(),
                 {1, attribution.lookback_days(), "a number of days, no more than the section's,"});
    }
    if (model.skip_direct() && attribution.direct_channel().empty()) {
      at.Mistake("skip_direct", "is set, but no channel is named; set direct_channel");
    }
  }
}

}  // namespace revops
