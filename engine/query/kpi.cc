#include "engine/query/kpi.h"

#include <algorithm>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "engine/base/money.h"
#include "engine/base/status.h"
#include "engine/query/group_customers.h"
#include "engine/query/kpi_target.h"
#include "engine/query/kpi_values.h"

namespace revops {
namespace {

using Kind = Formula::Kind;

std::string UnitName(v1::Kpi::Unit unit) { return absl::AsciiStrToLower(v1::Kpi::Unit_Name(unit)); }

std::string TextOf(absl::string_view text) { return std::string(text); }

// One question, from its words to its answer.
class Asked final {
 public:
  Asked(const Engine& engine, const Look& look, int64_t now, const v1::KpiRequest& request)
      : engine_(engine),
        model_(engine.model()),
        look_(look),
        request_(request),
        at_(request.at() == 0 ? now : request.at()),
        end_day_(engine.model().DayOf(at_) + 1),
        cells_(WithGroups(CellsOf(look), engine, look, end_day_)),
        measures_(engine.registry()),
        book_(engine.model()) {}

  absl::StatusOr<v1::KpiResponse> Run() {
    v1::KpiResponse response;
    if (request_.names_size() > kKpisMax) {
      return absl::InvalidArgumentError(
          absl::StrCat("names has ", request_.names_size(), " KPIs; ask for at most ", kKpisMax));
    }
    RETURN_IF_ERROR(ReadSlices());
    RETURN_IF_ERROR(ReadCurrency());
    std::vector<const KpiBook::Entry*> entries;
    for (const std::string& name : request_.names()) {
      ASSIGN_OR_RETURN(const KpiBook::Entry* const entry, book_.Find(name));
      entries.push_back(entry);
    }
    if (std::any_of(entries.begin(), entries.end(), [](const KpiBook::Entry* entry) {
          return HasAgreedRatio(entry->kpi->unit());
        })) {
      ASSIGN_OR_RETURN(ratios_, ReadAgreedRatios(engine_, look_, at_));
    }
    for (const KpiBook::Entry* const entry : entries) {
      RETURN_IF_ERROR(Annotate(Answer(*entry, *response.add_kpis()), entry->kpi->name()));
    }
    if (entries.empty()) {
      for (const auto& kpi : model_.proto().ask().kpi()) {
        Describe(**book_.Find(kpi.name()), *response.add_kpis());
      }
    }
    if (request_.describe_measures()) DescribeMeasures(response);
    return response;
  }

 private:
  absl::Status ReadSlices() {
    for (const std::string& dimension : request_.by()) {
      if (dimension.empty()) return absl::InvalidArgumentError("by names an empty dimension");
      if (std::find(by_.begin(), by_.end(), dimension) == by_.end()) by_.push_back(dimension);
    }
    for (const v1::KpiSlice& slice : request_.only()) {
      if (slice.dimension().empty()) {
        return absl::InvalidArgumentError("only has no dimension; name whose value it is");
      }
      only_[slice.dimension()] = slice.value();
    }
    return absl::OkStatus();
  }

  absl::Status ReadCurrency() {
    ASSIGN_OR_RETURN(rates_, ReadRates(engine_, look_, at_, request_.currency()));
    return absl::OkStatus();
  }

  // The days asked for: as said, else from the first day anything was counted to the instant.
  absl::StatusOr<DayRange> RangeOf(const KpiBook::Entry& entry) const {
    DayRange range{end_day_ - 1, end_day_};
    if (!request_.end_day().empty()) {
      const auto day = ParseDay(request_.end_day());
      RETURN_IF_ERROR(Annotate(day.status(), "end_day"));
      range.end_day = *day;
    }
    if (!request_.from_day().empty()) {
      const auto day = ParseDay(request_.from_day());
      RETURN_IF_ERROR(Annotate(day.status(), "from_day"));
      range.first_day = *day;
      return range;
    }
    ASSIGN_OR_RETURN(const std::optional<int32_t> first, FirstDayOf(*entry.formula));
    range.first_day = std::min(first.value_or(range.end_day - 1), range.end_day - 1);
    return range;
  }

  // A measure kept for each grain by its name for that of the answer; of a total, for one of them.
  std::string Spelled(const std::string& measure) const {
    const bool total = request_.grain() == v1::KpiRequest::TOTAL;
    return absl::StrReplaceAll(
        measure, {{"@grain", NameOf(total ? v1::KpiRequest::MONTH : request_.grain())}});
  }

  absl::StatusOr<std::optional<int32_t>> FirstDayOf(const Formula& formula) const {
    std::optional<int32_t> first;
    const auto earlier = [&first](std::optional<int32_t> day) {
      if (day.has_value() && (!first.has_value() || *day < *first)) first = day;
    };
    if (formula.kind == Kind::kKpi) {
      ASSIGN_OR_RETURN(const KpiBook::Entry* const entry, book_.Find(formula.name));
      return FirstDayOf(*entry->formula);
    }
    if (formula.kind == Kind::kMeasure) {
      const auto measure = measures_.Find(Spelled(formula.use.measure));
      if (!measure.ok()) return first;
      ASSIGN_OR_RETURN(const MeasureSlice slice, measures_.Slice(**measure, formula.use, {}));
      return FirstDay(cells_, slice);
    }
    for (const FormulaPtr& part : {formula.left, formula.right}) {
      if (part == nullptr) continue;
      ASSIGN_OR_RETURN(const std::optional<int32_t> day, FirstDayOf(*part));
      earlier(day);
    }
    return first;
  }

