#include <list>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "engine/base/money.h"
#include "engine/base/status.h"
#include "engine/query/explain_parts.h"
#include "engine/query/group_customers.h"
#include "engine/query/kpi.h"
#include "engine/query/kpi_values.h"
#include "engine/view/journey_head.h"
#include "engine/view/keys.h"

namespace revops {
namespace {

constexpr uint64_t kJourneysATick = 200;

// Cells as folding again gives them. cell key -> value
using FoldedCells = std::map<std::string, int128>;

std::string AddedText(const Measure& measure, int128 value) {
  Number added = NumberOf(value);
  if (measure.unit == Measure::Unit::kMicros) added /= Number(kMicrosPerUnit);
  return DecimalOf(added);
}

// One KPI of one slice and period, explained.
class Explained final {
 public:
  Explained(const Engine& engine, const Look& look, int64_t at, const v1::ExplainRequest& request)
      : engine_(engine),
        look_(look),
        request_(request),
        at_(at),
        measures_(engine.registry()),
        book_(engine.model()) {}

  absl::StatusOr<v1::ExplainResponse> Run(const ExplainProgress& progress) {
    ASSIGN_OR_RETURN(events_max_, EventsMax(request_));
    RETURN_IF_ERROR(AskViews());
    ASSIGN_OR_RETURN(const KpiBook::Entry* const entry, book_.Find(request_.kpi()));
    const v1::KpiPoint& point = response_.kpi().points(0);
    for (const v1::KpiPoint& other : response_.kpi().points()) {
      if (other.period() == point.period()) continue;
      return absl::InvalidArgumentError(
          absl::StrCat("the days lie in several periods; explain one at a time: from ",
                       point.from_day(), " to ", point.end_day()));
    }
    ASSIGN_OR_RETURN(const int32_t first, ParseDay(point.from_day()));
    ASSIGN_OR_RETURN(const int32_t end, ParseDay(point.end_day()));
    ASSIGN_OR_RETURN(const Periods periods, Periods::Over(engine_.model().calendar(),
                                                          request_.grain(), {first, end}, false));
    ASSIGN_OR_RETURN(const AllRates rates, ReadRates(engine_, look_, at_, request_.currency()));
    const std::vector<std::string> by;
    std::map<std::string, std::string> only;
    for (const auto& slice : request_.only()) only[slice.dimension()] = slice.value();
    const int32_t end_day = engine_.model().DayOf(at_) + 1;

    const CellScan stored = WithGroups(CellsOf(look_), engine_, look_, end_day);
    const KpiScene scene{stored,  measures_,
                         book_,   rates,
                         periods, request_.grain(),
                         by,      only,
                         end_day, engine_.model().zone(),
                         at_};
    KpiValues counted(scene);
    RETURN_IF_ERROR(counted.Read(*entry->formula));
    for (const CellQuestion* question : counted.Questions(*entry->formula)) {
      RETURN_IF_ERROR(ListBy(*question));
    }
    RETURN_IF_ERROR(NameMeasures(*entry->formula));
    RETURN_IF_ERROR(FoldAll(progress));

    const CellScan folded = WithGroups(ScanOf(cells_), engine_, look_, end_day);
    const KpiScene again{folded,  measures_,
                         book_,   rates,
                         periods, request_.grain(),
                         by,      only,
                         end_day, engine_.model().zone(),
                         at_};
    KpiValues added(again);
    RETURN_IF_ERROR(added.Read(*entry->formula));
    Compare(counted.Terms(*entry->formula, {{}, 0, ""}), added.Terms(*entry->formula, {{}, 0, ""}));
    return std::move(response_);
  }

 private:
  // The value as it is asked for; that also refuses what cannot be asked.
  absl::Status AskViews() {
    v1::KpiRequest ask;
    ask.add_names(request_.kpi());
    *ask.mutable_only() = request_.only();
    ask.set_from_day(request_.from_day());
    ask.set_end_day(request_.end_day());
    ask.set_grain(request_.grain());
    ask.set_currency(request_.currency());
    ask.set_at(at_);
    ASSIGN_OR_RETURN(v1::KpiResponse answer, AskKpis(engine_, look_, at_, ask));
    response_.mutable_kpi()->Swap(answer.mutable_kpis(0));
    return absl::OkStatus();
  }

  // Those of KPIs it names too, and of what shifts a term: that is no term, but moves one.
  absl::Status NameMeasures(const Formula& formula) {
    absl::Status status;
    ForEachNode(formula, [&](const Formula& node) {
      if (node.kind == Formula::Kind::kMeasure) {
        names_.insert(
            absl::StrReplaceAll(node.use.measure, {{"@grain", NameOf(request_.grain())}}));
        if (node.use.measure == NewCustomersOfGroups().name) {
          names_.insert(MeasuresOfGroups().begin(), MeasuresOfGroups().end());
        }
      }
      if (node.kind != Formula::Kind::kKpi) return;
      const auto named = book_.Find(node.name);
      status.Update(named.ok() ? NameMeasures(*(*named)->formula) : named.status());
    });
    return status;
  }

