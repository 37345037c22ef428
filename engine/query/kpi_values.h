// Works formulas out: reads what their measures counted once, then gives a number for any period,
// slice and currency.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "engine/base/civil.h"
#include "engine/query/kpi_book.h"
#include "engine/query/kpi_cells.h"

namespace revops {

// What all formulas of one question share. Lifetime: borrows all of it.
struct KpiScene {
  const CellScan& cells;
  const Measures& measures;
  const KpiBook& book;
  const AllRates& rates;
  const Periods& periods;
  v1::KpiRequest::Grain grain;
  const std::vector<std::string>& by;
  const std::map<std::string, std::string>& only;
  int32_t end_day;  // days from here on lie after the asking instant
  const Zone& zone;
  int64_t at;  // the asking instant
};

class KpiValues final {
 public:
  explicit KpiValues(const KpiScene& scene) : scene_(scene) {}

  // Reads what `formula` needs. Lifetime: the formula outlives the values.
  // Errors: kInvalidArgument for a measure or slice that there is not (offers what there is); those
  // of reading.
  absl::Status Read(const Formula& formula) { return Read(std::vector<const Formula*>{&formula}); }
  // Reads cells once that several of them need. A null is left out.
  absl::Status Read(const std::vector<const Formula*>& formulas);

  // What was read of it.
  struct At {
    const SliceKey& slice;
    int period;
    const std::string& currency;  // which amounts count, while there is no reporting currency
  };
  // Nothing if it is unknown: a division by 0, a rate that is missing.
  // REQUIRES: Read(formula) was ok.
  std::optional<Number> Of(const Formula& formula, const At& at) const;

  // What was read of each measure, as formulas write it, of one slice and period: (term, currency)
  // -> sum in micros or counts. REQUIRES: as above.
  std::map<std::pair<std::string, std::string>, int128> Terms(const Formula& formula,
                                                              const At& at) const;

  // What is asked of the cells for it, one question a measure. REQUIRES: as above. Lifetime: that
  // of this object.
  std::vector<const CellQuestion*> Questions(const Formula& formula) const;

  // Slices under which anything was counted, and currencies in which. REQUIRES: as above.
  std::set<SliceKey> Slices(const Formula& formula) const;
  std::set<std::string> Currencies(const Formula& formula) const;

  // Whether it adds up amounts; counts; whether it reads buckets.
  struct Kinds {
    bool money = false;
    bool counts = false;
    bool buckets = false;
  };
  Kinds KindsOf(const Formula& formula) const;

  // How many numbers a formula that is one percentile rests on; nothing if it is none.
  std::optional<Number> Population(const Formula& formula, const At& at) const;

  // "USD on 2025-03-01": rates that were needed and not there.
  const std::set<std::string>& missing_rates() const { return missing_rates_; }

 private:
  struct Leaf {
    const MeasureUse* use = nullptr;
    const Measure* measure = nullptr;
    bool unknown = false;  // what shifts it is
    MeasureSlice slice;
    std::unique_ptr<const CellQuestion> question;  // null: unknown
    CountedBySlice counted;
  };
  // A formula worked out for each value of one more dimension.
  struct Many {
    std::vector<std::string> by;  // the asked dimensions, and that one
    std::unique_ptr<const KpiScene> scene;
    std::unique_ptr<KpiValues> values;
  };
  absl::Status CollectMany(const Formula& node);
  Number ManyOf(const Formula& node, const At& at) const;
  absl::StatusOr<std::optional<int32_t>> ShiftOf(const MeasureUse& use) const;
  // Makes a leaf of each measure of the formula, to be counted by CountWaiting.
  absl::Status Collect(const Formula& formula);
  absl::Status CollectLeaf(const Formula& node);
  // Counts the leaves that wait, those of one measure and set together.
  absl::Status CountWaiting();
  const Rates& RatesOf(const MeasureUse& use) const;
  const Counted* Find(const Leaf& leaf, const At& at) const;
  std::optional<Number> SumOf(const Leaf& leaf, const At& at) const;
  // (currency, segment of its rates), as in Counted
  using CurrencyOfDay = std::pair<std::string, int>;
  // What one unit of it adds to the answer; nothing if there is no rate.
  std::optional<Number> WorthOf(const Leaf& leaf, const CurrencyOfDay& paid, const At& at) const;
  std::optional<Number> PercentileOf(const Leaf& leaf, const Counted& counted, const At& at) const;
  template <typename Each>
  void ForEachLeaf(const Formula& formula, const Each& each) const;

  const KpiScene& scene_;
  std::map<const Formula*, Leaf> leaves_;
  std::map<const Formula*, Many> many_;
  std::vector<Leaf*> waiting_;
  mutable std::set<std::string> missing_rates_;
};

}  // namespace revops
