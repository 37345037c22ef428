#include "tests/support/toy_projections.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "engine/base/hash.h"
#include "engine/base/wire.h"
#include "engine/fold/row_set.h"
#include "tests/support/toy.pb.h"

namespace revops::test {
namespace {

// Everything that a fold may see of a fact.
std::string TextOf(const Fact& fact) {
  std::string text;
  PutSigned(fact.occurred_at, text);
  PutSigned(fact.recorded_at, text);
  for (const Id& id : {fact.root, fact.person, fact.opportunity}) PutBytes(id.bytes(), text);
  if (fact.event != nullptr) PutBytes(DeterministicBytes(*fact.event), text);
  if (fact.tenure != nullptr) {
    PutBytes(fact.tenure->person.bytes(), text);
    PutBytes(fact.tenure->other.bytes(), text);
    text.push_back(fact.tenure->joined ? 1 : 0);
  }
  if (fact.derived != nullptr) {
    PutBytes(fact.derived->GetTypeName(), text);
    PutBytes(DeterministicBytes(*fact.derived), text);
  }
  return text;
}

uint64_t Chain(uint64_t chain, const Fact& fact) {
  std::string link;
  PutVarint(chain, link);
  link.append(TextOf(fact));
  return Hash64(link);
}

// Points of an event itself; 0 for what is no touch.
int64_t PointsOf(const Fact& fact) {
  if (fact.event == nullptr || fact.derived != nullptr) return 0;
  switch (fact.event->body_case()) {
    case v1::Event::kPageView:
      return 1;
    case v1::Event::kForm:
      return 3;
    case v1::Event::kChat:
      return 2 + static_cast<int64_t>(fact.event->chat().text().size() % 3);
    default:
      return 0;
  }
}

std::string Decimal(int64_t value) { return absl::StrCat(value); }

class ToyProjection : public Projection {
 public:
  ToyProjection(absl::string_view name, const google::protobuf::Message& prototype,
                std::vector<Measure> measures, std::vector<IndexList> indexes)
      : name_(name),
        prototype_(prototype),
        measures_(std::move(measures)),
        indexes_(std::move(indexes)) {}

  absl::string_view name() const override { return name_; }
  int version() const override { return 1; }
  absl::string_view summary() const override { return "A toy of the test kit."; }
  const google::protobuf::Message& prototype() const override { return prototype_; }
  const std::vector<Measure>& measures() const override { return measures_; }
  const std::vector<IndexList>& indexes() const override { return indexes_; }
  std::vector<IndexKey> IndexKeys(const google::protobuf::Message&) const override { return {}; }
  void Present(int64_t, const RevenueModel&, google::protobuf::Message&) const override {}

 private:
  const absl::string_view name_;
  const google::protobuf::Message& prototype_;
  const std::vector<Measure> measures_;
  const std::vector<IndexList> indexes_;
};

class ToyPeople final : public ToyProjection {
 public:
  ToyPeople()
      : ToyProjection("toy_people", ToyPerson::default_instance(),
                      {{"toy_touches",
                        Measure::Unit::kCount,
                        {"channel", "kind", "source"},
                        {{}, {0}, {0, 1}, {2, 0}}},
                       {"toy_points", Measure::Unit::kCount, {"person"}, {{}, {0}}},
                       {"toy_qualified", Measure::Unit::kCount, {"kind"}, {{}, {0}}}},
                      {{"by_points", "points, most first"}, {"by_trace", "the chain"}}) {}