  // What the question counts, event by event. A group's customer is not any one event's doing: the
  // accounts that were won are listed, of which it counts the first of each group.
  absl::Status ListBy(const CellQuestion& question) {
    const CellQuestion* listed = &question;
    if (question.slice.measure == &NewCustomersOfGroups()) {
      ASSIGN_OR_RETURN(const Measure* const accounts, measures_.Find(kNewCustomersByAccount));
      std::set<std::string> also = {"customer"};
      for (const auto& [dimension, value] : question.only) also.insert(dimension);
      ASSIGN_OR_RETURN(MeasureSlice slice, measures_.Slice(*accounts, question.use, also));
      slices_.push_back(std::move(slice));
      listed = &questions_.emplace_back(
          CellQuestion{question.use, slices_.back(), question.by, question.only, question.periods,
                       question.end_day, question.shift_days, question.rates});
    }
    adders_.push_back({listed, std::make_unique<CellAdder>(*listed)});
    return absl::OkStatus();
  }

  absl::Status FoldAll(const ExplainProgress& progress) {
    uint64_t total = 0;
    for (const PartitionLook& one : look_) total += one.progress.journeys();
    for (const PartitionLook& one : look_) {
      const std::string prefix(1, keys::Head(0)[0]);
      const std::unique_ptr<ViewCursor> heads = one.store->Walk(prefix, "", WalkOrder::kAscending);
      for (; heads->valid(); heads->Next()) {
        const uint128 root16 = keys::RootAt(heads->key(), prefix.size());
        RETURN_IF_ERROR(FoldOne(*one.store, root16));
        if (progress != nullptr && response_.journeys() % kJourneysATick == 0) {
          progress(response_.journeys(), total);
        }
      }
      RETURN_IF_ERROR(heads->status());
    }
    return absl::OkStatus();
  }

  absl::Status FoldOne(const ViewReader& store, uint128 root16) {
    std::string bytes;
    ASSIGN_OR_RETURN(const bool found, store.Get(keys::Head(root16), bytes));
    if (!found) return absl::OkStatus();
    ASSIGN_OR_RETURN(const HeadView head, ViewHead(bytes));
    const Id root = Id::FromBytes(head.root);
    response_.set_journeys(response_.journeys() + 1);
    return Refold(engine_, store, root16, [&](const RefoldStep& step) { return Take(step, root); })
        .status();
  }

  absl::Status Take(const RefoldStep& step, const Id& root) {
    // In the order of their keys, so that an explanation is the same each time.
    std::map<std::string, int128> changed;
    for (const auto& [key, value] : step.cells.sums()) {
      if (value != 0) changed.emplace(key, value);
    }
    v1::ExplainedEvent event;
    for (const auto& [key, value] : changed) {
      ASSIGN_OR_RETURN(const CellName cell, ParseCellKey(key));
      if (names_.count(std::string(cell.measure)) == 0) continue;
      cells_[key] += value;
      RETURN_IF_ERROR(List(cell, value, event));
    }
    if (event.cells().empty()) return absl::OkStatus();
    response_.set_events_count(response_.events_count() + 1);
    if (response_.events_size() < events_max_) {
      DescribeItem(step.item, root, event);
      response_.add_events()->Swap(&event);
    }
    return absl::OkStatus();
  }

  // Names the cell if the formula reads it.
  absl::Status List(const CellName& cell, int128 value, v1::ExplainedEvent& event) {
    for (auto& [question, adder] : adders_) {
      const MeasureSlice& slice = question->slice;
      if (slice.measure->name != cell.measure || slice.set != cell.set) continue;
      ASSIGN_OR_RETURN(const bool taken, adder->Take(cell, value));
      if (!taken) continue;
      v1::CellChange& change = *event.add_cells();
      change.set_measure(std::string(cell.measure));
      change.set_day(FormatDay(cell.day));
      for (const auto& [dimension, place] : slice.places) {
        auto& named = *change.add_slice();
        named.set_dimension(dimension);
        named.set_value(std::string(cell.dims[static_cast<size_t>(place)]));
      }
      change.set_added(AddedText(*slice.measure, value));
      return absl::OkStatus();
    }
    return absl::OkStatus();
  }

  using Terms = std::map<std::pair<std::string, std::string>, int128>;
  void Compare(const Terms& counted, const Terms& added) {
    Terms all = counted;
    all.insert(added.begin(), added.end());
    bool equal = true;
    for (const auto& [key, unused] : all) {
      const auto number = [&key = key](const Terms& terms) {
        const auto found = terms.find(key);
        return found == terms.end() ? int128{0} : found->second;
      };
      equal = equal && number(counted) == number(added);
      v1::ExplainedTerm& term = *response_.add_terms();
      term.set_term(key.first);
      term.set_currency(key.second);
      const Number scale = key.second.empty() ? 1 : kMicrosPerUnit;
      term.set_counted(DecimalOf(NumberOf(number(counted)) / scale));
      term.set_added(DecimalOf(NumberOf(number(added)) / scale));
    }
    response_.set_equal(equal);
  }

  const Engine& engine_;
  const Look& look_;
  const v1::ExplainRequest& request_;
  const int64_t at_;
  const Measures measures_;
  const KpiBook book_;
  int events_max_ = 0;
  std::list<MeasureSlice> slices_;     // of questions_
  std::list<CellQuestion> questions_;  // that stand for one of groups
  std::vector<std::pair<const CellQuestion*, std::unique_ptr<CellAdder>>> adders_;
  std::set<std::string> names_;  // of the measures that the formula reads
  FoldedCells cells_;
  v1::ExplainResponse response_;
};

}  // namespace

absl::StatusOr<v1::ExplainResponse> ExplainKpi(const Engine& engine, const Look& look, int64_t now,
                                               const v1::ExplainRequest& request,
                                               const ExplainProgress& progress) {
  return Explained(engine, look, request.at() == 0 ? now : request.at(), request).Run(progress);
}

}  // namespace revops
