#include <algorithm>
#include <cmath>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "engine/base/money.h"
#include "engine/base/status.h"
#include "engine/query/attribution.h"
#include "engine/query/kpi_cells.h"
#include "engine/query/kpi_rates.h"
#include "engine/query/path_models.h"

namespace revops {
namespace {

constexpr absl::string_view kSlices[] = {"channel", "campaign", "team"};
constexpr char kUnattributed[] = "unattributed";
constexpr char kMarkov[] = "markov";
constexpr char kShapley[] = "shapley";
// The unit of attributed_won_e12: one deal.
const Number& OneDeal() {
  static const auto& one = *new Number(1'000'000'000'000);
  return one;
}
// Weights of solved models: wins, in this unit.
constexpr double kWinUnit = 1e9;

// model -> value -> what was counted
using ByModel = std::map<std::string, std::map<std::string, int128>>;

class Asked final {
 public:
  Asked(const Engine& engine, const Look& look, int64_t now, const v1::AttributionRequest& request)
      : engine_(engine),
        look_(look),
        request_(request),
        by_(request.by().empty() ? "channel" : request.by()),
        won_(request.anchor() == v1::AttributionRequest::WON),
        at_(request.at() == 0 ? now : request.at()),
        end_day_(engine.model().DayOf(at_) + 1),
        measures_(engine.registry()),
        cells_(CellsOf(look)) {}

  absl::StatusOr<v1::AttributionResponse> Run() {
    RETURN_IF_ERROR(ReadRequest());
    ASSIGN_OR_RETURN(Sums deals, Read(won_ ? "attributed_won_e12" : "attributed_created_e12"));
    ASSIGN_OR_RETURN(Sums money, Read(won_ ? "attributed_amount" : "attributed_pipeline"));
    NameModels(deals[""]);
    RETURN_IF_ERROR(SolvePaths());
    WriteDeals(deals[""]);
    for (auto& [currency, amounts] : money) RETURN_IF_ERROR(WriteAmounts(currency, amounts));
    response_.set_from_day(FormatDay(days_.first_day));
    response_.set_end_day(FormatDay(days_.end_day));
    return std::move(response_);
  }

 private:
  // currency -> what it was counted as
  using Sums = std::map<std::string, ByModel>;

  absl::Status ReadRequest() {
    if (std::find(std::begin(kSlices), std::end(kSlices), by_) == std::end(kSlices)) {
      return absl::InvalidArgumentError(
          absl::StrCat("by is \"", by_, "\"; it can be ", absl::StrJoin(kSlices, ", ")));
    }
    if (request_.has_campaign() && by_ != "channel") {
      return absl::InvalidArgumentError(absl::StrCat("campaign is given with by \"", by_,
                                                     "\"; one campaign is shown by channel"));
    }
    ASSIGN_OR_RETURN(const AllRates all, ReadRates(engine_, look_, at_, request_.currency()));
    rates_ = all.market;
    days_ = {end_day_ - 1, end_day_};
    if (!request_.end_day().empty()) {
      const auto day = ParseDay(request_.end_day());
      RETURN_IF_ERROR(Annotate(day.status(), "end_day"));
      days_.end_day = *day;
    }
    if (!request_.from_day().empty()) {
      const auto day = ParseDay(request_.from_day());
      RETURN_IF_ERROR(Annotate(day.status(), "from_day"));
      days_.first_day = *day;
    } else {
      RETURN_IF_ERROR(BeginWithTheFirst());
    }
    if (days_.days() <= 0) {
      return absl::InvalidArgumentError(
          absl::StrCat("end_day ", FormatDay(days_.end_day), " is not after from_day ",
                       FormatDay(days_.first_day), "; give a later one"));
    }
    return absl::OkStatus();
  }

  absl::Status BeginWithTheFirst() {
    days_.first_day = days_.end_day - 1;
    for (const char* name :
         {won_ ? "attributed_won_e12" : "attributed_created_e12", "path_steps"}) {
      ASSIGN_OR_RETURN(const Measure* const measure, measures_.Find(name));
      ASSIGN_OR_RETURN(const MeasureSlice slice, measures_.Slice(*measure, {}, {}));
      ASSIGN_OR_RETURN(const std::optional<int32_t> first, FirstDay(cells_, slice));
      if (first.has_value()) days_.first_day = std::min(days_.first_day, *first);
    }
    return absl::OkStatus();
  }

