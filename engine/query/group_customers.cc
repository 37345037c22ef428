#include "engine/query/group_customers.h"

#include <algorithm>
#include <map>
#include <memory>
#include <optional>
#include <tuple>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "engine/base/calendar.h"
#include "engine/base/int128.h"
#include "engine/base/months.h"
#include "engine/base/status.h"
#include "engine/base/wire.h"
#include "engine/fold/cells.h"
#include "engine/query/whereabouts.h"

namespace revops {
namespace {

// Grouping sets by customer, and how many come before it in new_customers, which are those of
// new_customers_of_groups too. on disk: never change (projections/customer_measures.cc).
constexpr char kLaterWins[] = "later_wins";
constexpr char kPaying[] = "paying_customers";
constexpr char kMembers[] = "group_accounts";
constexpr int kNewByCustomer = 3;
constexpr int kPayingByCustomer = 2;
constexpr int kLaterByWin = 1;
constexpr int kOnlySet = 0;

std::string PrefixOf(absl::string_view measure, int set) {
  std::string prefix;
  PutBytes(measure, prefix);
  prefix.push_back(static_cast<char>(set));
  return prefix;
}

// One cell by customer. In the order in which those of one day are judged: when a win is taken
// back, another of the same account may take its place that day.
struct Change {
  enum Kind { kTakenBack, kNew, kLater, kPays };
  int32_t day;
  Kind kind;
  std::string customer;
  int64_t count;
  std::string by, sourced_by;  // of kNew and kTakenBack
  int32_t won_on = 0;          // of kLater: the win that counts, or no longer does

  friend bool operator<(const Change& a, const Change& b) {
    return std::tie(a.day, a.kind, a.customer, a.by, a.sourced_by, a.won_on) <
           std::tie(b.day, b.kind, b.customer, b.by, b.sourced_by, b.won_on);
  }
};

// What the measure counts. (day, by, sourced_by) -> groups
using Found = std::map<std::tuple<int32_t, std::string, std::string>, int64_t>;

// Walks one group's days.
class GroupWalk final {
 public:
  GroupWalk(int months, Found& found) : months_(months), found_(found) {}

  void Take(const Change& change) {
    Customer& customer = customers_[change.customer];
    switch (change.kind) {
      case Change::kNew:
        if (IsNew(change)) {
          counted_on_ = change.day;
          ++found_[{change.day, change.by, change.sourced_by}];
        }
        customer.made_new_on = change.day;
        break;
      case Change::kLater:
        customer.later[change.won_on] += change.count;
        break;
      case Change::kTakenBack:
        customer.made_new_on.reset();
        if (!counted_on_.has_value() || AnyWonSince(*counted_on_)) break;
        counted_on_.reset();
        --found_[{change.day, change.by, change.sourced_by}];
        break;
      case Change::kPays:
        customer.pays += change.count;
        if (change.count < 0 && customer.pays <= 0) customer.paid_until = change.day;
        break;
    }
  }

 private:
  struct Customer {
    std::optional<int32_t> made_new_on;
    std::map<int32_t, int64_t> later;  // day -> wins of it that stand
    int64_t pays = 0;
    std::optional<int32_t> paid_until;

    // Of the last win that stands.
    std::optional<int32_t> won_on() const {
      std::optional<int32_t> last = made_new_on;
      for (const auto& [day, wins] : later) {
        if (wins > 0 && (!last.has_value() || day > *last)) last = day;
      }
      return last;
    }
  };

  bool Recent(const std::optional<int32_t>& day, int32_t now) const {
    return day.has_value() && !MonthsApart(*day, now, months_);
  }

  bool IsNew(const Change& win) const {
    return std::none_of(customers_.begin(), customers_.end(), [&](const auto& entry) {
      const Customer& other = entry.second;
      const std::optional<int32_t> won_on = other.won_on();
      if (entry.first == win.customer || !won_on.has_value()) return false;
      return other.pays > 0 || Recent(won_on, win.day) || Recent(other.paid_until, win.day);
    });
  }

  bool AnyWonSince(int32_t day) const {
    return std::any_of(customers_.begin(), customers_.end(),
                       [day](const auto& entry) { return entry.second.won_on() >= day; });
  }

