#include "engine/query/bridge.h"

#include <algorithm>
#include <iterator>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "engine/base/money.h"
#include "engine/base/status.h"
#include "engine/query/kpi_cells.h"

namespace revops {
namespace {

constexpr absl::string_view kSlices[] = {"pipeline",
                                         "stage",
                                         "owner",
                                         "team",
                                         "close_month",
                                         "sourced_by",
                                         "motion",
                                         "team,close_month",
                                         "sourced_by,close_month",
                                         "team,sourced_by"};
// In the order of the lines.
constexpr absl::string_view kFlows[] = {"created",   "moved_in",  "increased",
                                        "decreased", "moved_out", "won",
                                        "lost",      "scrubbed",  "reopened"};

// One line before it is written: counts, and amounts by currency and rate.
struct Line {
  int128 count = 0;
  std::map<std::pair<std::string, int>, int128> amounts;
};

// value -> flow ("" is the opening) -> line
using Lines = std::map<std::string, std::map<std::string, Line>>;

class Asked final {
 public:
  Asked(const Engine& engine, const Look& look, int64_t now, const v1::BridgeRequest& request)
      : engine_(engine),
        look_(look),
        request_(request),
        at_(request.at() == 0 ? now : request.at()),
        measures_(engine.registry()),
        cells_(CellsOf(look)) {}

  absl::StatusOr<v1::BridgeResponse> Run() {
    RETURN_IF_ERROR(ReadRequest());
    RETURN_IF_ERROR(AddUpFlows("pipeline_flow_count"));
    RETURN_IF_ERROR(AddUpFlows("pipeline_flow_amount"));
    v1::BridgeResponse response;
    RETURN_IF_ERROR(NameUnknown(response));
    if (lines_.empty() && (request_.slice().empty() || request_.values_size() > 0)) {
      lines_[NameOfValues()];
    }
    for (const auto& [value, lines] : lines_) Write(value, lines, response);
    return response;
  }

 private:
  absl::StatusOr<int32_t> DayOf(const std::string& text, absl::string_view field) const {
    if (text.empty()) {
      return absl::InvalidArgumentError(
          absl::StrCat(field, " is missing; give a day: \"2025-03-01\""));
    }
    const auto day = ParseDay(text);
    RETURN_IF_ERROR(Annotate(day.status(), field));
    return *day;
  }

  absl::Status ReadRequest() {
    ASSIGN_OR_RETURN(days_.first_day, DayOf(request_.from_day(), "from_day"));
    ASSIGN_OR_RETURN(days_.end_day, DayOf(request_.end_day(), "end_day"));
    if (days_.days() <= 0) {
      return absl::InvalidArgumentError(absl::StrCat("end_day ", request_.end_day(),
                                                     " is not after from_day ", request_.from_day(),
                                                     "; give a later one"));
    }
    const std::string& slice = request_.slice();
    if (!slice.empty() &&
        std::find(std::begin(kSlices), std::end(kSlices), slice) == std::end(kSlices)) {
      return absl::InvalidArgumentError(
          absl::StrCat("slice is \"", slice, "\"; it can be ", absl::StrJoin(kSlices, "; ")));
    }
    if (slice.empty() && request_.values_size() > 0) {
      return absl::InvalidArgumentError("values are given without a slice; name whose they are");
    }
    values_.insert(request_.values().begin(), request_.values().end());
    ASSIGN_OR_RETURN(const AllRates all, ReadRates(engine_, look_, at_, request_.currency()));
    rates_ = all.plan;
    return absl::OkStatus();
  }

  std::string NameOfValues() const { return absl::StrJoin(values_, ", "); }

  absl::Status AddUpFlows(const std::string& name) {
    ASSIGN_OR_RETURN(const Measure* const measure, measures_.Find(name));
    const std::vector<std::string> by = {"value", "flow", "other"};
    const std::map<std::string, std::string> only = {{"slice", request_.slice()}};
    MeasureUse opening, flows;
    opening.measure = flows.measure = name;
    opening.over = Over::kOpening;
    ASSIGN_OR_RETURN(const MeasureSlice slice,
                     measures_.Slice(*measure, flows, {"slice", "value", "flow", "other"}));
    ASSIGN_OR_RETURN(const Periods periods, Periods::Over(engine_.model().calendar(),
                                                          v1::KpiRequest::TOTAL, days_, false));
    const int32_t end_day = engine_.model().DayOf(at_) + 1;
    const CellQuestion before{opening, slice, by, only, periods, end_day, 0, rates_};
    const CellQuestion within{flows, slice, by, only, periods, end_day, 0, rates_};
    ASSIGN_OR_RETURN(const std::vector<CountedBySlice> counted, AddUp(cells_, {&before, &within}));
    const bool money = measure->unit == Measure::Unit::kMicros;
    TakeFlows(counted[0], true, money);
    TakeFlows(counted[1], false, money);
    return absl::OkStatus();
  }

