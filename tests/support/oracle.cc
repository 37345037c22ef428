#include "tests/support/oracle.h"

#include <algorithm>
#include <memory>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/civil_time.h"
#include "absl/time/time.h"
#include "engine/base/hash.h"
#include "engine/base/status.h"
#include "engine/event/codec.h"
#include "google/protobuf/descriptor.h"
#include "google/protobuf/io/coded_stream.h"
#include "google/protobuf/io/zero_copy_stream_impl_lite.h"
#include "revops/v1/stored.pb.h"
#include "tests/support/oracle_identity.h"

namespace revops::test {
namespace {

using google::protobuf::Message;

std::string Serialize(const Message& message) {
  std::string bytes;
  {
    google::protobuf::io::StringOutputStream stream(&bytes);
    google::protobuf::io::CodedOutputStream out(&stream);
    out.SetSerializationDeterministic(true);
    REVOPS_CHECK(message.SerializeToCodedStream(&out));
  }
  return bytes;
}

// occurred_at of an event known by day or month only.
int64_t Normalised(const v1::Event& event) {
  if (event.occurred_precision() != v1::DAY && event.occurred_precision() != v1::MONTH) {
    return event.occurred_at();
  }
  absl::TimeZone zone = absl::UTCTimeZone();
  if (!event.zone().empty()) REVOPS_CHECK(absl::LoadTimeZone(event.zone(), &zone));
  const absl::CivilSecond local =
      absl::ToCivilSecond(absl::FromUnixMicros(event.occurred_at()), zone);
  absl::CivilSecond from(local.year(), local.month(), local.day());
  absl::CivilSecond to(local.year(), local.month(), local.day() + 1);
  if (event.occurred_precision() == v1::MONTH) {
    from = absl::CivilSecond(local.year(), local.month());
    to = absl::CivilSecond(local.year(), local.month() + 1);
  }
  const bool closes =
      event.has_opportunity_closed() ||
      (event.has_ticket() && event.ticket().action() == v1::Ticket::CLOSED) ||
      (event.has_subscription() && event.subscription().action() == v1::Subscription::CANCELLED) ||
      (event.has_nurture() && event.nurture().action() == v1::Nurture::EXITED);
  if (closes) return absl::ToUnixMicros(absl::FromCivil(to, zone)) - 1;
  return absl::ToUnixMicros(absl::FromCivil(from, zone));
}

// Clears what is personal and what is unknown, at any depth.
void Scrub(Message& message) {
  const auto& reflection = *message.GetReflection();
  reflection.MutableUnknownFields(&message)->Clear();
  const auto* type = message.GetDescriptor();
  for (int f = 0; f < type->field_count(); ++f) {
    const auto* field = type->field(f);
    if (field->options().GetExtension(v1::personal)) {
      reflection.ClearField(&message, field);
    } else if (field->message_type() != nullptr && field->is_repeated()) {
      for (int i = 0; i < reflection.FieldSize(message, field); ++i) {
        Scrub(*reflection.MutableRepeatedMessage(&message, field, i));
      }
    } else if (field->message_type() != nullptr && reflection.HasField(message, field)) {
      Scrub(*reflection.MutableMessage(&message, field));
    }
  }
}

// One journey, folded in memory.
class OracleFold final : public Fold {
 public:
  OracleFold(const Registry& registry, const RevenueModel& model, std::string root,
             LogicalView& view)
      : registry_(registry), model_(model), root_(std::move(root)), view_(view) {}

  // `copy` null: a tenure change, which is never a dead letter.
  void See(Fact fact, const OracleEvent* copy) {
    std::vector<std::unique_ptr<Message>> seen;
    for (current_ = 0; current_ < registry_.size(); ++current_) {
      fact.derived = nullptr;
      Offer(fact, copy);
      for (const auto& derived : seen) {
        fact.derived = derived.get();
        Offer(fact, copy);
      }
      for (auto& derived : derived_) seen.push_back(std::move(derived));
      derived_.clear();
    }
  }

