// The formula of a KPI, as the revenue model writes it, read into a tree.
//
//   formula   := product (("+" | "-") product)*
//   product   := factor (("*" | "/") factor)*
//   factor    := number | "-" factor | "(" formula ")" | measure | call
//   measure   := name ["[" condition ("," condition)* "]"]
//   condition := name "=" value ("|" value)*          value := a word, "…", @period, @each
//   call      := ("opening" | "closing" | "ahead" | "whole" | "plan" | "positive") "(" formula ")"
//              | "shifted" "(" formula "," formula ")"
//              | ("p50" | "p75" | "p90" | "p95" | "p99") "(" measure ")"
//              | ("kpi" | "constant") "(" name ")"
//              | "many" "(" name "," formula "," number ")"
//              | "instant" "(" ")"
// What it means: model.proto, Kpi.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace revops {

struct Formula;
using FormulaPtr = std::shared_ptr<const Formula>;

// Which days a measure is added up over.
enum class Over {
  kPeriod,   // the period's, up to the asking instant
  kOpening,  // all before the period
  kClosing,  // all up to the period's end and the asking instant
  kAhead,    // the period's, also after the asking instant
};

// What a formula reads of one measure.
struct MeasureUse {
  struct Condition {
    std::string dimension;
    std::vector<std::string> values;  // any of them; empty: @period, the months of the period
    bool each = false;                // @each: asked by this dimension, or for one value of it
    friend bool operator<(const Condition& a, const Condition& b) {
      return a.dimension != b.dimension ? a.dimension < b.dimension : a.values < b.values;
    }
  };
  std::string measure;  // may hold "@grain"
  std::vector<Condition> where;
  Over over = Over::kPeriod;
  bool whole = false;     // not sliced
  bool plan = false;      // amounts at plan rates
  int percentile = 0;     // 0: the sum
  FormulaPtr shifted_by;  // null: not shifted
};

struct Formula {
  enum class Kind {
    kNumber,
    kMeasure,
    kKpi,
    kConstant,
    kPositive,  // left, unknown unless it is more than 0
    kMany,      // values of the dimension `name` under which left is known and at least right
    kInstant,   // seconds from 1970 to the period's end or the asking instant
    kAdd,
    kSubtract,
    kMultiply,
    kDivide
  };
  Kind kind = Kind::kNumber;
  std::string name;  // of a KPI, constant or dimension; a number's decimal digits
  MeasureUse use;    // of a measure
  FormulaPtr left;   // of an operation
  FormulaPtr right;
};

inline constexpr int kFormulaDepthMax = 32;
inline constexpr size_t kFormulaBytesMax = 4000;

// Errors: kInvalidArgument, with the place in the text: "column 12: …".
absl::StatusOr<FormulaPtr> ParseFormula(absl::string_view text);

// As formulas write it: "closing(open_count[team=emea])".
std::string TextOf(const MeasureUse& use);

// Calls `each` for every node, parents first, also of what shifts.
void ForEachNode(const Formula& formula, absl::FunctionRef<void(const Formula&)> each);

// Digits with at most 9 decimals, and no sign: "0.8".
bool IsDecimal(absl::string_view text);

}  // namespace revops
