#include "tests/support/projection_driver.h"

#include <algorithm>
#include <tuple>

#include "absl/strings/str_cat.h"
#include "engine/base/status.h"
#include "engine/event/event_order.h"
#include "google/protobuf/text_format.h"
#include "gtest/gtest.h"
#include "projections/registry.h"

namespace revops::test {
namespace {

constexpr int64_t kMinute = 60'000'000;

Id FirstOf(const v1::Event& event, std::initializer_list<v1::IdKind> kinds) {
  for (const auto kind : kinds) {
    for (const auto& id : event.subject()) {
      if (id.kind() == kind) return Id(id);
    }
  }
  return Id();
}

}  // namespace

class ProjectionDriver::DriverFold final : public Fold {
 public:
  DriverFold(ProjectionDriver& driver, size_t projection)
      : driver_(driver), projection_(projection) {}

  const RevenueModel& model() const override { return *driver_.model_; }
  void Remove(const Id& entity) override { driver_.rows_.erase({projection_, entity}); }
  void Count(const Measure& measure, int32_t day, absl::Span<const absl::string_view> dims,
             int128 delta) override {
    driver_.cells_.Count(measure, day, dims, delta);
  }
  void Derive(std::unique_ptr<google::protobuf::Message> fact) override {
    derived.push_back(std::move(fact));
  }

  std::vector<std::unique_ptr<google::protobuf::Message>> derived;

 protected:
  google::protobuf::Message& MutableRow(const Id& entity) override {
    auto& row = driver_.rows_[{projection_, entity}];
    if (row == nullptr) row.reset(driver_.registry_[projection_]->prototype().New());
    return *row;
  }
  const google::protobuf::Message* FindRow(const Id& entity) override {
    const auto at = driver_.rows_.find({projection_, entity});
    return at == driver_.rows_.end() ? nullptr : at->second.get();
  }

