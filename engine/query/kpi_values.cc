#include "engine/query/kpi_values.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "engine/base/money.h"
#include "engine/base/status.h"

namespace revops {
namespace {

using Kind = Formula::Kind;
constexpr int64_t kSecondsPerDay = 86'400;
constexpr int64_t kMicrosPerSecond = 1'000'000;

bool IsStock(const MeasureUse& use) {
  return use.over == Over::kOpening || use.over == Over::kClosing;
}

// What the formula says of how it may be asked.
absl::Status CheckAsked(const MeasureUse& use, const KpiScene& scene) {
  const bool fine = scene.grain == v1::KpiRequest::DAY || scene.grain == v1::KpiRequest::WEEK;
  for (const auto& condition : use.where) {
    const std::string& dimension = condition.dimension;
    if (condition.each) {
      if (use.whole || scene.only.count(dimension) > 0 ||
          std::find(scene.by.begin(), scene.by.end(), dimension) != scene.by.end()) {
        continue;
      }
      return absl::InvalidArgumentError(absl::StrCat("means nothing for all values of ", dimension,
                                                     " together; ask by ", dimension,
                                                     ", or for one value of it"));
    }
    if (condition.values.empty() && fine) {
      return absl::InvalidArgumentError(
          absl::StrCat(use.measure, " is known by ", dimension, " only, and the grain is ",
                       NameOf(scene.grain), "; ask by month or coarser"));
    }
  }
  return absl::OkStatus();
}

}  // namespace

absl::Status KpiValues::Read(const std::vector<const Formula*>& formulas) {
  for (const Formula* const formula : formulas) {
    if (formula != nullptr) RETURN_IF_ERROR(Collect(*formula));
  }
  return CountWaiting();
}

absl::Status KpiValues::Collect(const Formula& formula) {
  if (formula.kind == Kind::kKpi) {
    ASSIGN_OR_RETURN(const KpiBook::Entry* const entry, scene_.book.Find(formula.name));
    return Annotate(Collect(*entry->formula), absl::StrCat("kpi(", formula.name, ")"));
  }
  if (formula.kind == Kind::kMeasure) return CollectLeaf(formula);
  if (formula.kind == Kind::kMany) RETURN_IF_ERROR(CollectMany(formula));
  if (formula.left != nullptr) RETURN_IF_ERROR(Collect(*formula.left));
  if (formula.right != nullptr) RETURN_IF_ERROR(Collect(*formula.right));
  return absl::OkStatus();
}

absl::Status KpiValues::CountWaiting() {
  std::map<std::pair<absl::string_view, int>, std::vector<Leaf*>> together;
  for (Leaf* const leaf : waiting_) {
    together[{leaf->measure->name, leaf->slice.set}].push_back(leaf);
  }
  waiting_.clear();
  for (const auto& [cells, leaves] : together) {
    std::vector<const CellQuestion*> questions;
    for (const Leaf* const leaf : leaves) questions.push_back(leaf->question.get());
    ASSIGN_OR_RETURN(std::vector<CountedBySlice> answers, AddUp(scene_.cells, questions));
    for (size_t i = 0; i < leaves.size(); ++i) leaves[i]->counted = std::move(answers[i]);
  }
  return absl::OkStatus();
}

absl::Status KpiValues::CollectMany(const Formula& node) {
  if (many_.count(&node) > 0) return absl::OkStatus();
  Many& many = many_[&node];
  many.by = scene_.by;
  many.by.push_back(node.name);
  many.scene.reset(new KpiScene{scene_.cells, scene_.measures, scene_.book, scene_.rates,
                                scene_.periods, scene_.grain, many.by, scene_.only, scene_.end_day,
                                scene_.zone, scene_.at});
  many.values = std::make_unique<KpiValues>(*many.scene);
  return many.values->Read(*node.left);
}

Number KpiValues::ManyOf(const Formula& node, const At& at) const {
  const KpiValues& values = *many_.at(&node).values;
  const Number at_least = NumberOfDecimal(node.right->name);
  Number found = 0;
  for (const SliceKey& slice : values.Slices(*node.left)) {
    if (!std::equal(at.slice.begin(), at.slice.end(), slice.begin())) continue;
    const std::optional<Number> value = values.Of(*node.left, {slice, at.period, at.currency});
    if (value.has_value() && *value >= at_least) found += 1;
  }
  missing_rates_.insert(values.missing_rates().begin(), values.missing_rates().end());
  return found;
}

absl::StatusOr<std::optional<int32_t>> KpiValues::ShiftOf(const MeasureUse& use) const {
  if (use.shifted_by == nullptr) return std::optional<int32_t>(0);
  // Over the whole range asked for and all slices: a cost does not know whose deal it will be.
  const std::vector<std::string> no_dimensions;
  const std::map<std::string, std::string> no_filter;
  ASSIGN_OR_RETURN(const Periods total,
                   Periods::Over(Calendar(), v1::KpiRequest::TOTAL, scene_.periods.whole(), false));
  const KpiScene scene{scene_.cells,   scene_.measures,       scene_.book,   scene_.rates,
                       total,          v1::KpiRequest::TOTAL, no_dimensions, no_filter,
                       scene_.end_day, scene_.zone,           scene_.at};
  KpiValues values(scene);
  RETURN_IF_ERROR(values.Read(*use.shifted_by));
  const std::optional<Number> seconds = values.Of(*use.shifted_by, {{}, 0, ""});
  if (!seconds.has_value()) return std::optional<int32_t>();
  const int64_t days = Rounded(*seconds / Number(kSecondsPerDay));
  if (days < 0 || days > 100'000) return std::optional<int32_t>();
  return std::optional<int32_t>(static_cast<int32_t>(days));
}

absl::Status KpiValues::CollectLeaf(const Formula& node) {
  if (leaves_.count(&node) > 0) return absl::OkStatus();
  const MeasureUse& use = node.use;
  RETURN_IF_ERROR(CheckAsked(use, scene_));
  std::string name = use.measure;
  if (name.find("@grain") != std::string::npos) {
    if (scene_.grain == v1::KpiRequest::TOTAL) {
      return absl::InvalidArgumentError(absl::StrCat(
          name, " counts each once a period; ask with a grain (week, month, quarter)"));
    }
    name = absl::StrReplaceAll(name, {{"@grain", NameOf(scene_.grain)}});
  }
  ASSIGN_OR_RETURN(const Measure* const measure, scene_.measures.Find(name));
  static const auto& nothing = *new std::vector<std::string>;
  static const auto& no_filter = *new std::map<std::string, std::string>;
  const auto& by = use.whole ? nothing : scene_.by;
  const auto& only = use.whole ? no_filter : scene_.only;
  std::set<std::string> also(by.begin(), by.end());
  for (const auto& [dimension, value] : only) also.insert(dimension);
  ASSIGN_OR_RETURN(MeasureSlice slice, scene_.measures.Slice(*measure, use, also));
  ASSIGN_OR_RETURN(const std::optional<int32_t> shift, ShiftOf(use));
  Leaf& leaf = leaves_[&node];
  leaf.use = &use;
  leaf.measure = measure;
  leaf.slice = std::move(slice);
  leaf.unknown = !shift.has_value();
  if (leaf.unknown) return absl::OkStatus();
  leaf.question.reset(new CellQuestion{use, leaf.slice, by, only, scene_.periods, scene_.end_day,
                                       *shift, RatesOf(use)});
  waiting_.push_back(&leaf);
  return absl::OkStatus();
}

// Pipeline, targets and quotas at plan rates.
const Rates& KpiValues::RatesOf(const MeasureUse& use) const {
  return use.plan || IsStock(use) || use.over == Over::kAhead ? scene_.rates.plan
                                                              : scene_.rates.market;
}

const Counted* KpiValues::Find(const Leaf& leaf, const At& at) const {
  const auto found = leaf.counted.find(leaf.use->whole ? SliceKey() : at.slice);
  return found == leaf.counted.end() ? nullptr : &found->second[static_cast<size_t>(at.period)];
}

std::optional<Number> KpiValues::WorthOf(const Leaf& leaf, const CurrencyOfDay& paid,
                                         const At& at) const {
  const auto& [currency, segment] = paid;
  const Rates& rates = RatesOf(*leaf.use);
  if (currency.empty()) return Number(1);
  if (rates.target().empty()) return Number(currency == at.currency ? 1 : 0);
  const int32_t day = std::min(scene_.periods.days(at.period).end_day, scene_.end_day) - 1;
  std::optional<Number> rate =
      rates.RateOf(currency, IsStock(*leaf.use) ? rates.SegmentOf(currency, day) : segment);
  if (!rate.has_value()) {
    missing_rates_.insert(absl::StrCat(currency, " to ", rates.target(), " by ", FormatDay(day)));
  }
  return rate;
}

std::optional<Number> KpiValues::PercentileOf(const Leaf& leaf, const Counted& counted,
                                              const At& at) const {
  std::vector<std::pair<Number, int128>> values;
  int128 total = 0;
  for (const auto& [paid, middles] : counted.buckets) {
    const std::optional<Number> worth = WorthOf(leaf, paid, at);
    if (!worth.has_value()) return std::nullopt;
    if (*worth == 0) continue;
    for (const auto& [middle, count] : middles) {
      values.emplace_back(NumberOf(middle) * *worth, count);
      total += count;
    }
  }
  if (total <= 0) return std::nullopt;
  std::sort(values.begin(), values.end());
  // Nearest rank.
  int128 rank = (total * leaf.use->percentile + 99) / 100;
  for (const auto& [value, count] : values) {
    rank -= count;
    if (rank <= 0) return value;
  }
  return std::nullopt;
}

std::optional<Number> KpiValues::SumOf(const Leaf& leaf, const At& at) const {
  if (leaf.unknown) return std::nullopt;
  const Counted* const counted = Find(leaf, at);
  if (leaf.use->percentile != 0) {
    return counted == nullptr ? std::nullopt : PercentileOf(leaf, *counted, at);
  }
  if (counted == nullptr) return Number(0);
  const bool money = leaf.measure->unit == Measure::Unit::kMicros;
  Number sum = 0;
  for (const auto& [paid, part] : counted->sums) {
    if (part == 0) continue;
    const std::optional<Number> worth = money ? WorthOf(leaf, paid, at) : Number(1);
    if (!worth.has_value()) return std::nullopt;
    sum += NumberOf(part) * *worth;
  }
  return money ? sum / Number(kMicrosPerUnit) : sum;
}

std::optional<Number> KpiValues::Of(const Formula& formula, const At& at) const {
  switch (formula.kind) {
    case Kind::kNumber:
      return NumberOfDecimal(formula.name);
    case Kind::kConstant:
      return scene_.book.ConstantOf(formula.name);
    case Kind::kKpi:
      return Of(*(*scene_.book.Find(formula.name))->formula, at);
    case Kind::kMeasure:
      return SumOf(leaves_.at(&formula), at);
    case Kind::kMany:
      return ManyOf(formula, at);
    case Kind::kInstant: {
      const int64_t end = scene_.zone.DayStart(scene_.periods.days(at.period).end_day);
      return NumberOf(std::min(end, scene_.at)) / Number(kMicrosPerSecond);
    }
    default:
      break;
  }
  const std::optional<Number> left = Of(*formula.left, at);
  if (formula.kind == Kind::kPositive) {
    return left.has_value() && *left > 0 ? left : std::nullopt;
  }
  const std::optional<Number> right = Of(*formula.right, at);
  if (!left.has_value() || !right.has_value()) return std::nullopt;
  switch (formula.kind) {
    case Kind::kAdd:
      return *left + *right;
    case Kind::kSubtract:
      return *left - *right;
    case Kind::kMultiply:
      return *left * *right;
    default:
      if (*right == 0) return std::nullopt;
      return *left / *right;
  }
}

template <typename Each>
void KpiValues::ForEachLeaf(const Formula& formula, const Each& each) const {
  if (formula.kind == Kind::kKpi) {
    ForEachLeaf(*(*scene_.book.Find(formula.name))->formula, each);
  } else if (formula.kind == Kind::kMeasure) {
    each(leaves_.at(&formula));
  }
  if (formula.left != nullptr) ForEachLeaf(*formula.left, each);
  if (formula.right != nullptr) ForEachLeaf(*formula.right, each);
}

std::vector<const CellQuestion*> KpiValues::Questions(const Formula& formula) const {
  std::vector<const CellQuestion*> questions;
  ForEachLeaf(formula, [&](const Leaf& leaf) {
    if (leaf.question != nullptr) questions.push_back(leaf.question.get());
  });
  return questions;
}

std::map<std::pair<std::string, std::string>, int128> KpiValues::Terms(const Formula& formula,
                                                                       const At& at) const {
  std::map<std::pair<std::string, std::string>, int128> terms;
  ForEachLeaf(formula, [&](const Leaf& leaf) {
    const Counted* const counted = Find(leaf, at);
    const std::string term = TextOf(*leaf.use);
    if (counted == nullptr) {
      terms[{term, ""}];
      return;
    }
    std::map<std::string, int128> sums;
    for (const auto& [key, sum] : counted->sums) sums[key.first] += sum;
    for (const auto& [paid, middles] : counted->buckets) {
      for (const auto& [middle, count] : middles) sums[""] += count;
    }
    for (const auto& [currency, sum] : sums) terms[{term, currency}] = sum;
  });
  return terms;
}

std::set<SliceKey> KpiValues::Slices(const Formula& formula) const {
  std::set<SliceKey> slices;
  ForEachLeaf(formula, [&](const Leaf& leaf) {
    if (leaf.use->whole) return;
    for (const auto& [slice, periods] : leaf.counted) {
      for (const Counted& counted : periods) {
        const auto counts = [](const auto& one) { return one.second != 0; };
        const bool any =
            std::any_of(counted.sums.begin(), counted.sums.end(), counts) ||
            std::any_of(counted.buckets.begin(), counted.buckets.end(), [&](const auto& bucket) {
              return std::any_of(bucket.second.begin(), bucket.second.end(), counts);
            });
        if (any) slices.insert(slice);
      }
    }
  });
  return slices;
}

std::set<std::string> KpiValues::Currencies(const Formula& formula) const {
  std::set<std::string> currencies;
  ForEachLeaf(formula, [&](const Leaf& leaf) {
    const bool money = leaf.measure->unit == Measure::Unit::kMicros;
    for (const auto& [slice, periods] : leaf.counted) {
      for (const Counted& counted : periods) {
        for (const auto& [key, middles] : counted.buckets) {
          if (!key.first.empty()) currencies.insert(key.first);
        }
        if (!money) continue;
        for (const auto& [key, sum] : counted.sums) {
          if (sum != 0) currencies.insert(key.first);
        }
      }
    }
  });
  return currencies;
}

KpiValues::Kinds KpiValues::KindsOf(const Formula& formula) const {
  Kinds kinds;
  ForEachLeaf(formula, [&](const Leaf& leaf) {
    if (leaf.use->percentile != 0) {
      kinds.buckets = true;
    } else if (leaf.measure->unit == Measure::Unit::kMicros) {
      kinds.money = true;
    } else {
      kinds.counts = true;
    }
  });
  return kinds;
}

std::optional<Number> KpiValues::Population(const Formula& formula, const At& at) const {
  if (formula.kind == Kind::kKpi) {
    return Population(*(*scene_.book.Find(formula.name))->formula, at);
  }
  if (formula.kind != Kind::kMeasure || formula.use.percentile == 0) return std::nullopt;
  const Leaf& leaf = leaves_.at(&formula);
  const Counted* const counted = Find(leaf, at);
  Number total = 0;
  if (counted == nullptr) return total;
  for (const auto& [paid, middles] : counted->buckets) {
    for (const auto& [middle, count] : middles) total += NumberOf(count);
  }
  return total;
}

}  // namespace revops