  absl::Status Apply(const Fact& fact, Fold& fold) const override {
    if (fact.event == nullptr || fact.derived != nullptr || fact.person.empty()) {
      return absl::OkStatus();
    }
    const int32_t day = fold.model().DayOf(fact.occurred_at);
    if (fact.event->has_entity_deleted()) {
      if (fold.find<ToyPerson>(fact.person) == nullptr) {
        return absl::InvalidArgumentError("deleted before it was there");
      }
      fold.Remove(fact.person);
      return absl::OkStatus();
    }
    ToyPerson& row = fold.row<ToyPerson>(fact.person);
    row.set_chain(Chain(row.chain(), fact));
    row.set_facts(row.facts() + 1);
    const int64_t points = PointsOf(fact);
    if (points == 0) return absl::OkStatus();
    row.set_points(row.points() + points);
    const std::string kind = Decimal(fact.event->body_case());
    fold.Count(measures()[0], day, {fact.event->channel(), kind, fact.event->source()}, 1);
    fold.Count(measures()[1], day, {fact.person.value()}, points * int128{1'000'000'007});
    if (row.points() < 5 || row.qualified()) return absl::OkStatus();
    row.set_qualified(true);
    fold.Count(measures()[2], day, {Decimal(fact.person.kind())}, 1);
    auto qualified = std::make_unique<ToyQualified>();
    qualified->set_person(fact.person.bytes());
    qualified->set_points(row.points());
    fold.Derive(std::move(qualified));
    return absl::OkStatus();
  }

  std::vector<IndexKey> IndexKeys(const google::protobuf::Message& message) const override {
    const auto& row = static_cast<const ToyPerson&>(message);
    std::vector<IndexKey> keys;
    if (row.points() > 0) {
      std::string sort_key;
      PutOrdered64(-row.points(), sort_key);
      keys.push_back({"by_points", std::move(sort_key)});
    }
    // Lengths vary, and some are empty.
    keys.push_back({"by_trace", Decimal(row.chain()).substr(0, row.chain() % 7)});
    return keys;
  }
};

class ToyDeals final : public ToyProjection {
 public:
  ToyDeals()
      : ToyProjection("toy_deals", ToyDeal::default_instance(),
                      {{"toy_pipeline", Measure::Unit::kMicros, {"currency"}, {{0}}},
                       {"toy_won", Measure::Unit::kCount, {"mask"}, {{}, {0}}},
                       {"toy_paths", Measure::Unit::kCount, {"mask"}, {{0}}},
                       {"toy_edges", Measure::Unit::kCount, {"from", "to"}, {{0, 1}, {1}}},
                       {"toy_qualified_in_deal", Measure::Unit::kCount, {}, {{}}}},
                      {{"open_by_amount", "amount of the open ones"}}) {}

  absl::Status Apply(const Fact& fact, Fold& fold) const override {
    if (fact.event == nullptr) return absl::OkStatus();
    const Id entity = fact.opportunity.empty() ? fact.root : fact.opportunity;
    const int32_t day = fold.model().DayOf(fact.occurred_at);
    if (fact.As<ToyQualified>() != nullptr) {
      const ToyDeal* deal = fold.find<ToyDeal>(entity);
      if (deal != nullptr && deal->open()) fold.Count(measures()[4], day, {}, 1);
      return absl::OkStatus();
    }
    if (fact.derived != nullptr) return absl::OkStatus();
    switch (fact.event->body_case()) {
      case v1::Event::kOpportunityOpened:
        return Open(fact, entity, day, fold);
      case v1::Event::kOpportunityClosed:
        return Close(fact, entity, day, fold);
      default:
        if (PointsOf(fact) > 0) Touch(fact, entity, day, fold);
        return absl::OkStatus();
    }
  }

  std::vector<IndexKey> IndexKeys(const google::protobuf::Message& message) const override {
    const auto& row = static_cast<const ToyDeal&>(message);
    if (!row.open()) return {};
    std::string sort_key;
    PutOrdered64(row.amount(), sort_key);
    return {{"open_by_amount", std::move(sort_key)}};
  }

 private:
  absl::Status Open(const Fact& fact, const Id& entity, int32_t day, Fold& fold) const {
    const ToyDeal* before = fold.find<ToyDeal>(entity);
    if (before != nullptr && before->open()) return absl::InvalidArgumentError("opened twice");
    ToyDeal& deal = fold.row<ToyDeal>(entity);
    deal.set_open(true);
    deal.set_opened(deal.opened() + 1);
    deal.set_amount(fact.event->opportunity_opened().fields().amount().units());
    deal.set_chain(Chain(deal.chain(), fact));
    fold.Count(measures()[0], day, {"EUR"}, int128{deal.amount()} << 70);
    return absl::OkStatus();
  }

  absl::Status Close(const Fact& fact, const Id& entity, int32_t day, Fold& fold) const {
    const ToyDeal* before = fold.find<ToyDeal>(entity);
    if (before == nullptr || !before->open()) {
      return absl::InvalidArgumentError(
          absl::StrCat("close without an opening of ", ToText(entity), "; publish its opening"));
    }
    ToyDeal& deal = fold.row<ToyDeal>(entity);
    deal.set_open(false);
    deal.set_chain(Chain(deal.chain(), fact));
    fold.Count(measures()[0], day, {"EUR"}, -(int128{deal.amount()} << 70));
    fold.Count(measures()[1], day, {Decimal(deal.mask())}, 1);
    auto won = std::make_unique<ToyWon>();
    won->set_amount(deal.amount());
    won->set_mask(deal.mask());
    fold.Derive(std::move(won));
    return absl::OkStatus();
  }

  void Touch(const Fact& fact, const Id& entity, int32_t day, Fold& fold) const {
    ToyDeal& deal = fold.row<ToyDeal>(entity);
    const uint32_t mask = deal.mask() | 1u << (Hash64(fact.event->channel()) % 5);
    if (mask != deal.mask()) {
      if (deal.mask() != 0) fold.Count(measures()[2], 0, {Decimal(deal.mask())}, -1);
      fold.Count(measures()[2], 0, {Decimal(mask)}, 1);
      deal.set_mask(mask);
    }
    fold.Count(measures()[3], day, {deal.last_channel(), fact.event->channel()}, 1);
    deal.set_last_channel(fact.event->channel());
  }
};

class ToyAccounts final : public ToyProjection {
 public:
  ToyAccounts()
      : ToyProjection("toy_accounts", ToyAccount::default_instance(),
                      {{"toy_moves", Measure::Unit::kCount, {"joined", "other"}, {{}, {0, 1}}}},
                      {{"by_members", "members"}}) {}

  absl::Status Apply(const Fact& fact, Fold& fold) const override {
    ToyAccount& row = fold.row<ToyAccount>(fact.root);
    row.set_chain(Chain(row.chain(), fact));
    row.set_facts(row.facts() + 1);
    if (const auto* won = fact.As<ToyWon>()) row.set_won(row.won() + won->amount());
    if (fact.tenure == nullptr || fact.derived != nullptr) return absl::OkStatus();
    row.set_members(row.members() + (fact.tenure->joined ? 1 : -1));
    fold.Count(measures()[0], fold.model().DayOf(fact.occurred_at),
               {fact.tenure->joined ? "joined" : "left", fact.tenure->other.value()}, 1);
    auto moved = std::make_unique<ToyMoved>();
    moved->set_person(fact.tenure->person.bytes());
    moved->set_joined(fact.tenure->joined);
    moved->set_other(fact.tenure->other.bytes());
    fold.Derive(std::move(moved));
    return absl::OkStatus();
  }

  std::vector<IndexKey> IndexKeys(const google::protobuf::Message& message) const override {
    const auto& row = static_cast<const ToyAccount&>(message);
    if (row.members() == 0) return {};
    std::string sort_key;
    PutOrdered64(row.members(), sort_key);
    return {{"by_members", std::move(sort_key)}};
  }
};

class ToyLedger final : public ToyProjection {
 public:
  explicit ToyLedger(int padding_bytes)
      : ToyProjection("toy_ledger", ToyLedgerLine::default_instance(), {},
                      {{"by_instant", "instant"}}),
        padding_bytes_(padding_bytes) {}

  absl::Status Apply(const Fact& fact, Fold& fold) const override {
    if (const auto* qualified = fact.As<ToyQualified>()) {
      if (Id::FromBytes(qualified->person()).kind() == v1::ANONYMOUS) {
        return absl::InvalidArgumentError("nobody to list");
      }
    }
    if (fact.derived == nullptr && (fact.tenure != nullptr || PointsOf(fact) % 2 == 0)) {
      return absl::OkStatus();
    }
    // Named by less than all it says: several facts share a line, the last one stands.
    const std::string named =
        fact.derived != nullptr ? fact.derived->GetTypeName() : fact.event->id();
    ToyLedgerLine& line = fold.row<ToyLedgerLine>(Id(v1::OTHER, "toy", named));
    line.set_text(absl::StrCat(ToText(fact.person), " ", Chain(0, fact)));
    line.set_at(fact.occurred_at);
    line.set_padding(std::string(static_cast<size_t>(padding_bytes_), '.'));
    return absl::OkStatus();
  }

  std::vector<IndexKey> IndexKeys(const google::protobuf::Message& message) const override {
    const auto& row = static_cast<const ToyLedgerLine&>(message);
    std::string sort_key;
    PutOrdered64(row.at(), sort_key);
    return {{"by_instant", std::move(sort_key)}};
  }

 private:
  const int padding_bytes_;
};

}  // namespace

Registry ToyRegistry(ToyOptions options) {
  Registry registry;
  registry.push_back(std::make_unique<ToyPeople>());
  registry.push_back(std::make_unique<ToyDeals>());
  registry.push_back(std::make_unique<ToyAccounts>());
  registry.push_back(std::make_unique<ToyLedger>(options.ledger_padding_bytes));
  return registry;
}

}  // namespace revops::test