  const int months_;
  Found& found_;
  std::map<std::string, Customer> customers_;
  std::optional<int32_t> counted_on_;  // the win that was counted last stands
};

// customer -> its group, of those that are in one
class Groups final {
 public:
  void Add(const std::string& group, const std::string& customer, int64_t count) {
    told_[customer][group] += count;
  }

  // Follows parents of parents, and those that were merged into others. A circle counts as its
  // smallest id.
  absl::Status Resolve(Whereabouts& whereabouts) {
    for (const auto& [customer, groups] : told_) {
      for (const auto& [group, count] : groups) {
        if (count <= 0) continue;
        ASSIGN_OR_RETURN(const Id parent, ParseId(group));
        parent_[customer] = ToText(whereabouts.GoesOnAs(parent));
      }
    }
    RETURN_IF_ERROR(whereabouts.status());
    std::map<std::string, std::string> tops;
    for (const auto& [customer, parent] : parent_) tops[customer] = TopOf(customer);
    for (const auto& [customer, top] : tops) {
      group_[customer] = top;
      group_[top] = top;
    }
    return absl::OkStatus();
  }

  bool empty() const { return group_.empty(); }
  const std::string* Of(absl::string_view customer) const {
    const auto found = group_.find(customer);
    return found == group_.end() ? nullptr : &found->second;
  }

 private:
  std::string TopOf(const std::string& customer) const {
    std::vector<std::string> path = {customer};
    for (auto up = parent_.find(customer); up != parent_.end(); up = parent_.find(path.back())) {
      const auto met = std::find(path.begin(), path.end(), up->second);
      if (met != path.end()) return *std::min_element(met, path.end());
      path.push_back(up->second);
    }
    return path.back();
  }

  std::map<std::string, std::map<std::string, int64_t>> told_;
  std::map<std::string, std::string> parent_;
  absl::flat_hash_map<std::string, std::string> group_;
};

// The cells of the measure, worked out when first asked for.
class GroupCells final {
 public:
  GroupCells(CellScan cells, const LinkTable& links, LinkVersion version, int months,
             int32_t end_day)
      : cells_(std::move(cells)),
        whereabouts_(links, version),
        months_(months),
        end_day_(end_day) {}

  absl::Status Scan(absl::string_view prefix, absl::string_view from,
                    const ViewReader::Each& each) {
    const Measure& measure = NewCustomersOfGroups();
    int set = 0;
    while (set < kNewByCustomer && prefix != PrefixOf(measure.name, set)) ++set;
    if (set == kNewByCustomer) return cells_(prefix, from, each);
    if (!known_) RETURN_IF_ERROR(WorkOut());
    if (groups_.empty()) return ScanAccounts(set, prefix, from, each);
    return ScanOf(by_key_)(prefix, from, each);
  }

 private:
  using Each = std::function<void(const CellName& cell, int64_t count)>;

  // Cells up to the asking instant.
  absl::Status ForEach(absl::string_view measure, int set, size_t dims, const Each& each) const {
    absl::Status status;
    const std::string prefix = PrefixOf(measure, set);
    RETURN_IF_ERROR(cells_(prefix, prefix, [&](absl::string_view key, absl::string_view value) {
      const auto cell = ParseCellKey(key);
      if (!cell.ok() || cell->dims.size() != dims || value.size() != 16) {
        status = absl::DataLossError("a cell is damaged; rebuild the view store");
        return false;
      }
      if (cell->day >= end_day_) return false;
      each(*cell, static_cast<int64_t>(static_cast<int128>(ReadUint128(value.data()))));
      return true;
    }));
    return status;
  }