  void Describe(const KpiBook::Entry& entry, v1::KpiSeries& series) const {
    const v1::Kpi& kpi = *entry.kpi;
    series.set_name(kpi.name());
    series.set_label(kpi.label());
    series.set_unit(UnitName(kpi.unit()));
    series.set_note(kpi.note());
    series.set_formula(kpi.formula());
    series.set_less_is_better(kpi.less_is_better());
    for (const std::string& dimension : SlicesOf(*entry.formula)) series.add_slices(dimension);
  }

  // What all of its measures can be sliced by.
  std::set<std::string> SlicesOf(const Formula& formula) const {
    std::set<std::string> offered;
    bool any = false;
    Offer(formula, any, offered);
    return offered;
  }
  void Offer(const Formula& formula, bool& any, std::set<std::string>& offered) const {
    if (formula.kind == Kind::kKpi) {
      const auto entry = book_.Find(formula.name);
      if (entry.ok()) Offer(*(*entry)->formula, any, offered);
    } else if (formula.kind == Kind::kMeasure && !formula.use.whole) {
      const auto measure = measures_.Find(Spelled(formula.use.measure));
      if (!measure.ok()) return;
      const std::set<std::string> here = measures_.Offered(**measure, formula.use);
      if (!any) {
        offered = here;
      } else {
        for (auto it = offered.begin(); it != offered.end();) {
          it = here.count(*it) == 0 ? offered.erase(it) : std::next(it);
        }
      }
      any = true;
    }
    if (formula.left != nullptr) Offer(*formula.left, any, offered);
    if (formula.right != nullptr) Offer(*formula.right, any, offered);
  }

  absl::Status RefuseOtherSlices(const KpiBook::Entry& entry) const {
    const std::set<std::string> offered = SlicesOf(*entry.formula);
    std::vector<std::string> asked = by_;
    for (const auto& [dimension, value] : only_) asked.push_back(dimension);
    for (const std::string& dimension : asked) {
      if (offered.count(dimension) > 0) continue;
      return absl::InvalidArgumentError(absl::StrCat(
          "cannot be sliced by ", dimension, "; ",
          offered.empty() ? "its measures offer no slices"
                          : absl::StrCat("it can be by ", absl::StrJoin(offered, ", "))));
    }
    return absl::OkStatus();
  }

