// The oracle's own reading of DESIGN.md §5: links, cycles, tenures, roots; maps and recursion only.
#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <tuple>
#include <vector>

#include "engine/event/id.h"
#include "revops/v1/event.pb.h"

namespace revops::test {

// (occurred_at normalised, source, sequence, id), compared member by member.
using OracleOrder = std::tuple<int64_t, std::string, int64_t, std::string>;

// One distinct copy of an event, as published.
struct OracleEvent {
  v1::Event event;    // without recorded_at
  std::string bytes;  // its serialization
  int64_t at = 0;
  int64_t recorded_at = 0;  // the smallest of the equal copies

  OracleOrder order() const { return {at, event.source(), event.sequence(), event.id()}; }
};

// Which of two copies of one (source, id) stands.
bool OracleOutranks(const OracleEvent& a, const OracleEvent& b);

struct OracleTenure {
  OracleOrder order;
  std::string person;  // Id::bytes(), as are all below
  bool joined = false;
  std::string other;
};

class OracleIdentity final {
 public:
  // All copies of all events; those that neither link nor erase do not matter.
  explicit OracleIdentity(const std::vector<OracleEvent>& events);

  struct Answer {
    std::string root, person, opportunity;
  };
  // `alone`: the root of an event without a subject.
  Answer Resolve(const v1::Event& event, int64_t at, const std::string& alone) const;

  bool Erased(const v1::Event& event) const;
  std::vector<OracleTenure> TenuresIn(const std::string& account, const std::string& person) const;

 private:
  std::string Follow(const std::string& id) const;
  // As Follow, but only from deal to deal.
  std::string FollowDeals(const std::string& deal) const;
  std::string AccountOf(const std::string& id, int64_t at) const;
  // A person's accounts, oldest first; "" for having left.
  using History = std::vector<std::pair<OracleOrder, std::string>>;
  const History& HistoryOf(const std::string& person) const;

  std::map<std::string, std::pair<OracleOrder, std::string>> parents_;  // child -> its latest link
  // child that is no person -> its latest link to an account
  std::map<std::string, std::pair<OracleOrder, std::string>> accounts_;
  std::map<std::string, std::map<OracleOrder, std::string>> tenures_;  // child -> its own accounts
  std::map<std::string, History> histories_;  // of all records that go on as this person
  std::set<std::string> erased_;
};

}  // namespace revops::test
