#include "engine/query/kpi_rates.h"

#include <iterator>

#include "engine/base/money.h"
#include "engine/base/status.h"
#include "engine/query/lists.h"
#include "engine/query/views.h"
#include "revops/v1/views.pb.h"

namespace revops {
namespace {

constexpr char kView[] = "company";
constexpr char kIndex[] = "exchange_rates";
constexpr int64_t kBillion = 1'000'000'000;

void Take(const v1::CompanyView& row, const RevenueModel& model, Rates& rates) {
  const bool forward = row.pair().to_currency() == rates.target();
  if (!forward && row.pair().from_currency() != rates.target()) return;
  const std::string& other = forward ? row.pair().from_currency() : row.pair().to_currency();
  for (const auto& span : row.rates()) {
    const Number rate = Number(span.rate_e9()) / Number(kBillion);
    rates.Add(other, model.DayOf(span.from()), forward ? rate : Number(1) / rate);
  }
}

}  // namespace

int Rates::SegmentOf(const std::string& currency, int32_t day) const {
  if (target_.empty() || currency == target_) return 0;
  const auto found = rates_.find(currency);
  if (found == rates_.end()) return -1;
  return static_cast<int>(std::distance(found->second.begin(), found->second.upper_bound(day))) - 1;
}

std::optional<Number> Rates::RateOf(const std::string& currency, int segment) const {
  if (target_.empty() || currency == target_) return Number(1);
  const auto found = rates_.find(currency);
  if (found == rates_.end() || segment < 0 || segment >= static_cast<int>(found->second.size())) {
    return std::nullopt;
  }
  return std::next(found->second.begin(), segment)->second;
}

void Rates::TakeMissing(const Rates& other) {
  for (const auto& [currency, rates] : other.rates_) rates_.emplace(currency, rates);
}

absl::StatusOr<AllRates> ReadRates(const Engine& engine, const Look& look, int64_t now,
                                   const std::string& asked) {
  const std::string& target = asked.empty() ? engine.model().proto().ask().currency() : asked;
  AllRates all{Rates(target), Rates(target)};
  if (target.empty()) return all;
  RETURN_IF_ERROR(Annotate(Currency::Parse(target).status(), "currency"));
  if (!FindView(engine.registry(), kView).ok()) return all;
  v1::ListRequest request;
  request.set_view(kView);
  request.set_index(kIndex);
  request.set_page_size(1000);
  std::vector<v1::CompanyView> pairs;
  do {
    ASSIGN_OR_RETURN(const v1::ListResponse page, ListRows(engine, look, now, request));
    for (const v1::Row& row : page.rows()) {
      v1::CompanyView pair;
      if (row.value().UnpackTo(&pair)) pairs.push_back(std::move(pair));
    }
    request.set_page_token(page.next_page_token());
  } while (!request.page_token().empty());
  for (const bool plan : {false, true}) {
    for (const v1::CompanyView& pair : pairs) {
      if (pair.pair().plan() != plan) continue;
      Take(pair, engine.model(), plan ? all.plan : all.market);
    }
  }
  all.plan.TakeMissing(all.market);
  return all;
}

}  // namespace revops