  absl::Status Answer(const KpiBook::Entry& entry, v1::KpiSeries& series) {
    Describe(entry, series);
    RETURN_IF_ERROR(RefuseOtherSlices(entry));
    ASSIGN_OR_RETURN(const DayRange range, RangeOf(entry));
    ASSIGN_OR_RETURN(const Periods periods,
                     Periods::Over(model_.calendar(), request_.grain(), range, request_.compare()));
    const KpiScene scene{cells_, measures_, book_,    rates_,        periods, request_.grain(),
                         by_,    only_,     end_day_, model_.zone(), at_};
    KpiValues values(scene);
    RETURN_IF_ERROR(values.Read({entry.formula.get(), entry.n.get(), entry.resolved.get()}));
    ASSIGN_OR_RETURN(const std::optional<Number> matures, Matures(entry, periods));
    ASSIGN_OR_RETURN(const KpiTargets targets, KpiTargets::Read(scene, *entry.kpi, ratios_));
    std::set<SliceKey> slices = values.Slices(*entry.formula);
    if (by_.empty()) slices = {SliceKey()};
    const std::vector<std::string> currencies = CurrenciesOf(*entry.formula, values, series);
    const int first = request_.compare() ? 1 : 0;
    points_ += slices.size() * currencies.size() * static_cast<size_t>(periods.size() - first);
    if (points_ > kPointsMax) {
      return absl::InvalidArgumentError(absl::StrCat("the answer has more than ", kPointsMax,
                                                     " numbers; ask for a coarser grain or slice"));
    }
    for (int period = first; period < periods.size(); ++period) {
      for (const SliceKey& slice : slices) {
        for (const std::string& currency : currencies) {
          v1::KpiPoint& point = *series.add_points();
          Place(periods, period, slice, point);
          if (entry.kpi->unit() == v1::Kpi::MONEY) point.set_currency(currency);
          if (mixed_) continue;
          Fill(entry, values, {slice, period, currency}, point);
          if (const auto target = targets.Of({slice, period, currency})) {
            point.set_target(DecimalOf(*target));
          }
          if (matures.has_value()) {
            const int64_t age_days = end_day_ - periods.days(period).end_day;
            point.set_immature(Number(age_days) * Number(86'400) < *matures);
          }
        }
      }
    }
    Remark(*entry.formula, values, series);
    return absl::OkStatus();
  }

  absl::StatusOr<std::optional<Number>> Matures(const KpiBook::Entry& entry,
                                                const Periods& periods) const {
    if (entry.matures_after == nullptr) return std::optional<Number>();
    static const auto& nothing = *new std::vector<std::string>;
    static const auto& no_filter = *new std::map<std::string, std::string>;
    ASSIGN_OR_RETURN(const Periods total, Periods::Over(model_.calendar(), v1::KpiRequest::TOTAL,
                                                        periods.whole(), false));
    const KpiScene scene{cells_,  measures_, book_,    rates_,        total, v1::KpiRequest::TOTAL,
                         nothing, no_filter, end_day_, model_.zone(), at_};
    KpiValues values(scene);
    RETURN_IF_ERROR(values.Read(*entry.matures_after));
    return values.Of(*entry.matures_after, {{}, 0, rates_.market.target()});
  }

  // In which currencies the answer is given: one, or with amounts of several and nothing to convert
  // them to, each on its own. A formula that mixes those with counts has no answer.
  std::vector<std::string> CurrenciesOf(const Formula& formula, const KpiValues& values,
                                        v1::KpiSeries& series) {
    mixed_ = false;
    if (!rates_.market.target().empty()) return {rates_.market.target()};
    const std::set<std::string> found = values.Currencies(formula);
    if (found.size() <= 1) return {found.empty() ? "" : *found.begin()};
    if (!values.KindsOf(formula).counts) return {found.begin(), found.end()};
    mixed_ = true;
    series.add_remarks(absl::StrCat(
        "amounts are in ", absl::StrJoin(found, ", "),
        ", and nothing says what to convert them to; set ask.currency in the model, or ask with a "
        "currency, and publish exchange rates"));
    return {""};
  }

  void Place(const Periods& periods, int period, const SliceKey& slice, v1::KpiPoint& point) const {
    for (const std::string& value : slice) point.add_slice(value);
    point.set_period(periods.NameOf(period));
    point.set_from_day(FormatDay(periods.days(period).first_day));
    point.set_end_day(FormatDay(periods.days(period).end_day));
    point.set_partial(periods.days(period).end_day > end_day_);
  }

  void Fill(const KpiBook::Entry& entry, const KpiValues& values, const KpiValues::At& at,
            v1::KpiPoint& point) const {
    const Formula& formula = *entry.formula;
    if (const auto value = values.Of(formula, at)) point.set_value(DecimalOf(*value));
    if (request_.compare()) {
      const auto before = values.Of(formula, {at.slice, at.period - 1, at.currency});
      if (before.has_value()) point.set_before(DecimalOf(*before));
    }
    std::optional<Number> n = values.Population(formula, at);
    if (formula.kind == Kind::kDivide) {
      const auto numerator = values.Of(*formula.left, at);
      const auto denominator = values.Of(*formula.right, at);
      if (numerator.has_value()) point.set_numerator(DecimalOf(*numerator));
      if (denominator.has_value()) point.set_denominator(DecimalOf(*denominator));
      const KpiValues::Kinds kinds = values.KindsOf(*formula.right);
      if (kinds.counts && !kinds.money && !kinds.buckets) n = denominator;
    }
    if (entry.n != nullptr) n = values.Of(*entry.n, at);
    if (n.has_value()) point.set_n(DecimalOf(*n));
    if (entry.resolved == nullptr) return;
    if (const auto resolved = values.Of(*entry.resolved, at)) {
      point.set_resolved(DecimalOf(*resolved));
    }
  }

  static void Remark(const Formula& formula, const KpiValues& values, v1::KpiSeries& series) {
    if (values.KindsOf(formula).buckets) {
      series.add_remarks("percentiles are read from buckets: at most 1 % off");
    }
    for (const std::string& rate : values.missing_rates()) {
      series.add_remarks(absl::StrCat("there is no rate from ", rate, "; publish exchange_rate"));
    }
  }

  void DescribeMeasures(v1::KpiResponse& response) const {
    for (const auto& [name, known] : measures_.all()) {
      v1::MeasureInfo& info = *response.add_measures();
      info.set_name(name);
      info.set_view(TextOf(known.view->name()));
      info.set_unit(known.measure->unit == Measure::Unit::kMicros ? "money" : "count");
      for (const auto& set : known.measure->grouping_sets) {
        auto& together = *info.add_slices();
        for (const int dimension : set) {
          together.add_dimensions(
              TextOf(known.measure->dimensions[static_cast<size_t>(dimension)]));
        }
      }
    }
  }

  const Engine& engine_;
  const RevenueModel& model_;
  const Look& look_;
  const v1::KpiRequest& request_;
  const int64_t at_;
  const int32_t end_day_;
  const CellScan cells_;
  const Measures measures_;
  const KpiBook book_;
  AllRates rates_;
  AgreedRatios ratios_;
  std::vector<std::string> by_;
  std::map<std::string, std::string> only_;
  bool mixed_ = false;
  size_t points_ = 0;
};

}  // namespace

absl::StatusOr<v1::KpiResponse> AskKpis(const Engine& engine, const Look& look, int64_t now,
                                        const v1::KpiRequest& request) {
  return Asked(engine, look, now, request).Run();
}

}  // namespace revops