  void AddLetter(const std::string& projection, const std::string& reason, const std::string& bytes,
                 bool unreadable, int64_t at, int64_t recorded_at) {
    v1::StoredDeadLetter letter;
    letter.set_projection(projection);
    letter.set_reason(reason);
    letter.set_event(bytes);
    letter.set_unreadable(unreadable);
    letter.set_occurred_at(at);
    letter.set_recorded_at(recorded_at);
    std::string named = projection;
    named += '\0';
    named += bytes;
    std::string name;
    AppendUint128(Sha256Cut(named), name);
    view_.rows[{"dead_letters", root_, Id(v1::RECORD, "", name).bytes()}] = Serialize(letter);
  }

  // Moves the rows into the view.
  void Finish() {
    for (const auto& [key, row] : rows_) {
      const Projection& projection = *registry_[key.first];
      const std::string view(projection.name());
      view_.rows[{view, root_, key.second}] = Serialize(*row);
      for (const IndexKey& item : projection.IndexKeys(*row)) {
        view_.items.insert({view, std::string(item.list), item.sort_key, root_, key.second});
      }
    }
  }

  const RevenueModel& model() const override { return model_; }
  void Remove(const Id& entity) override { rows_.erase({current_, entity.bytes()}); }
  void Count(const Measure& measure, int32_t day, absl::Span<const absl::string_view> dims,
             int128 delta) override {
    for (size_t set = 0; set < measure.grouping_sets.size(); ++set) {
      std::vector<std::string> values;
      for (const int dim : measure.grouping_sets[set]) values.emplace_back(dims[dim]);
      view_.cells[{std::string(measure.name), static_cast<int>(set), day, values}] += delta;
    }
  }
  void Derive(std::unique_ptr<Message> fact) override { derived_.push_back(std::move(fact)); }

 protected:
  Message& MutableRow(const Id& entity) override {
    std::unique_ptr<Message>& row = rows_[{current_, entity.bytes()}];
    if (row == nullptr) row.reset(registry_[current_]->prototype().New());
    return *row;
  }
  const Message* FindRow(const Id& entity) override {
    const auto at = rows_.find({current_, entity.bytes()});
    return at == rows_.end() ? nullptr : at->second.get();
  }

 private:
  void Offer(const Fact& fact, const OracleEvent* copy) {
    const absl::Status status = registry_[current_]->Apply(fact, *this);
    if (status.ok() || copy == nullptr) return;
    AddLetter(std::string(registry_[current_]->name()), std::string(status.message()), copy->bytes,
              false, copy->at, copy->recorded_at);
  }