  // Says which of the values asked for no deal ever had. A month that no deal is to close in is one
  // all the same.
  absl::Status NameUnknown(v1::BridgeResponse& response) const {
    constexpr size_t kOfferedMax = 20;
    std::vector<std::string> unknown;
    std::set_difference(values_.begin(), values_.end(), known_.begin(), known_.end(),
                        std::back_inserter(unknown));
    if (unknown.empty()) return absl::OkStatus();
    std::vector<std::string> offered(known_.begin(), known_.end());
    if (offered.size() > kOfferedMax) offered.resize(kOfferedMax);
    const std::string text = absl::StrCat(
        "no deal had the ", request_.slice(), " \"", absl::StrJoin(unknown, "\", \""), "\" before ",
        request_.end_day(), "; there are ", offered.empty() ? "none" : absl::StrJoin(offered, ", "),
        offered.size() < known_.size() ? ", …" : "");
    const bool months = absl::StrContains(request_.slice(), "close_month");
    if (unknown.size() == values_.size() && !months) return absl::NotFoundError(text);
    response.add_remarks(text);
    return absl::OkStatus();
  }

  void TakeFlows(const CountedBySlice& counted, bool opening, bool money) {
    for (const auto& [key, sums] : counted) {
      const std::string& value = key[0];
      known_.insert(value);
      // What moves between two of the values asked for stays within them.
      if (!values_.empty() &&
          (values_.count(value) == 0 ||
           (absl::string_view(key[1]).substr(0, 5) == "moved" && values_.count(key[2]) > 0))) {
        continue;
      }
      Line& line = lines_[values_.empty() ? value : NameOfValues()][opening ? "" : key[1]];
      for (const auto& [currency, sum] : sums[0].sums) {
        if (money) {
          line.amounts[currency] += sum;
        } else {
          line.count += sum;
        }
      }
    }
  }

  // In the asked currency, at the rates of the flow's own days, or of `day` if there is one.
  // Nothing if a rate is missing.
  std::optional<Number> AmountOf(const Line& line, const std::string& currency,
                                 std::optional<int32_t> day) {
    Number sum = 0;
    for (const auto& [key, micros] : line.amounts) {
      if (micros == 0) continue;
      if (rates_.target().empty()) {
        if (key.first == currency) sum += NumberOf(micros);
        continue;
      }
      const int segment = day.has_value() ? rates_.SegmentOf(key.first, *day) : key.second;
      const std::optional<Number> rate = rates_.RateOf(key.first, segment);
      if (!rate.has_value()) {
        missing_.insert(key.first);
        return std::nullopt;
      }
      sum += NumberOf(micros) * *rate;
    }
    return sum / Number(kMicrosPerUnit);
  }

  void Write(const std::string& value, const std::map<std::string, Line>& lines,
             v1::BridgeResponse& response) {
    std::set<std::string> currencies;
    for (const auto& [flow, line] : lines) {
      for (const auto& [key, micros] : line.amounts) {
        if (micros != 0) currencies.insert(key.first);
      }
    }
    if (!rates_.target().empty()) currencies = {rates_.target()};
    if (currencies.empty()) currencies.insert("");
    for (const std::string& currency : currencies) {
      v1::Bridge bridge;
      bridge.set_value(value);
      bridge.set_currency(currency);
      missing_.clear();
      WriteLines(lines, currency, bridge);
      for (const std::string& missing : missing_) {
        response.add_remarks(absl::StrCat("there is no rate from ", missing, " to ",
                                          rates_.target(), "; publish exchange_rate"));
      }
      *response.add_bridges() = std::move(bridge);
    }
  }

  void WriteLines(const std::map<std::string, Line>& lines, const std::string& currency,
                  v1::Bridge& bridge) {
    const auto find = [&lines](absl::string_view flow) {
      const auto found = lines.find(std::string(flow));
      return found == lines.end() ? Line() : found->second;
    };
    const auto write = [&bridge](absl::string_view flow, std::optional<int128> count,
                                 const std::optional<Number>& amount) {
      v1::BridgeLine& line = *bridge.add_lines();
      line.set_flow(std::string(flow));
      if (count.has_value()) line.set_count(ToDecimal(*count));
      if (amount.has_value()) line.set_value(DecimalOf(*amount));
    };
    const Line opening = find("");
    const auto opening_amount = AmountOf(opening, currency, days_.first_day - 1);
    write("opening", opening.count, opening_amount);
    Line closing = opening;
    std::optional<Number> flows = opening_amount;
    for (const absl::string_view flow : kFlows) {
      const Line line = find(flow);
      const bool changes = flow == "increased" || flow == "decreased";
      const auto amount = AmountOf(line, currency, std::nullopt);
      write(flow, changes ? std::nullopt : std::optional<int128>(line.count), amount);
      closing.count += line.count;
      for (const auto& [key, micros] : line.amounts) closing.amounts[{key.first, 0}] += micros;
      if (flows.has_value() && amount.has_value()) {
        *flows += *amount;
      } else {
        flows.reset();
      }
    }
    const auto closing_amount = AmountOf(closing, currency, days_.end_day - 1);
    if (!rates_.target().empty() && flows.has_value() && closing_amount.has_value()) {
      write("revaluation", std::nullopt, Number(*closing_amount - *flows));
    }
    write("closing", closing.count, closing_amount);
  }

  const Engine& engine_;
  const Look& look_;
  const v1::BridgeRequest& request_;
  const int64_t at_;
  const Measures measures_;
  const CellScan cells_;
  DayRange days_;
  std::set<std::string> values_;
  std::set<std::string> known_;  // values that deals had
  Rates rates_;
  Lines lines_;
  std::set<std::string> missing_;
};

}  // namespace

absl::StatusOr<v1::BridgeResponse> AskBridge(const Engine& engine, const Look& look, int64_t now,
                                             const v1::BridgeRequest& request) {
  return Asked(engine, look, now, request).Run();
}

}  // namespace revops
