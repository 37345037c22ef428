#include "tests/support/logical_view.h"

#include <utility>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "engine/base/hash.h"
#include "engine/event/id.h"

namespace revops::test {
namespace {

constexpr size_t kLinesMax = 12;

// Length, seven bits at a time, then the bytes.
void Prefixed(const std::string& bytes, std::string& out) {
  size_t size = bytes.size();
  while (size > 127) {
    out += static_cast<char>(128 + size % 128);
    size /= 128;
  }
  out += static_cast<char>(size);
  out += bytes;
}

std::string Show(const std::string& id) {
  const std::string text = ToText(Id::FromBytes(id));
  return text.empty() ? absl::CHexEscape(id) : text;
}

template <typename Map, typename Name>
void CompareMaps(const Map& is, const Map& should_be, const Name& name, const char* what,
                 std::vector<std::string>& lines) {
  for (const auto& entry : should_be) {
    const auto at = is.find(entry.first);
    if (at == is.end()) {
      lines.push_back(absl::StrCat(what, " missing: ", name(entry)));
    } else if (!(at->second == entry.second)) {
      lines.push_back(absl::StrCat(what, " is ", name(*at), ", should be ", name(entry)));
    }
  }
  for (const auto& entry : is) {
    if (should_be.count(entry.first) == 0) {
      lines.push_back(absl::StrCat(what, " too many: ", name(entry)));
    }
  }
}

}  // namespace

uint128 DigestOf(const LogicalView& view) {
  uint128 digest = 0;
  for (const auto& [key, row] : view.rows) {
    const auto& [name, root, entity] = key;
    std::string part = "R";
    Prefixed(name, part);
    Prefixed(root, part);
    Prefixed(entity, part);
    digest += Hash128(part + row);
  }
  for (const auto& [root, copies] : view.journal) {
    for (const LogicalView::Copy& copy : copies) {
      std::string part = "J";
      Prefixed(root, part);
      Prefixed(copy.person, part);
      Prefixed(copy.opportunity, part);
      // Zigzag, seven bits at a time.
      uint64_t folded = copy.recorded_at < 0 ? ~(static_cast<uint64_t>(copy.recorded_at) * 2)
                                             : static_cast<uint64_t>(copy.recorded_at) * 2;
      while (folded > 127) {
        part += static_cast<char>(128 + folded % 128);
        folded /= 128;
      }
      part += static_cast<char>(folded);
      digest += Hash128(part + copy.bytes);
    }
  }
  for (const auto& [name, list, sort_key, root, entity] : view.items) {
    std::string part = "X";
    Prefixed(name, part);
    Prefixed(list, part);
    Prefixed(sort_key, part);
    Prefixed(root, part);
    digest += Hash128(part + entity);
  }
  for (const auto& [key, value] : view.cells) {
    const auto& [measure, set, day, dims] = key;
    std::string part = "K";
    Prefixed(measure, part);
    part += static_cast<char>(set);
    const uint64_t biased = static_cast<uint64_t>(int64_t{day}) + (uint64_t{1} << 63);
    for (int byte = 7; byte >= 0; --byte) part += static_cast<char>(biased >> (8 * byte));
    for (const std::string& dim : dims) Prefixed(dim, part);
    digest += static_cast<uint128>(value) * (Hash128(part) | 1);
  }
  return digest;
}

void AddTo(LogicalView& sum, const LogicalView& part) {
  sum.rows.insert(part.rows.begin(), part.rows.end());
  sum.journal.insert(part.journal.begin(), part.journal.end());
  sum.items.insert(part.items.begin(), part.items.end());
  for (const auto& [key, value] : part.cells) {
    int128& cell = sum.cells[key];
    cell += value;
    if (cell == 0) sum.cells.erase(key);
  }
}

std::vector<std::string> Differences(const LogicalView& is, const LogicalView& should_be) {
  std::vector<std::string> lines;
  CompareMaps(
      is.journal, should_be.journal,
      [](const auto& entry) {
        return absl::StrCat(
            Show(entry.first), " with ",
            absl::StrJoin(entry.second, ", ", [](std::string* out, const LogicalView::Copy& copy) {
              absl::StrAppend(out, "(", absl::CHexEscape(copy.bytes), " recorded ",
                              copy.recorded_at, " person ", Show(copy.person), ")");
            }));
      },
      "journal", lines);
  CompareMaps(
      is.rows, should_be.rows,
      [](const auto& entry) {
        const auto& [view, root, entity] = entry.first;
        return absl::StrCat(view, " of ", Show(root), " / ", Show(entity), " = ",
                            absl::CHexEscape(entry.second.substr(0, 300)));
      },
      "row", lines);
  CompareMaps(
      is.cells, should_be.cells,
      [](const auto& entry) {
        const auto& [measure, set, day, dims] = entry.first;
        return absl::StrCat(measure, "[", set, "] day ", day, " {", absl::StrJoin(dims, ","),
                            "} = ", ToDecimal(entry.second));
      },
      "cell", lines);
  const auto item = [](const auto& key) {
    const auto& [view, list, sort_key, root, entity] = key;
    return absl::StrCat(view, ".", list, " ", absl::CHexEscape(sort_key), " ", Show(root), " / ",
                        Show(entity));
  };
  for (const auto& key : should_be.items) {
    if (is.items.count(key) == 0) lines.push_back(absl::StrCat("item missing: ", item(key)));
  }
  for (const auto& key : is.items) {
    if (should_be.items.count(key) == 0)
      lines.push_back(absl::StrCat("item too many: ", item(key)));
  }
  if (lines.size() > kLinesMax) {
    const size_t more = lines.size() - kLinesMax;
    lines.resize(kLinesMax);
    lines.push_back(absl::StrCat("… and ", more, " more"));
  }
  return lines;
}

}  // namespace revops::test
