#include "engine/query/attribution.h"

#include <optional>
#include <string>

#include "absl/strings/str_cat.h"
#include "engine/base/money.h"
#include "engine/base/status.h"
#include "engine/event/id.h"
#include "engine/query/kpi_number.h"
#include "engine/query/rows.h"
#include "revops/v1/views.pb.h"

namespace revops {
namespace {

int128 WeightOf(const v1::ModelCredit& credit) {
  int128 sum = 0;
  for (const int64_t weight : credit.weights()) sum += weight;
  return sum;
}

// What the touch at `index` gets, or (-1) what nobody does.
absl::StatusOr<v1::AttributedCredit> CreditOf(const v1::AttributedDeal& deal,
                                              const v1::ModelCredit& credit, int index) {
  v1::AttributedCredit part;
  const bool nobody = credit.weights().empty();
  const Number share = nobody ? Number(index < 0 ? 1 : 0)
                       : index < 0
                           ? Number(0)
                           : Number(NumberOf(credit.weights(index)) / NumberOf(WeightOf(credit)));
  part.set_share(DecimalOf(share));
  if (!deal.has_amount()) return part;
  if (!nobody && index >= 0) {
    *part.mutable_amount() = credit.amounts(index);
    return part;
  }
  ASSIGN_OR_RETURN(const Money whole, Money::FromProto(deal.amount()));
  const Money amount(whole.currency(), nobody && index < 0 ? whole.micros() : 0);
  ASSIGN_OR_RETURN(*part.mutable_amount(), amount.ToProto());
  return part;
}

void WriteTouch(const v1::AttributedTouch& from, v1::AttributionLine& line) {
  line.set_value(from.channel());
  v1::CreditedTouch& touch = *line.mutable_touch();
  touch.set_at(from.at());
  touch.set_kind(from.kind());
  touch.set_source(from.source());
  touch.set_id(from.event_id());
  touch.set_campaign(from.campaign());
  touch.set_team(from.team());
  if (!from.person().empty()) *touch.mutable_person() = Id::FromBytes(from.person()).ToProto();
}

absl::Status WriteTotal(int models, v1::AttributionTable& table) {
  for (int model = 0; model < models; ++model) {
    v1::AttributedCredit& total = *table.mutable_total()->add_credits();
    total.set_share("1");
    std::optional<Money> sum;
    for (const v1::AttributionLine& line : table.lines()) {
      if (!line.credits(model).has_amount()) continue;
      ASSIGN_OR_RETURN(const Money amount, Money::FromProto(line.credits(model).amount()));
      if (!sum.has_value()) {
        sum = amount;
      } else {
        ASSIGN_OR_RETURN(sum, sum->Plus(amount));
      }
    }
    if (!sum.has_value()) continue;
    ASSIGN_OR_RETURN(*total.mutable_amount(), sum->ToProto());
  }
  return absl::OkStatus();
}

absl::Status Describe(const v1::AttributedDeal& deal, v1::AttributionResponse& response) {
  response.set_deal_at(deal.at());
  response.set_people(deal.people());
  response.set_lookback_from(deal.lookback_from());
  for (const v1::ModelCredit& credit : deal.credits()) {
    response.add_models()->set_name(credit.model());
  }
  v1::AttributionTable& table = *response.add_tables();
  table.set_currency(deal.amount().currency_code());
  for (int index = 0; index <= deal.touches_size(); ++index) {
    const bool touch = index < deal.touches_size();
    v1::AttributionLine& line = *table.add_lines();
    if (touch) WriteTouch(deal.touches(index), line);
    line.set_unattributed(!touch);
    for (const v1::ModelCredit& credit : deal.credits()) {
      ASSIGN_OR_RETURN(*line.add_credits(), CreditOf(deal, credit, touch ? index : -1));
    }
  }
  if (deal.touches_left_out() > 0) {
    response.add_remarks(absl::StrCat(deal.touches_left_out(),
                                      " touches from the middle of the path are left out; they "
                                      "get nothing"));
  }
  return WriteTotal(deal.credits_size(), table);
}

absl::StatusOr<v1::AttributionResponse> OfDeal(const Engine& engine, const Look& look, int64_t now,
                                               const v1::AttributionRequest& request) {
  v1::GetRequest get;
  get.set_view("attribution");
  *get.mutable_id() = request.deal();
  get.set_at(request.at());
  ASSIGN_OR_RETURN(const v1::GetResponse rows, GetRows(engine, look, now, get));
  v1::AttributionView view;
  if (!rows.rows(0).value().UnpackTo(&view)) {
    return absl::InternalError("a row of attribution is no AttributionView");
  }
  const bool won = request.anchor() == v1::AttributionRequest::WON;
  const std::string deal = ToText(Id(request.deal()));
  if (!view.has_won() && !view.has_created()) {
    return absl::NotFoundError(absl::StrCat(deal, " is no deal that was won or opened"));
  }
  if (won ? !view.has_won() : !view.has_created()) {
    return absl::NotFoundError(
        absl::StrCat(deal, won ? " is not won; ask for the credit of its opening (anchor OPENED)"
                               : " has no opening that was folded"));
  }
  v1::AttributionResponse response;
  RETURN_IF_ERROR(Describe(won ? view.won() : view.created(), response));
  return response;
}

}  // namespace

absl::StatusOr<v1::AttributionResponse> AskAttribution(const Engine& engine, const Look& look,
                                                       int64_t now,
                                                       const v1::AttributionRequest& request) {
  if (!request.has_deal()) return AttributionOfPeriod(engine, look, now, request);
  if (!request.from_day().empty() || !request.end_day().empty() || !request.by().empty() ||
      request.has_campaign()) {
    return absl::InvalidArgumentError(
        "deal is given together with a period or a slice; ask for the one or the other");
  }
  return OfDeal(engine, look, now, request);
}

}  // namespace revops
