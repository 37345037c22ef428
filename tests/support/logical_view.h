// What a view says, free of how it is stored: what the oracle computes and what is read back from
// stores, to be compared byte by byte.
#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <tuple>
#include <vector>

#include "engine/base/int128.h"

namespace revops::test {

// Roots, entities, persons and opportunities are Id::bytes().
struct LogicalView {
  // (view, root, entity) -> bytes of the row; dead letters are rows of the view "dead_letters"
  std::map<std::tuple<std::string, std::string, std::string>, std::string> rows;
  // (measure, grouping set, day, dimension values of the set) -> sum, never zero
  std::map<std::tuple<std::string, int, int32_t, std::vector<std::string>>, int128> cells;

  struct Copy {
    std::string bytes;
    int64_t recorded_at = 0;
    std::string person;
    std::string opportunity;
    friend bool operator<(const Copy& a, const Copy& b) {
      return std::tie(a.bytes, a.recorded_at, a.person, a.opportunity) <
             std::tie(b.bytes, b.recorded_at, b.person, b.opportunity);
    }
    friend bool operator==(const Copy& a, const Copy& b) { return !(a < b) && !(b < a); }
  };
  // root -> what its journal keeps
  std::map<std::string, std::set<Copy>> journal;

  // (view, list, sort key, root, entity)
  std::set<std::tuple<std::string, std::string, std::string, std::string, std::string>> items;
};

// The digest that a view of this content has, computed from the formula of digest.h in plain sight.
uint128 DigestOf(const LogicalView& view);

// Adds what `part` holds; parts hold no root in common.
void AddTo(LogicalView& sum, const LogicalView& part);

// What differs, in words, a few lines at most; empty if nothing does.
std::vector<std::string> Differences(const LogicalView& is, const LogicalView& should_be);

}  // namespace revops::test