  absl::Status WorkOut() {
    RETURN_IF_ERROR(ForEach(kMembers, kOnlySet, 2, [&](const CellName& cell, int64_t count) {
      groups_.Add(std::string(cell.dims[0]), std::string(cell.dims[1]), count);
    }));
    RETURN_IF_ERROR(groups_.Resolve(whereabouts_));
    known_ = true;
    if (groups_.empty()) return absl::OkStatus();
    Found found;
    std::map<std::string, std::vector<Change>> changes;
    const auto file = [&](absl::string_view customer, Change change) {
      const std::string* const group = groups_.Of(customer);
      if (group == nullptr) return;
      change.customer = std::string(customer);
      changes[*group].push_back(std::move(change));
    };
    RETURN_IF_ERROR(ForEach(
        kNewCustomersByAccount, kNewByCustomer, 3, [&](const CellName& cell, int64_t count) {
          std::string by(cell.dims[0]);
          std::string sourced_by(cell.dims[1]);
          if (groups_.Of(cell.dims[2]) == nullptr) {
            found[{cell.day, std::move(by), std::move(sourced_by)}] += count;
            return;
          }
          file(cell.dims[2], {cell.day, count > 0 ? Change::kNew : Change::kTakenBack, "", count,
                              std::move(by), std::move(sourced_by), 0});
        }));
    absl::Status later;
    RETURN_IF_ERROR(ForEach(kLaterWins, kLaterByWin, 2, [&](const CellName& cell, int64_t count) {
      const auto won_on = ParseDay(cell.dims[1]);
      later.Update(won_on.status());
      if (!won_on.ok()) return;
      file(cell.dims[0], {cell.day, Change::kLater, "", count, "", "", *won_on});
    }));
    RETURN_IF_ERROR(later);
    RETURN_IF_ERROR(
        ForEach(kPaying, kPayingByCustomer, 2, [&](const CellName& cell, int64_t count) {
          file(cell.dims[1], {cell.day, Change::kPays, "", count, "", "", 0});
        }));
    for (auto& [group, of_group] : changes) {
      std::sort(of_group.begin(), of_group.end());
      GroupWalk walk(months_, found);
      for (const Change& change : of_group) walk.Take(change);
    }
    Write(found);
    return absl::OkStatus();
  }

  void Write(const Found& found) {
    const Measure& measure = NewCustomersOfGroups();
    for (const auto& [name, count] : found) {
      const auto& [day, by, sourced_by] = name;
      const std::vector<absl::string_view> dims = {by, sourced_by};
      for (int set = 0; set < kNewByCustomer; ++set) {
        by_key_[CellKey(measure, set, day, dims)] += count;
      }
    }
  }

  // Nobody named a parent: each account is a group of its own.
  absl::Status ScanAccounts(int set, absl::string_view prefix, absl::string_view from,
                            const ViewReader::Each& each) const {
    const std::string theirs = PrefixOf(kNewCustomersByAccount, set);
    std::string key;
    const auto renamed = [&](absl::string_view of, absl::string_view old,
                             absl::string_view by) -> const std::string& {
      key.assign(by.data(), by.size());
      key.append(of.data() + old.size(), of.size() - old.size());
      return key;
    };
    const std::string start = renamed(from, prefix, theirs);
    return cells_(theirs, start, [&](absl::string_view cell, absl::string_view value) {
      return each(renamed(cell, theirs, prefix), value);
    });
  }

  const CellScan cells_;
  Whereabouts whereabouts_;
  const int months_;
  const int32_t end_day_;
  bool known_ = false;
  Groups groups_;
  std::map<std::string, int128> by_key_;
};

}  // namespace

const Measure& NewCustomersOfGroups() {
  static const auto& measure = *new Measure{.name = "new_customers_of_groups",
                                            .dimensions = {"by", "sourced_by"},
                                            .grouping_sets = {{}, {0}, {1}}};
  return measure;
}

const std::set<std::string>& MeasuresOfGroups() {
  static const auto& names =
      *new std::set<std::string>{kNewCustomersByAccount, kLaterWins, kPaying, kMembers};
  return names;
}

CellScan WithGroups(CellScan cells, const Engine& engine, const Look& look, int32_t end_day) {
  LinkVersion version = 0;
  for (const PartitionLook& one : look) version = std::max(version, one.progress.link_version());
  const auto groups =
      std::make_shared<GroupCells>(std::move(cells), engine.links(), version,
                                   engine.model().customers().new_after_months(), end_day);
  return [groups](absl::string_view prefix, absl::string_view from, const ViewReader::Each& each) {
    return groups->Scan(prefix, from, each);
  };
}

}  // namespace revops
