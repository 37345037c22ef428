#include "engine/fold/runner.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "engine/base/hash.h"
#include "engine/base/status.h"
#include "engine/event/codec.h"
#include "engine/event/event_order.h"
#include "revops/v1/stored.pb.h"

namespace revops {
namespace {

// The Fold that one Apply sees.
class ProjectionFold final : public Fold {
 public:
  ProjectionFold(const RevenueModel& model, RowSet& rows, CellDeltas* cells, int sign)
      : model_(model), rows_(rows), cells_(cells), sign_(sign) {}

  void Enter(uint8_t projection) { projection_ = projection; }
  std::vector<std::unique_ptr<google::protobuf::Message>>& derived() { return derived_; }

  const RevenueModel& model() const override { return model_; }
  void Remove(const Id& entity) override { rows_.Remove({projection_, entity.bytes()}); }
  void Count(const Measure& measure, int32_t day, absl::Span<const absl::string_view> dims,
             int128 delta) override {
    if (cells_ != nullptr) cells_->Count(measure, day, dims, sign_ * delta);
  }
  void Derive(std::unique_ptr<google::protobuf::Message> fact) override {
    derived_.push_back(std::move(fact));
  }

 protected:
  google::protobuf::Message& MutableRow(const Id& entity) override {
    return rows_.Mutable({projection_, entity.bytes()});
  }
  const google::protobuf::Message* FindRow(const Id& entity) override {
    return rows_.Find({projection_, entity.bytes()});
  }

