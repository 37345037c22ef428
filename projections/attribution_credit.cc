#include "projections/attribution_credit.h"

#include <algorithm>

#include "engine/base/fixed_log2.h"
#include "engine/base/status.h"
#include "projections/rows.h"

namespace revops {
namespace {

// Bits of a decayed weight of the youngest touch: fewer where it is multiplied by parts.
constexpr int kDecayBits = 50;
constexpr int kDecayBitsOfPart = 30;

struct Part {
  int index;  // of the touch among the eligible
  int64_t ppm;
};

class Weighing final {
 public:
  Weighing(const v1::AttributionModel& model, const v1::Attribution& section,
           const v1::AttributedDeal& deal)
      : model_(model), section_(section), deal_(deal) {}

  std::vector<int64_t> Weigh(const Milestones& milestones) {
    Select();
    std::vector<int64_t> weights;
    if (eligible_.empty()) return weights;
    const std::vector<int64_t> of_eligible = WeighEligible(PartsOf(milestones));
    weights.resize(deal_.touches_size());
    for (size_t i = 0; i < eligible_.size(); ++i) weights[eligible_[i]] = of_eligible[i];
    return weights;
  }

 private:
  const v1::AttributedTouch& Touch(int eligible) const {
    return deal_.touches(eligible_[eligible]);
  }

  void Select() {
    const int64_t oldest = deal_.at() - model_.lookback_days() * kMicrosPerDay;
    for (int i = 0; i < deal_.touches_size(); ++i) {
      const auto& touch = deal_.touches(i);
      const bool too_old = model_.has_lookback_days() && touch.at() < oldest;
      const auto& without = model_.without_team();
      if (too_old || std::count(without.begin(), without.end(), touch.team()) > 0) continue;
      eligible_.push_back(i);
    }
    if (model_.skip_direct()) SkipDirect();
    if (model_.collapse_repeats()) CollapseRepeats();
  }

  // Unless all are direct: what they would have got goes to the others.
  void SkipDirect() {
    std::vector<int> others;
    for (const int i : eligible_) {
      if (deal_.touches(i).channel() != section_.direct_channel()) others.push_back(i);
    }
    if (!others.empty()) eligible_ = std::move(others);
  }

  void CollapseRepeats() {
    const auto same = [this](int a, int b) {
      return deal_.touches(a).channel() == deal_.touches(b).channel() &&
             deal_.touches(a).campaign() == deal_.touches(b).campaign();
    };
    eligible_.erase(std::unique(eligible_.begin(), eligible_.end(), same), eligible_.end());
  }

  // The parts of milestones that happened, each at the last touch at or before it.
  std::vector<Part> PartsOf(const Milestones& milestones) const {
    std::vector<Part> parts;
    const int last = static_cast<int>(eligible_.size()) - 1;
    const auto add = [&](int index, int64_t ppm) {
      if (ppm > 0 && index >= 0) parts.push_back({index, ppm});
    };
    const auto at = [&](const std::optional<int64_t>& instant) {
      if (!instant.has_value()) return -1;
      int index = last;
      while (index >= 0 && Touch(index).at() > *instant) --index;
      return index;
    };
    add(0, model_.first_ppm());
    add(last, model_.last_ppm());
    add(at(milestones.lead), model_.lead_ppm());
    add(at(milestones.opportunity), model_.opportunity_ppm());
    add(at(milestones.won), model_.won_ppm());
    return parts;
  }

  std::vector<int64_t> WeighEligible(const std::vector<Part>& parts) const {
    const size_t count = eligible_.size();
    std::vector<int64_t> of_parts(count);
    for (const Part& part : parts) of_parts[part.index] += part.ppm;
    std::vector<int64_t> weights(count);
    int64_t others = 0;
    for (size_t i = 0; i < count; ++i) {
      if (of_parts[i] > 0) continue;
      weights[i] = DecayOf(static_cast<int>(i), parts.empty());
      others += weights[i];
    }
    if (parts.empty()) return weights;
    if (others == 0 || model_.others_ppm() == 0) return of_parts;
    for (size_t i = 0; i < count; ++i) {
      weights[i] = of_parts[i] > 0 ? of_parts[i] * others : weights[i] * model_.others_ppm();
    }
    return weights;
  }

  // By age relative to the last touch, which gives the same proportions as by age itself.
  int64_t DecayOf(int index, bool alone) const {
    if (!model_.has_half_life_days()) return 1;
    const int64_t younger = Touch(static_cast<int>(eligible_.size()) - 1).at() - Touch(index).at();
    const int64_t halvings = RatioQ32(younger, model_.half_life_days() * kMicrosPerDay);
    const uint64_t weight = Exp2Q32(-halvings, alone ? kDecayBits : kDecayBitsOfPart);
    return static_cast<int64_t>(weight);
  }

  const v1::AttributionModel& model_;
  const v1::Attribution& section_;
  const v1::AttributedDeal& deal_;
  std::vector<int> eligible_;  // indexes of touches
};

std::vector<int64_t> Weights(const v1::ModelCredit& credit) {
  return {credit.weights().begin(), credit.weights().end()};
}

}  // namespace

std::vector<int64_t> WeightsOf(const v1::AttributionModel& model, const v1::Attribution& section,
                               const v1::AttributedDeal& deal, const Milestones& milestones) {
  return Weighing(model, section, deal).Weigh(milestones);
}

std::vector<int128> SharesOf(const v1::ModelCredit& credit) {
  if (credit.weights().empty()) return {};
  auto shares = SplitByLargestRemainder(kOneDeal, Weights(credit));
  REVOPS_CHECK(shares.ok());
  return *std::move(shares);
}

std::vector<Money> AmountsOf(const v1::AttributedDeal& deal, const v1::ModelCredit& credit) {
  if (credit.weights().empty() || !deal.has_amount()) return {};
  const auto amount = Money::FromProto(deal.amount());
  REVOPS_CHECK(amount.ok());
  auto parts = amount->Split(Weights(credit));
  REVOPS_CHECK(parts.ok());
  return *std::move(parts);
}

}  // namespace revops