  const Registry& registry_;
  const RevenueModel& model_;
  const std::string root_;
  LogicalView& view_;
  size_t current_ = 0;
  std::map<std::pair<size_t, std::string>, std::unique_ptr<Message>> rows_;
  std::vector<std::unique_ptr<Message>> derived_;
};

struct Placed {
  OracleEvent event;
  OracleIdentity::Answer answer;
};

// What happens in one journey at one place of its order.
struct Happening {
  OracleOrder order;
  bool is_tenure = false;  // follows the event that made it
  bool joined = false;     // a leaving precedes a joining
  std::string person;
  const OracleTenure* tenure = nullptr;
  std::vector<const Placed*> copies;  // the one that stands first
};

void FoldJourney(const std::string& root, const std::vector<Placed>& placed,
                 const OracleIdentity& identity, OracleFold& fold) {
  std::map<std::pair<std::string, std::string>, Happening> entries;
  std::set<std::string> persons;
  for (const Placed& copy : placed) {
    entries[{copy.event.event.source(), copy.event.event.id()}].copies.push_back(&copy);
    if (!copy.answer.person.empty()) persons.insert(copy.answer.person);
  }
  std::vector<Happening> happenings;
  for (auto& [name, entry] : entries) {
    std::sort(entry.copies.begin(), entry.copies.end(),
              [](const Placed* a, const Placed* b) { return OracleOutranks(a->event, b->event); });
    entry.order = entry.copies.front()->event.order();
    happenings.push_back(entry);
  }
  std::vector<std::vector<OracleTenure>> tenures;
  if (Id::FromBytes(root).kind() == v1::ACCOUNT) {
    for (const std::string& person : persons) tenures.push_back(identity.TenuresIn(root, person));
  }
  for (const auto& of_person : tenures) {
    for (const OracleTenure& tenure : of_person) {
      happenings.push_back({tenure.order, true, tenure.joined, tenure.person, &tenure, {}});
    }
  }
  std::sort(happenings.begin(), happenings.end(), [](const Happening& a, const Happening& b) {
    return std::tie(a.order, a.is_tenure, a.joined, a.person) <
           std::tie(b.order, b.is_tenure, b.joined, b.person);
  });

  for (const Happening& happening : happenings) {
    Fact fact;
    fact.root = Id::FromBytes(root);
    fact.occurred_at = std::get<0>(happening.order);
    if (happening.tenure != nullptr) {
      const OracleTenure& tenure = *happening.tenure;
      const TenureChange change{Id::FromBytes(tenure.person), tenure.joined,
                                Id::FromBytes(tenure.other)};
      fact.tenure = &change;
      fact.person = change.person;
      fold.See(fact, nullptr);
      continue;
    }
    const Placed& stands = *happening.copies.front();
    for (const Placed* copy : happening.copies) {
      if (copy == &stands || copy->event.event.revision() != stands.event.event.revision())
        continue;
      fold.AddLetter("",
                     "another copy of this (source, id) and revision stands; publish a correction "
                     "with a higher revision",
                     copy->event.bytes, false, copy->event.at, copy->event.recorded_at);
    }
    if (stands.event.event.voided()) continue;
    fact.event = &stands.event.event;
    fact.recorded_at = stands.event.recorded_at;
    fact.person = Id::FromBytes(stands.answer.person);
    fact.opportunity = Id::FromBytes(stands.answer.opportunity);
    fold.See(fact, &stands.event);
  }
}

std::string HashRoot(const std::string& bytes) {
  return Id(v1::RECORD, "", Sha256Hex(bytes)).bytes();
}

void Learn(std::map<std::string, OracleEvent>& set, OracleEvent event) {
  const auto [at, fresh] = set.emplace(event.bytes, event);
  if (!fresh) at->second.recorded_at = std::min(at->second.recorded_at, event.recorded_at);
}

}  // namespace

LogicalView Oracle(const std::vector<PublishedRecord>& records, const Registry& registry,
                   const RevenueModel& model) {
  LogicalView view;
  std::map<std::string, OracleEvent> published;                       // bytes -> the copy
  std::map<std::string, std::pair<int64_t, std::string>> unreadable;  // bytes -> recorded, reason
  for (const PublishedRecord& record : records) {
    const auto decodes = Decode(record.bytes, record.appended_at);
    if (!decodes.ok()) {
      const auto at = unreadable.emplace(
          record.bytes,
          std::make_pair(record.appended_at, std::string(decodes.status().message())));
      at.first->second.first = std::min(at.first->second.first, record.appended_at);
      continue;
    }
    OracleEvent event;
    REVOPS_CHECK(event.event.ParseFromString(record.bytes));
    event.recorded_at =
        event.event.recorded_at() == 0 ? record.appended_at : event.event.recorded_at();
    event.event.clear_recorded_at();
    event.bytes = Serialize(event.event);
    event.at = Normalised(event.event);
    Learn(published, std::move(event));
  }
  for (const auto& [bytes, what] : unreadable) {
    const std::string root = HashRoot(bytes);
    view.journal[root].insert({bytes, what.first, "", ""});
    OracleFold(registry, model, root, view).AddLetter("", what.second, bytes, true, 0, what.first);
  }

  std::vector<OracleEvent> all;
  for (const auto& [bytes, event] : published) all.push_back(event);
  const OracleIdentity identity(all);
  std::map<std::string, OracleEvent> scrubbed;
  for (OracleEvent& event : all) {
    if (identity.Erased(event.event)) {
      Scrub(event.event);
      event.bytes = Serialize(event.event);
    }
    Learn(scrubbed, std::move(event));
  }
  std::map<std::string, std::vector<Placed>> journeys;
  for (const auto& [bytes, event] : scrubbed) {
    const auto answer = identity.Resolve(event.event, event.at, HashRoot(bytes));
    view.journal[answer.root].insert({bytes, event.recorded_at, answer.person, answer.opportunity});
    journeys[answer.root].push_back({event, answer});
  }
  for (const auto& [root, placed] : journeys) {
    OracleFold fold(registry, model, root, view);
    FoldJourney(root, placed, identity, fold);
    fold.Finish();
  }
  for (auto at = view.cells.begin(); at != view.cells.end();) {
    at = at->second == 0 ? view.cells.erase(at) : std::next(at);
  }
  return view;
}

}  // namespace revops::test
