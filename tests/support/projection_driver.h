// Folds a history through all projections in memory, without log or store: given events, then rows
// and counts. Time moves only by the events' own instants.
//
// Ids resolve by what the subject says: the opportunity, the account, the person named first as
// contact, lead or anonymous visitor. Links are not followed; tests of links use the runtime.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "engine/base/int128.h"
#include "engine/fold/cells.h"
#include "engine/fold/projection.h"

namespace revops::test {

class ProjectionDriver final {
 public:
  explicit ProjectionDriver(std::shared_ptr<const RevenueModel> model = RevenueModel::Default());

  // Folds text events, in the order given: it is taken as event order. An event without an id,
  // source or occurred_at gets the next of its own: a minute after the one before.
  void Given(const std::vector<std::string>& events);

  // A person joins or leaves the account, a minute after the last event.
  void GivenTenure(const Id& account, const TenureChange& change);

  // The row as a reader sees it at an instant (0: that of the last event).
  // Errors: kNotFound.
  template <typename Row>
  absl::StatusOr<Row> Get(const Id& entity, int64_t at = 0) const {
    absl::StatusOr<std::unique_ptr<google::protobuf::Message>> row =
        Find(Row::descriptor(), entity, at);
    if (!row.ok()) return row.status();
    return static_cast<const Row&>(**row);
  }

  // The cells of these dimensions' values, summed over all days, or of one day; 0 if there are
  // none.
  int128 Sum(absl::string_view measure, const std::map<std::string, std::string>& dims = {}) const;
  int128 SumOn(int32_t day, absl::string_view measure,
               const std::map<std::string, std::string>& dims = {}) const;

  // All cells, for tests that look at many.
  const CellDeltas& cells() const { return cells_; }

  // "projection: reason", in the order of refusal.
  const std::vector<std::string>& dead_letters() const { return dead_letters_; }

  // Names of derived facts' messages, in order.
  const std::vector<std::string>& derived() const { return derived_; }

  // Entities in a list of a view, in its order.
  std::vector<std::string> List(absl::string_view view, absl::string_view list) const;

  int64_t now() const { return now_; }

 private:
  class DriverFold;
  absl::StatusOr<std::unique_ptr<google::protobuf::Message>> Find(
      const google::protobuf::Descriptor* type, const Id& entity, int64_t at) const;
  void Apply(const Fact& fact);
  const Measure& MeasureNamed(absl::string_view name) const;
  // `day` empty: all days.
  int128 SumOf(std::optional<int32_t> day, absl::string_view measure,
               const std::map<std::string, std::string>& dims) const;

  std::shared_ptr<const RevenueModel> model_;
  Registry registry_;
  // (projection, entity) -> row; one journey per account or person without one
  std::map<std::pair<size_t, Id>, std::unique_ptr<google::protobuf::Message>> rows_;
  CellDeltas cells_;
  std::vector<std::string> dead_letters_;
  std::vector<std::string> derived_;
  int64_t now_;
  int events_ = 0;
};

// 2026-01-01T00:00:00Z, when a driver's first event happens unless it says otherwise.
inline constexpr int64_t kDriverStart = int64_t{1767225600} * 1'000'000;

}  // namespace revops::test