 private:
  ProjectionDriver& driver_;
  const size_t projection_;
};

ProjectionDriver::ProjectionDriver(std::shared_ptr<const RevenueModel> model)
    : model_(std::move(model)), registry_(AllProjections()), now_(kDriverStart - kMinute) {}

void ProjectionDriver::Given(const std::vector<std::string>& events) {
  for (const std::string& text : events) {
    v1::Event event;
    ASSERT_TRUE(google::protobuf::TextFormat::ParseFromString(text, &event)) << text;
    ++events_;
    if (event.id().empty()) event.set_id(absl::StrCat("e", events_));
    if (event.source().empty()) event.set_source("test");
    if (event.occurred_at() == 0) event.set_occurred_at(now_ + kMinute);
    const auto at = NormalisedInstant(event);
    ASSERT_TRUE(at.ok()) << at.status();
    now_ = *at;
    Fact fact;
    fact.event = &event;
    fact.occurred_at = *at;
    fact.recorded_at = event.recorded_at() != 0 ? event.recorded_at() : *at;
    fact.person = FirstOf(event, {v1::CONTACT, v1::LEAD, v1::ANONYMOUS});
    fact.opportunity = FirstOf(event, {v1::OPPORTUNITY});
    const Id account = FirstOf(event, {v1::ACCOUNT});
    fact.root = !account.empty() ? account : !fact.person.empty() ? fact.person : fact.opportunity;
    if (fact.root.empty() && event.subject_size() > 0) fact.root = Id(event.subject(0));
    Apply(fact);
  }
}

void ProjectionDriver::GivenTenure(const Id& account, const TenureChange& change) {
  now_ += kMinute;
  Fact fact;
  fact.tenure = &change;
  fact.occurred_at = now_;
  fact.recorded_at = now_;
  fact.root = account;
  fact.person = change.person;
  Apply(fact);
}

void ProjectionDriver::Apply(const Fact& fact) {
  std::vector<std::unique_ptr<google::protobuf::Message>> derived;
  for (size_t p = 0; p < registry_.size(); ++p) {
    DriverFold fold(*this, p);
    for (size_t d = 0; d <= derived.size(); ++d) {
      Fact seen = fact;
      if (d > 0) seen.derived = derived[d - 1].get();
      const auto status = registry_[p]->Apply(seen, fold);
      if (status.ok()) continue;
      EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
      dead_letters_.push_back(
          absl::StrCat(std::string(registry_[p]->name()), ": ", status.message()));
    }
    for (auto& message : fold.derived) {
      derived_.push_back(message->GetDescriptor()->name());
      derived.push_back(std::move(message));
    }
  }
}

absl::StatusOr<std::unique_ptr<google::protobuf::Message>> ProjectionDriver::Find(
    const google::protobuf::Descriptor* type, const Id& entity, int64_t at) const {
  for (size_t p = 0; p < registry_.size(); ++p) {
    if (registry_[p]->prototype().GetDescriptor() != type) continue;
    const auto found = rows_.find({p, entity});
    if (found == rows_.end()) break;
    std::unique_ptr<google::protobuf::Message> row(found->second->New());
    row->CopyFrom(*found->second);
    registry_[p]->Present(at == 0 ? now_ : at, *model_, *row);
    return row;
  }
  return absl::NotFoundError(absl::StrCat("no ", type->name(), " of ", ToText(entity)));
}

const Measure& ProjectionDriver::MeasureNamed(absl::string_view name) const {
  for (const auto& projection : registry_) {
    for (const Measure& measure : projection->measures()) {
      if (measure.name == name) return measure;
    }
  }
  REVOPS_CHECK(false);
  return registry_[0]->measures()[0];
}

int128 ProjectionDriver::SumOf(std::optional<int32_t> day, absl::string_view name,
                               const std::map<std::string, std::string>& dims) const {
  const Measure& measure = MeasureNamed(name);
  // Of the smallest set that has all of `dims`: place among the cell's values -> wanted value.
  std::optional<size_t> best;
  std::map<size_t, std::string> wanted;
  for (size_t set = 0; set < measure.grouping_sets.size(); ++set) {
    const std::vector<int>& indexes = measure.grouping_sets[set];
    if (best.has_value() && indexes.size() >= measure.grouping_sets[*best].size()) continue;
    std::map<size_t, std::string> places;
    for (size_t place = 0; place < indexes.size(); ++place) {
      const auto value = dims.find(std::string(measure.dimensions[indexes[place]]));
      if (value != dims.end()) places[place] = value->second;
    }
    if (places.size() != dims.size()) continue;
    best = set;
    wanted = std::move(places);
  }
  if (!best.has_value()) {
    ADD_FAILURE() << name << " has no grouping set of these dimensions";
    return 0;
  }
  int128 sum = 0;
  for (const auto& [key, value] : cells_.sums()) {
    const auto cell = ParseCellKey(key);
    REVOPS_CHECK(cell.ok());
    if (cell->measure != name || cell->set != static_cast<int>(*best)) continue;
    if (day.has_value() && cell->day != *day) continue;
    const bool matches = std::all_of(wanted.begin(), wanted.end(), [&](const auto& one) {
      return cell->dims[one.first] == one.second;
    });
    if (matches) sum += value;
  }
  return sum;
}

int128 ProjectionDriver::Sum(absl::string_view measure,
                             const std::map<std::string, std::string>& dims) const {
  return SumOf(std::nullopt, measure, dims);
}

int128 ProjectionDriver::SumOn(int32_t day, absl::string_view measure,
                               const std::map<std::string, std::string>& dims) const {
  return SumOf(day, measure, dims);
}

std::vector<std::string> ProjectionDriver::List(absl::string_view view,
                                                absl::string_view list) const {
  std::vector<std::tuple<int64_t, std::string, std::string>> keyed;
  for (const auto& [key, row] : rows_) {
    const Projection& projection = *registry_[key.first];
    if (projection.name() != view) continue;
    const auto& lists = projection.indexes();
    const bool ranked = std::any_of(lists.begin(), lists.end(), [&](const IndexList& one) {
      return one.name == list && one.ranked;
    });
    for (const auto& index : projection.IndexKeys(*row)) {
      if (index.list != list) continue;
      const int64_t rank =
          ranked ? projection.RankAt(
                       list, absl::string_view(index.sort_key).substr(0, Projection::kRankedBytes),
                       now_, *model_)
                 : 0;
      keyed.emplace_back(rank, index.sort_key, std::string(key.second.value()));
    }
  }
  std::sort(keyed.begin(), keyed.end());
  std::vector<std::string> entities;
  for (auto& [rank, key, entity] : keyed) entities.push_back(std::move(entity));
  return entities;
}

}  // namespace revops::test
