#include "engine/model/formula.h"

#include <map>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "engine/base/status.h"

namespace revops {
namespace {

using Kind = Formula::Kind;

constexpr size_t kDigitsMax = 18;
constexpr size_t kDecimalsMax = 9;

bool IsNameCharacter(char c) { return absl::ascii_isalnum(c) || c == '_' || c == '@'; }
bool IsWordCharacter(char c) { return IsNameCharacter(c) || c == '-' || c == '.'; }

// What calls around a measure say of it.
struct Around {
  Over over = Over::kPeriod;
  bool whole = false;
  bool plan = false;
  FormulaPtr shifted_by;
};

class Parser final {
 public:
  explicit Parser(absl::string_view text) : text_(text) {}

  absl::StatusOr<FormulaPtr> Run() {
    ASSIGN_OR_RETURN(FormulaPtr formula, Sum(Around()));
    SkipSpace();
    if (at_ < text_.size()) return Wrong("nothing more was expected here");
    return formula;
  }

 private:
  absl::Status Wrong(absl::string_view what) const {
    return absl::InvalidArgumentError(
        absl::StrCat("column ", at_ + 1, ": ", what,
                     at_ < text_.size() ? absl::StrCat("; it says \"", text_.substr(at_, 20), "\"")
                                        : "; the formula ends"));
  }
  void SkipSpace() {
    while (at_ < text_.size() && absl::ascii_isspace(text_[at_])) ++at_;
  }
  bool Take(char c) {
    SkipSpace();
    if (at_ >= text_.size() || text_[at_] != c) return false;
    ++at_;
    return true;
  }
  absl::Status Expect(char c) {
    if (Take(c)) return absl::OkStatus();
    return Wrong(absl::StrCat("a \"", std::string(1, c), "\" is missing"));
  }
  template <typename Test>
  std::string TakeWhile(Test test) {
    SkipSpace();
    const size_t begin = at_;
    while (at_ < text_.size() && test(text_[at_])) ++at_;
    return std::string(text_.substr(begin, at_ - begin));
  }
  absl::StatusOr<std::string> Name(absl::string_view what) {
    std::string name = TakeWhile(IsNameCharacter);
    if (name.empty()) return Wrong(absl::StrCat(what, " is missing"));
    return name;
  }

  static FormulaPtr Node(Kind kind, FormulaPtr left, FormulaPtr right) {
    auto node = std::make_shared<Formula>();
    node->kind = kind;
    node->left = std::move(left);
    node->right = std::move(right);
    return node;
  }
  static FormulaPtr Named(Kind kind, std::string name) {
    auto node = std::make_shared<Formula>();
    node->kind = kind;
    node->name = std::move(name);
    return node;
  }

  absl::StatusOr<FormulaPtr> Sum(const Around& around) {
    if (++depth_ > kFormulaDepthMax) return Wrong("too deep; use kpi(…) to name a part");
    ASSIGN_OR_RETURN(FormulaPtr left, Product(around));
    while (true) {
      const bool plus = Take('+');
      if (!plus && !Take('-')) break;
      ASSIGN_OR_RETURN(FormulaPtr right, Product(around));
      left = Node(plus ? Kind::kAdd : Kind::kSubtract, std::move(left), std::move(right));
    }
    --depth_;
    return left;
  }

  absl::StatusOr<FormulaPtr> Product(const Around& around) {
    ASSIGN_OR_RETURN(FormulaPtr left, Factor(around));
    while (true) {
      const bool times = Take('*');
      if (!times && !Take('/')) break;
      ASSIGN_OR_RETURN(FormulaPtr right, Factor(around));
      left = Node(times ? Kind::kMultiply : Kind::kDivide, std::move(left), std::move(right));
    }
    return left;
  }