  absl::StatusOr<CountedBySlice> Count(const std::string& name, const std::vector<std::string>& by,
                                       const std::map<std::string, std::string>& only) const {
    ASSIGN_OR_RETURN(const Measure* const measure, measures_.Find(name));
    MeasureUse use;
    use.measure = name;
    std::set<std::string> dimensions(by.begin(), by.end());
    for (const auto& [dimension, value] : only) dimensions.insert(dimension);
    ASSIGN_OR_RETURN(const MeasureSlice slice, measures_.Slice(*measure, use, dimensions));
    ASSIGN_OR_RETURN(const Periods periods, Periods::Over(engine_.model().calendar(),
                                                          v1::KpiRequest::TOTAL, days_, false));
    const CellQuestion question{use, slice, by, only, periods, end_day_, 0, rates_};
    ASSIGN_OR_RETURN(std::vector<CountedBySlice> counted, AddUp(cells_, {&question}));
    return std::move(counted[0]);
  }

  absl::StatusOr<Sums> Read(const std::string& name) {
    std::map<std::string, std::string> only;
    if (request_.has_campaign()) only["campaign"] = request_.campaign();
    ASSIGN_OR_RETURN(const CountedBySlice counted, Count(name, {"model", by_}, only));
    Sums sums;
    for (const auto& [key, periods] : counted) {
      for (const auto& [currency, sum] : periods[0].sums) {
        if (sum == 0) continue;
        const auto [code, amount] = Converted(currency, sum);
        sums[code][key[0]][key[1]] += amount;
      }
    }
    return sums;
  }

  // Of (currency, segment of its rates): as it is if there is nothing to convert it to or by.
  std::pair<std::string, int128> Converted(const std::pair<std::string, int>& from, int128 sum) {
    const std::string& to = rates_.target();
    if (to.empty() || from.first.empty() || from.first == to) return {from.first, sum};
    const std::optional<Number> rate = rates_.RateOf(from.first, from.second);
    if (rate.has_value()) return {to, Rounded(NumberOf(sum) * *rate)};
    if (without_rate_.insert(from.first).second) {
      response_.add_remarks(absl::StrCat("there is no rate from ", from.first, " to ", to,
                                         " on some days; publish exchange_rate"));
    }
    return {from.first, sum};
  }

  // In the order of the revenue model; what only an earlier version of it knew comes last.
  void NameModels(const ByModel& counted) {
    const auto add = [this](const std::string& name) {
      if (std::find(models_.begin(), models_.end(), name) == models_.end()) {
        models_.push_back(name);
        response_.add_models()->set_name(name);
      }
    };
    for (const auto& section : engine_.model().proto().fold().attribution()) {
      for (const auto& model : section.model()) add(model.name());
    }
    for (const auto& [name, values] : counted) add(name);
  }

  absl::Status SolvePaths() {
    const char* why = !won_                     ? "paths end in wins, not in openings"
                      : by_ != "channel"        ? "paths are counted by channel only"
                      : request_.has_campaign() ? "paths are counted for all campaigns together"
                                                : nullptr;
    if (why != nullptr) {
      response_.add_remarks(absl::StrCat("Markov and Shapley are not solved: ", why));
      return absl::OkStatus();
    }
    const auto steps = Count("path_steps", {"from", "to"}, {});
    const auto sets = Count("path_sets", {"channels", "end"}, {});
    RETURN_IF_ERROR(Solve(kMarkov, "Markov", steps.ok() ? sets.status() : steps.status(),
                          [&] { return Markov(*steps, *sets); }));
    return Solve(kShapley, "Shapley", sets.status(), [&] { return Shapley(*sets); });
  }

  // A model that cannot be solved is left out, and the answer says why.
  template <typename Function>
  absl::Status Solve(const char* name, absl::string_view label, absl::Status status,
                     const Function& solve) {
    if (status.ok()) status = solve();
    if (absl::IsFailedPrecondition(status) || absl::IsInvalidArgument(status)) {
      response_.add_remarks(absl::StrCat(label, " is not solved: ", status.message()));
      return absl::OkStatus();
    }
    RETURN_IF_ERROR(status);
    models_.emplace_back(name);
    v1::AttributedBy& model = *response_.add_models();
    model.set_name(name);
    model.set_solved(true);
    return absl::OkStatus();
  }

