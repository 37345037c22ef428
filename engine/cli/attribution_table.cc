#include "engine/cli/attribution_table.h"

#include <algorithm>
#include <cstdlib>
#include <set>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "engine/base/money.h"
#include "engine/cli/message_text.h"
#include "engine/cli/rows.h"
#include "engine/event/id.h"
#include "engine/report/kpi_text.h"

namespace revops {
namespace {

// "1234.50": without the currency.
std::string AmountOf(const v1::AttributedCredit& credit) {
  if (!credit.has_amount()) return "";
  const auto amount = Money::FromProto(credit.amount());
  return amount.ok() ? amount->ToText().substr(4) : "";
}

std::string Shown(const v1::AttributedCredit& credit, ShownCredit shown) {
  if (shown == ShownCredit::kDeals) return DecimalText(credit.deals(), 2);
  if (shown == ShownCredit::kShare || !credit.has_amount()) {
    return KpiText({credit.share(), "ratio", ""});
  }
  return DecimalText(AmountOf(credit), 9);
}

bool IsNothing(const v1::AttributedCredit& credit, ShownCredit shown) {
  const std::string number = shown == ShownCredit::kDeals ? credit.deals()
                             : credit.has_amount() && shown == ShownCredit::kAmount
                                 ? AmountOf(credit)
                                 : credit.share();
  return number.find_first_of("123456789") == std::string::npos;
}

std::string NameOf(const v1::AttributionLine& line) {
  if (line.unattributed()) return "unattributed";
  return line.value().empty() ? "(unknown)" : line.value();
}

std::string TeamOf(const v1::CreditedTouch& touch) {
  if (touch.team() == v1::TEAM_UNSPECIFIED) return "";
  return absl::AsciiStrToLower(v1::Team_Name(touch.team()));
}

const v1::AttributedCredit* MarkovOf(const v1::AttributionResponse& response,
                                     const v1::AttributionLine& line) {
  for (int i = 0; i < response.models_size(); ++i) {
    if (response.models(i).name() == "markov") return &line.credits(i);
  }
  return nullptr;
}

class Writer final {
 public:
  Writer(const v1::AttributionResponse& response, const std::string& by, ShownCredit shown,
         bool events)
      : response_(response),
        shown_(shown),
        events_(events),
        of_deal_(response.deal_at() != 0),
        solved_(!of_deal_ && response.tables_size() > 0 &&
                MarkovOf(response, response.tables(0).total()) != nullptr) {
    if (of_deal_) table_.columns = {events_ ? "when" : "day", "touch", "by"};
    table_.columns.push_back(of_deal_ ? "channel" : by);
    for (const auto& model : response.models()) table_.columns.push_back(model.name());
    if (solved_) table_.columns.emplace_back("removal");
    table_.columns.emplace_back("currency");
    if (of_deal_) table_.columns.emplace_back("who");
    if (of_deal_ && events_) table_.columns.emplace_back("event");
  }

  Table Write() {
    for (const v1::AttributionTable& part : response_.tables()) {
      const bool counts = !of_deal_ && part.currency().empty();
      if (!of_deal_ && counts != (shown_ == ShownCredit::kDeals)) continue;
      for (const v1::AttributionLine& line : part.lines()) {
        if (!of_deal_ && !line.unattributed() && IsEmpty(line)) continue;
        Add(part, line, NameOf(line), true);
      }
      Add(part, part.total(), "sum", false);
    }
    NameCurrency();
    DropEmptyColumns(table_);
    return std::move(table_);
  }

 private:
  // One currency is said once, under the table.
  void NameCurrency() {
    const size_t column =
        static_cast<size_t>(std::find(table_.columns.begin(), table_.columns.end(), "currency") -
                            table_.columns.begin());
    std::set<std::string> found;
    for (const auto& row : table_.rows) found.insert(row[column]);
    if (found.size() != 1 || found.begin()->empty() || shown_ != ShownCredit::kAmount) return;
    table_.remarks.push_back(absl::StrCat("Amounts are in ", *found.begin(), "."));
    for (auto& row : table_.rows) row[column].clear();
  }

  bool IsEmpty(const v1::AttributionLine& line) const {
    return std::all_of(line.credits().begin(), line.credits().end(),
                       [this](const auto& credit) { return IsNothing(credit, shown_); });
  }

  void Add(const v1::AttributionTable& part, const v1::AttributionLine& line,
           const std::string& name, bool blank) {
    std::vector<std::string> cells;
    if (of_deal_) {
      const v1::CreditedTouch& touch = line.touch();
      const std::string when = TimeText(touch.at());
      cells = {events_ ? when : when.substr(0, 10), line.has_touch() ? touch.kind() : name,
               TeamOf(touch)};
    }
    cells.push_back(of_deal_ && !line.has_touch() ? "" : name);
    for (const v1::AttributedCredit& credit : line.credits()) {
      cells.push_back(blank && IsNothing(credit, shown_) ? "" : Shown(credit, shown_));
    }
    if (solved_) cells.push_back(EffectOf(line));
    cells.push_back(part.currency());
    if (of_deal_) cells.push_back(line.touch().person().value());
    if (of_deal_ && events_) cells.push_back(line.touch().id());
    table_.rows.push_back(std::move(cells));
  }

  // The removal effect stands with the channel, in the table that counts deals.
  std::string EffectOf(const v1::AttributionLine& asked) const {
    for (const v1::AttributionLine& line : response_.tables(0).lines()) {
      if (line.value() != asked.value() || line.unattributed() != asked.unattributed()) continue;
      const std::string& effect = MarkovOf(response_, line)->effect();
      return effect.empty() ? "" : absl::StrFormat("%.4f", std::strtod(effect.c_str(), nullptr));
    }
    return "";
  }

  const v1::AttributionResponse& response_;
  const ShownCredit shown_;
  const bool events_;
  const bool of_deal_;
  const bool solved_;
  Table table_;
};

}  // namespace

Table CreditTable(const v1::AttributionResponse& response, const std::string& by, ShownCredit shown,
                  bool events) {
  return Writer(response, by, shown, events).Write();
}

Table CreditList(const v1::AttributionResponse& response, const std::string& by) {
  const bool of_deal = response.deal_at() != 0;
  Table table;
  table.columns = {"model", of_deal ? "channel" : by, "currency", "share", "deals", "amount",
                   "effect"};
  if (of_deal) {
    for (const char* column : {"time", "kind", "team", "campaign", "who", "source", "id"}) {
      table.columns.emplace_back(column);
    }
  }
  for (const v1::AttributionTable& part : response.tables()) {
    for (int model = 0; model < response.models_size(); ++model) {
      for (const v1::AttributionLine& line : part.lines()) {
        const v1::AttributedCredit& credit = line.credits(model);
        std::vector<std::string> cells = {response.models(model).name(),
                                          line.unattributed() ? "unattributed" : line.value(),
                                          part.currency(),
                                          credit.share(),
                                          credit.deals(),
                                          AmountOf(credit),
                                          credit.effect()};
        if (of_deal) {
          const v1::CreditedTouch& touch = line.touch();
          for (const std::string& cell :
               {TimeText(touch.at()), touch.kind(), TeamOf(touch), touch.campaign(),
                IdText(touch.person()), touch.source(), touch.id()}) {
            cells.push_back(cell);
          }
        }
        table.rows.push_back(std::move(cells));
      }
    }
  }
  return table;
}

}  // namespace revops