  absl::StatusOr<FormulaPtr> Factor(const Around& around) {
    if (Take('(')) {
      ASSIGN_OR_RETURN(FormulaPtr inner, Sum(around));
      RETURN_IF_ERROR(Expect(')'));
      return inner;
    }
    if (Take('-')) {
      ASSIGN_OR_RETURN(FormulaPtr inner, Factor(around));
      return Node(Kind::kSubtract, Named(Kind::kNumber, "0"), std::move(inner));
    }
    SkipSpace();
    if (at_ < text_.size() && absl::ascii_isdigit(text_[at_])) {
      std::string digits = TakeWhile([](char c) { return absl::ascii_isdigit(c) || c == '.'; });
      if (!IsDecimal(digits)) {
        return Wrong(absl::StrCat("\"", digits, "\" is no number; write 12 or 0.25"));
      }
      return Named(Kind::kNumber, std::move(digits));
    }
    ASSIGN_OR_RETURN(std::string name, Name("a measure, number or call"));
    if (!Take('(')) return Measure(std::move(name), around);
    return Call(name, around);
  }

  absl::StatusOr<FormulaPtr> Call(const std::string& name, const Around& around) {
    static const auto& overs = *new std::map<std::string, Over>{
        {"opening", Over::kOpening}, {"closing", Over::kClosing}, {"ahead", Over::kAhead}};
    static const auto& percentiles = *new std::map<std::string, int>{
        {"p50", 50}, {"p75", 75}, {"p90", 90}, {"p95", 95}, {"p99", 99}};
    Around inner = around;
    FormulaPtr result;
    if (const auto over = overs.find(name); over != overs.end()) {
      inner.over = over->second;
      ASSIGN_OR_RETURN(result, Sum(inner));
    } else if (name == "whole") {
      inner.whole = true;
      ASSIGN_OR_RETURN(result, Sum(inner));
    } else if (name == "plan") {
      inner.plan = true;
      ASSIGN_OR_RETURN(result, Sum(inner));
    } else if (name == "positive") {
      ASSIGN_OR_RETURN(FormulaPtr number, Sum(inner));
      result = Node(Kind::kPositive, std::move(number), nullptr);
    } else if (name == "shifted") {
      return Shifted(inner);
    } else if (name == "many") {
      return Many(inner);
    } else if (name == "instant") {
      result = Named(Kind::kInstant, "");
    } else if (const auto p = percentiles.find(name); p != percentiles.end()) {
      ASSIGN_OR_RETURN(std::string measure, Name("a measure"));
      ASSIGN_OR_RETURN(const FormulaPtr sum, Measure(std::move(measure), around));
      auto node = std::make_shared<Formula>(*sum);
      node->use.percentile = p->second;
      result = std::move(node);
    } else if (name == "kpi" || name == "constant") {
      ASSIGN_OR_RETURN(std::string named, Name("a name"));
      result = Named(name == "kpi" ? Kind::kKpi : Kind::kConstant, std::move(named));
    } else {
      return Wrong(absl::StrCat(
          "there is no ", name,
          "(…); calls are opening, closing, ahead, whole, plan, positive, shifted, many, "
          "instant, p50, p75, p90, p95, p99, kpi, constant"));
    }
    RETURN_IF_ERROR(Expect(')'));
    return result;
  }

  // shifted(what, by): `by` is read first, since what it shifts has to know it.
  absl::StatusOr<FormulaPtr> Shifted(Around inner) {
    const size_t what = at_;
    ASSIGN_OR_RETURN(const FormulaPtr unshifted, Sum(inner));
    RETURN_IF_ERROR(Expect(','));
    ASSIGN_OR_RETURN(inner.shifted_by, Sum(Around()));
    RETURN_IF_ERROR(Expect(')'));
    const size_t end = at_;
    at_ = what;
    ASSIGN_OR_RETURN(FormulaPtr shifted, Sum(inner));
    at_ = end;
    return shifted;
  }

  absl::StatusOr<FormulaPtr> Many(const Around& inner) {
    ASSIGN_OR_RETURN(std::string dimension, Name("a dimension"));
    RETURN_IF_ERROR(Expect(','));
    ASSIGN_OR_RETURN(FormulaPtr each, Sum(inner));
    RETURN_IF_ERROR(Expect(','));
    ASSIGN_OR_RETURN(FormulaPtr at_least, Factor(inner));
    RETURN_IF_ERROR(Expect(')'));
    if (at_least->kind != Kind::kNumber) return Wrong("many(…) ends with a number");
    auto node = std::make_shared<Formula>();
    node->kind = Kind::kMany;
    node->name = std::move(dimension);
    node->left = std::move(each);
    node->right = std::move(at_least);
    return FormulaPtr(node);
  }