  static int64_t NumberOfPaths(const std::vector<Counted>& periods) {
    int128 sum = 0;
    for (const auto& [currency, count] : periods[0].sums) sum += count;
    return static_cast<int64_t>(sum);
  }

  absl::Status Markov(const CountedBySlice& steps, const CountedBySlice& sets) {
    PathSteps chain;
    for (const auto& [key, periods] : steps) {
      if (const int64_t count = NumberOfPaths(periods); count != 0) {
        chain[{key[0], key[1]}] = count;
        if (key[1] == kPathWin) wins_by_touch_ += count;
      }
    }
    ASSIGN_OR_RETURN(const MarkovCredits credits, SolveMarkov(chain));
    for (const ChannelCredit& credit : credits.channels) {
      wins_[kMarkov][credit.channel] = credit.share * static_cast<double>(wins_by_touch_);
      effects_[credit.channel] = credit.removal_effect;
    }
    wins_[kMarkov][kUnattributed] = static_cast<double>(WonWithoutTouch(sets));
    return absl::OkStatus();
  }

  static int64_t WonWithoutTouch(const CountedBySlice& sets) {
    const auto found = sets.find({"", "won"});
    return found == sets.end() ? 0 : NumberOfPaths(found->second);
  }

  absl::Status Shapley(const CountedBySlice& sets) {
    std::map<std::string, int64_t> won;
    int64_t paths = 0;
    int64_t paths_won = 0;
    for (const auto& [key, periods] : sets) {
      const int64_t count = NumberOfPaths(periods);
      paths += count;
      if (key[1] != "won") continue;
      paths_won += count;
      if (!key[0].empty() && count != 0) won[key[0]] = count;
    }
    response_.set_paths(paths);
    response_.set_paths_won(paths_won);
    for (const auto& [channel, value] : SolveShapley(won)) wins_[kShapley][channel] = value;
    wins_[kShapley][kUnattributed] = static_cast<double>(WonWithoutTouch(sets));
    return absl::OkStatus();
  }

  // Every value that any model credits, what nobody earned last; a line of a table each.
  std::vector<std::string> ValuesOf(const ByModel& counted, v1::AttributionTable& table) const {
    std::set<std::string> names;
    for (const auto& [model, values] : counted) {
      for (const auto& [value, sum] : values) names.insert(value);
    }
    for (const auto& [model, values] : wins_) {
      for (const auto& [value, wins] : values) names.insert(value);
    }
    names.erase(kUnattributed);
    std::vector<std::string> ordered(names.begin(), names.end());
    ordered.emplace_back(kUnattributed);
    for (const std::string& value : ordered) {
      v1::AttributionLine& line = *table.add_lines();
      line.set_value(value);
      line.set_unattributed(value == kUnattributed);
    }
    return ordered;
  }

  static std::string DecimalOfWins(double wins) { return absl::StrFormat("%.9f", wins); }

  void WriteDeals(const ByModel& counted) {
    v1::AttributionTable& table = *response_.add_tables();
    const std::vector<std::string> values = ValuesOf(counted, table);
    for (const std::string& model : models_) {
      const auto solved = wins_.find(model);
      if (solved != wins_.end()) {
        WriteSolvedDeals(model, solved->second, values, table);
        continue;
      }
      const auto found = counted.find(model);
      static const auto& none = *new std::map<std::string, int128>;
      const auto& sums = found == counted.end() ? none : found->second;
      Number total = 0;
      for (const auto& [value, sum] : sums) total += NumberOf(sum);
      const auto write = [&total](const Number& part, v1::AttributedCredit& credit) {
        credit.set_deals(DecimalOf(part / OneDeal()));
        if (total != 0) credit.set_share(DecimalOf(part / total));
      };
      for (size_t i = 0; i < values.size(); ++i) {
        const auto sum = sums.find(values[i]);
        write(sum == sums.end() ? Number(0) : NumberOf(sum->second),
              *table.mutable_lines(static_cast<int>(i))->add_credits());
      }
      write(total, *table.mutable_total()->add_credits());
    }
  }