 private:
  const RevenueModel& model_;
  RowSet& rows_;
  CellDeltas* cells_;
  const int sign_;
  uint8_t projection_ = 0;
  std::vector<std::unique_ptr<google::protobuf::Message>> derived_;
};

void AddDeadLetter(absl::string_view projection, absl::string_view reason, const Copy& copy,
                   RowSet& rows) {
  auto& letter = static_cast<v1::StoredDeadLetter&>(
      rows.Mutable({kDeadLetters, DeadLetterId(projection, copy.bytes).bytes()}));
  letter.set_projection(projection.data(), projection.size());
  letter.set_reason(reason.data(), reason.size());
  letter.set_event(copy.bytes);
  letter.set_unreadable(copy.unreadable);
  letter.set_occurred_at(copy.at);
  letter.set_recorded_at(copy.recorded_at);
}

uint32_t RevisionOf(const Copy& copy) { return ScanHead(copy.bytes).revision; }

// Copies that lost a tie: the same revision with other contents. A restatement that a higher
// revision replaced is no conflict.
void ListConflicts(const Entry& entry, RowSet& rows) {
  if (entry.copies.size() < 2) return;
  const uint32_t revision = RevisionOf(entry.standing());
  for (size_t i = 1; i < entry.copies.size(); ++i) {
    if (RevisionOf(entry.copies[i]) != revision) continue;
    AddDeadLetter("",
                  "another copy of this (source, id) and revision stands; publish a correction "
                  "with a higher revision",
                  entry.copies[i], rows);
  }
}

void ApplyFact(const FoldContext& context, const Fact& fact, const Copy* copy, RowSet& rows,
               ProjectionFold& fold) {
  for (size_t p = 0; p < context.registry.size(); ++p) {
    fold.Enter(static_cast<uint8_t>(p));
    // The projection sees the cause, then what earlier projections derived; what it derives itself
    // is for the later ones.
    const size_t earlier = fold.derived().size();
    for (size_t d = 0; d <= earlier; ++d) {
      Fact seen = fact;
      if (d > 0) seen.derived = fold.derived()[d - 1].get();
      const absl::Status status = context.registry[p]->Apply(seen, fold);
      if (status.ok()) continue;
      REVOPS_CHECK(status.code() == absl::StatusCode::kInvalidArgument);
      if (copy != nullptr) {
        AddDeadLetter(context.registry[p]->name(),
                      absl::string_view(status.message().data(), status.message().size()), *copy,
                      rows);
      }
    }
  }
  fold.derived().clear();
}

}  // namespace

Id DeadLetterId(absl::string_view projection, absl::string_view copy_bytes) {
  std::string name;
  AppendUint128(Sha256Cut(absl::StrCat(projection, absl::string_view("\0", 1), copy_bytes)), name);
  return Id(v1::RECORD, "", name);
}

std::string ItemKey(const FoldItem& item) {
  if (item.entry != nullptr) return item.entry->order_key;
  // Ids of events hold no NUL: the tenure follows its event and precedes every other.
  return absl::StrCat(item.tenure->order_key, absl::string_view("\0", 1),
                      item.tenure->joined ? "1" : "0", item.tenure->person.bytes());
}

std::vector<FoldItem> ItemsOf(absl::Span<const Entry* const> entries,
                              const std::vector<TenureAt>& tenures) {
  std::vector<std::pair<std::string, const TenureAt*>> keyed;
  for (const TenureAt& tenure : tenures) keyed.emplace_back(ItemKey({nullptr, &tenure}), &tenure);
  std::sort(keyed.begin(), keyed.end(),
            [](const auto& a, const auto& b) { return a.first < b.first; });
  std::vector<FoldItem> items;
  items.reserve(entries.size() + keyed.size());
  auto tenure = keyed.begin();
  for (const Entry* entry : entries) {
    for (; tenure != keyed.end() && tenure->first < entry->order_key; ++tenure) {
      items.push_back({nullptr, tenure->second});
    }
    items.push_back({entry, nullptr});
  }
  for (; tenure != keyed.end(); ++tenure) items.push_back({nullptr, tenure->second});
  return items;
}

std::vector<FoldItem> ItemsOf(const std::vector<Entry>& entries,
                              const std::vector<TenureAt>& tenures) {
  return ItemsOf(InEventOrder(entries), tenures);
}

void SortTenures(std::vector<TenureAt>& tenures) {
  std::sort(tenures.begin(), tenures.end(), [](const TenureAt& a, const TenureAt& b) {
    return ItemKey({nullptr, &a}) < ItemKey({nullptr, &b});
  });
}

bool SameItem(const FoldItem& a, const FoldItem& b) {
  if ((a.entry == nullptr) != (b.entry == nullptr)) return false;
  if (a.entry == nullptr) return *a.tenure == *b.tenure;
  if (a.entry->copies.size() != b.entry->copies.size()) return false;
  for (size_t i = 0; i < a.entry->copies.size(); ++i) {
    const Copy& left = a.entry->copies[i];
    const Copy& right = b.entry->copies[i];
    if (!SameCopy(left, right) || left.recorded_at != right.recorded_at) return false;
  }
  return true;
}

void FoldItems(const FoldContext& context, absl::Span<const FoldItem> items, int sign, RowSet& rows,
               CellDeltas* cells) {
  ProjectionFold fold(context.model, rows, cells, sign);
  // Parsing again into the same message costs less than keeping a batch of them: its memory is
  // used again. Nothing of it outlives the item.
  static thread_local v1::Event parsed;
  for (const FoldItem& item : items) {
    Fact fact;
    fact.root = context.root;
    if (item.tenure != nullptr) {
      TenureChange change{item.tenure->person, item.tenure->joined, item.tenure->other};
      fact.tenure = &change;
      fact.occurred_at = InstantOf(item.tenure->order_key);
      fact.person = item.tenure->person;
      ApplyFact(context, fact, nullptr, rows, fold);
      continue;
    }
    const Copy& copy = item.entry->standing();
    if (copy.unreadable) {
      const auto decoded = Decode(copy.bytes, 0);
      AddDeadLetter("", decoded.ok() ? "decodes now; replay" : decoded.status().message().data(),
                    copy, rows);
      continue;
    }
    ListConflicts(*item.entry, rows);
    if (item.entry->voided) continue;
    REVOPS_CHECK(parsed.ParseFromString(copy.bytes));
    fact.event = &parsed;
    fact.occurred_at = copy.at;
    fact.recorded_at = copy.recorded_at;
    fact.person = copy.person;
    fact.opportunity = copy.opportunity;
    ApplyFact(context, fact, &copy, rows, fold);
  }
}

}  // namespace revops