  absl::StatusOr<FormulaPtr> Measure(std::string name, const Around& around) {
    auto node = std::make_shared<Formula>();
    node->kind = Kind::kMeasure;
    node->use.measure = std::move(name);
    node->use.over = around.over;
    node->use.whole = around.whole;
    node->use.plan = around.plan;
    node->use.shifted_by = around.shifted_by;
    if (!Take('[')) return FormulaPtr(node);
    do {
      MeasureUse::Condition condition;
      ASSIGN_OR_RETURN(condition.dimension, Name("a dimension"));
      RETURN_IF_ERROR(Expect('='));
      do {
        ASSIGN_OR_RETURN(std::string value, Value());
        if (value == "@period" && condition.values.empty()) break;
        condition.each = value == "@each" && condition.values.empty();
        if (condition.each) break;
        condition.values.push_back(std::move(value));
      } while (Take('|'));
      node->use.where.push_back(std::move(condition));
    } while (Take(','));
    RETURN_IF_ERROR(Expect(']'));
    return FormulaPtr(node);
  }

  absl::StatusOr<std::string> Value() {
    if (Take('"')) {
      const size_t end = text_.find('"', at_);
      if (end == absl::string_view::npos) return Wrong("the closing quote is missing");
      std::string value(text_.substr(at_, end - at_));
      at_ = end + 1;
      return value;
    }
    std::string value = TakeWhile(IsWordCharacter);
    if (value.empty()) return Wrong("a value is missing");
    return value;
  }

  const absl::string_view text_;
  size_t at_ = 0;
  int depth_ = 0;
};

}  // namespace

bool IsDecimal(absl::string_view text) {
  const size_t dot = text.find('.');
  const absl::string_view whole = text.substr(0, dot);
  const absl::string_view decimals =
      dot == absl::string_view::npos ? absl::string_view() : text.substr(dot + 1);
  if (whole.empty() || whole.size() > kDigitsMax || decimals.size() > kDecimalsMax ||
      (dot != absl::string_view::npos && decimals.empty())) {
    return false;
  }
  for (const char c : whole) {
    if (!absl::ascii_isdigit(c)) return false;
  }
  for (const char c : decimals) {
    if (!absl::ascii_isdigit(c)) return false;
  }
  return true;
}

absl::StatusOr<FormulaPtr> ParseFormula(absl::string_view text) {
  if (text.size() > kFormulaBytesMax) {
    return absl::InvalidArgumentError(absl::StrCat("it has ", text.size(), " bytes; at most ",
                                                   kFormulaBytesMax,
                                                   ": use kpi(…) to name a part"));
  }
  return Parser(text).Run();
}

std::string TextOf(const MeasureUse& use) {
  std::vector<std::string> conditions;
  for (const auto& condition : use.where) {
    conditions.push_back(absl::StrCat(condition.dimension, "=",
                                      condition.each ? "@each"
                                      : condition.values.empty()
                                          ? "@period"
                                          : absl::StrJoin(condition.values, "|")));
  }
  std::string text = use.measure;
  if (!conditions.empty()) absl::StrAppend(&text, "[", absl::StrJoin(conditions, ", "), "]");
  if (use.percentile != 0) text = absl::StrCat("p", use.percentile, "(", text, ")");
  static constexpr absl::string_view kOvers[] = {"", "opening", "closing", "ahead"};
  const absl::string_view over = kOvers[static_cast<int>(use.over)];
  if (!over.empty()) text = absl::StrCat(over, "(", text, ")");
  if (use.whole) text = absl::StrCat("whole(", text, ")");
  if (use.plan) text = absl::StrCat("plan(", text, ")");
  if (use.shifted_by != nullptr) text = absl::StrCat("shifted(", text, ")");
  return text;
}

void ForEachNode(const Formula& formula, absl::FunctionRef<void(const Formula&)> each) {
  each(formula);
  if (formula.left != nullptr) ForEachNode(*formula.left, each);
  if (formula.right != nullptr) ForEachNode(*formula.right, each);
  if (formula.use.shifted_by != nullptr) ForEachNode(*formula.use.shifted_by, each);
}

}  // namespace revops