  void WriteSolvedDeals(const std::string& model, const std::map<std::string, double>& wins,
                        const std::vector<std::string>& values, v1::AttributionTable& table) const {
    double total = 0;
    for (const auto& [value, part] : wins) total += part;
    const auto write = [total](double part, v1::AttributedCredit& credit) {
      credit.set_deals(DecimalOfWins(part));
      if (total > 0) credit.set_share(DecimalOfWins(part / total));
    };
    for (size_t i = 0; i < values.size(); ++i) {
      v1::AttributedCredit& credit = *table.mutable_lines(static_cast<int>(i))->add_credits();
      const auto part = wins.find(values[i]);
      write(part == wins.end() ? 0 : part->second, credit);
      const auto effect = effects_.find(values[i]);
      if (model == kMarkov && effect != effects_.end()) {
        credit.set_effect(DecimalOfWins(effect->second));
      }
    }
    write(total, *table.mutable_total()->add_credits());
  }

  static int128 Sum(const std::map<std::string, int128>& amounts) {
    int128 sum = 0;
    for (const auto& [value, amount] : amounts) sum += amount;
    return sum;
  }

  absl::Status WriteAmounts(const std::string& currency, ByModel& amounts) {
    ASSIGN_OR_RETURN(const Currency code, Currency::Parse(currency));
    v1::AttributionTable& table = *response_.add_tables();
    table.set_currency(currency);
    const std::vector<std::string> values = ValuesOf(amounts, table);
    // A model that is not in force all the time shares out what was won while it was; the solved
    // ones what was won at all, which is at least what any other shared out.
    int128 whole = 0;
    for (const auto& [model, sums] : amounts) whole = std::max(whole, Sum(sums));
    for (const std::string& model : models_) {
      if (wins_.count(model) > 0) RETURN_IF_ERROR(ShareOut({code, whole}, model, amounts));
      const int128 total = Sum(amounts[model]);
      for (size_t i = 0; i < values.size(); ++i) {
        RETURN_IF_ERROR(WriteAmount({code, amounts[model][values[i]]}, total,
                                    *table.mutable_lines(static_cast<int>(i))->add_credits()));
      }
      RETURN_IF_ERROR(WriteAmount({code, total}, total, *table.mutable_total()->add_credits()));
    }
    return absl::OkStatus();
  }

  // In proportion to the wins that a solved model gives each channel.
  absl::Status ShareOut(const Money& whole, const std::string& model, ByModel& amounts) const {
    std::vector<int64_t> weights;
    int64_t sum = 0;
    for (const auto& [value, wins] : wins_.at(model)) {
      weights.push_back(std::max<int64_t>(0, std::llround(wins * kWinUnit)));
      sum += weights.back();
    }
    if (sum == 0) {
      amounts[model][kUnattributed] = whole.micros();
      return absl::OkStatus();
    }
    ASSIGN_OR_RETURN(const std::vector<Money> parts, whole.Split(weights));
    size_t next = 0;
    for (const auto& [value, wins] : wins_.at(model)) {
      amounts[model][value] = parts[next++].micros();
    }
    return absl::OkStatus();
  }

  static absl::Status WriteAmount(const Money& amount, int128 whole, v1::AttributedCredit& credit) {
    ASSIGN_OR_RETURN(*credit.mutable_amount(), amount.ToProto());
    if (whole != 0) credit.set_share(DecimalOf(NumberOf(amount.micros()) / NumberOf(whole)));
    return absl::OkStatus();
  }

  const Engine& engine_;
  const Look& look_;
  const v1::AttributionRequest& request_;
  const std::string by_;
  const bool won_;
  const int64_t at_;
  const int32_t end_day_;
  Rates rates_;
  std::set<std::string> without_rate_;
  const Measures measures_;
  const CellScan cells_;
  DayRange days_;
  std::vector<std::string> models_;
  // solved model -> channel -> wins
  std::map<std::string, std::map<std::string, double>> wins_;
  std::map<std::string, double> effects_;  // channel -> Markov's
  int64_t wins_by_touch_ = 0;
  v1::AttributionResponse response_;
};

}  // namespace

absl::StatusOr<v1::AttributionResponse> AttributionOfPeriod(const Engine& engine, const Look& look,
                                                            int64_t now,
                                                            const v1::AttributionRequest& request) {
  return Asked(engine, look, now, request).Run();
}

}  // namespace revops
