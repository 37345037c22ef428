#include "tests/tidy/house_rules.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <functional>
#include <iterator>
#include <regex>
#include <sstream>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"

namespace revops::test {
namespace {

constexpr size_t kLinesMax = 400;
constexpr size_t kColumnsMax = 100;

// The folders of the house, lowest first: a folder includes only folders before it...
const std::vector<std::string>& Floors() {
  static const auto* floors = new std::vector<std::string>{
      "engine/base",     "engine/event",    "engine/model", "engine/log",
      "engine/identity", "engine/fold",     "engine/view",  "engine/runtime",
      "engine/ingest",   "engine/query",    "engine/serve", "engine/report",
      "engine/import",   "engine/simulate", "projections",  "engine/cli"};
  return *floors;
}

// ...and these only the folders named.
const std::map<std::string, std::set<std::string>>& Narrower() {
  static const auto* narrower = new std::map<std::string, std::set<std::string>>{
      {"projections", {"engine/base", "engine/event", "engine/model", "engine/fold"}},
      {"engine/import", {"engine/base", "engine/event", "engine/model"}},
      {"engine/simulate", {"engine/base", "engine/event", "engine/model"}}};
  return *narrower;
}

// Each library of the outside that only some of our files may know.
struct Adapter {
  const char* include;               // prefix of what stands in #include <...>
  std::vector<const char*> allowed;  // prefixes of paths
};
const std::vector<Adapter>& Adapters() {
  static const auto* adapters = new std::vector<Adapter>{
      {"rocksdb/", {"engine/log/", "engine/view/", "engine/identity/"}},
      {"librdkafka/", {"engine/log/kafka_"}},
      {"boost/", {"engine/serve/", "engine/cli/", "engine/query/kpi_number"}},
      {"prometheus/", {"engine/serve/metrics"}},
      {"CLI/", {"engine/cli/"}},
      {"csv.h", {"engine/import/cell_splitter"}},
      {"nlohmann/", {"engine/import/json_rows"}},
      {"grpc", {"engine/serve/"}}};
  return *adapters;
}

// Code that has no place in some folders.
struct Forbidden {
  const char* pattern;  // of code without comments and literals
  const char* why;
  std::vector<const char*> in;      // prefixes of paths
  std::vector<const char*> except;  // prefixes of paths
};
const std::vector<Forbidden>& ForbiddenCode() {
  static const auto* forbidden = new std::vector<Forbidden>{
      {R"(\bassert\s*\()",
       "use REVOPS_CHECK: it stays on in release",
       {"engine/", "projections/"},
       {}},
      {R"(\bthrow\b)", "return an absl::Status", {"engine/", "projections/"}, {}},
      {R"(\b(s?rand\s*\(|random_device\b|mt19937))",
       "take randomness as an argument",
       {"engine/", "projections/"},
       {"engine/simulate/", "engine/log/log_store.cc"}},
      {R"(\b(system_clock|steady_clock|high_resolution_clock|gettimeofday|clock_gettime)\b)"
       R"(|\babsl::(Now|GetCurrentTimeNanos)\b|\btime\s*\(\s*(nullptr|NULL|0|&))",
       "take a revops::Clock",
       {"engine/", "projections/"},
       {"engine/base/clock"}},
      {R"(\b(double|float)\b)",
       "folds and stored bytes are integers",
       {"engine/fold/", "engine/view/", "projections/"},
       {}},
      {R"(\bunordered_(map|set)\b|\bflat_hash_(map|set)\b|\bnode_hash_(map|set)\b)",
       "what a projection does must not depend on hash order",
       {"projections/"},
       {}},
      {R"(\busing\s+namespace\s+std\b)",
       "name what you use",
       {"engine/", "projections/", "tests/"},
       {}},
      {R"(\bsleep_for\b|\bsleep_until\b|\busleep\s*\(|\babsl::SleepFor\b)",
       "a test waits for a condition, not for time",
       {"tests/"},
       {"tests/crash/", "tests/chaos/", "tests/system/", "tests/bench/", "tests/support/"}}};
  return *forbidden;
}

const std::set<std::string>& TestFolders() {
  static const auto* folders = new std::set<std::string>{
      "base",    "event",       "model",  "log",   "identity", "fold",     "view",
      "runtime", "ingest",      "query",  "serve", "import",   "simulate", "projections",
      "cli",     "conformance", "crash",  "fuzz",  "bench",    "report",   "system",
      "tidy",    "support",     "golden", "kafka", "chaos"};
  return *folders;
}

bool StartsWithAny(const std::string& path, const std::vector<const char*>& prefixes) {
  return std::any_of(prefixes.begin(), prefixes.end(),
                     [&](const char* prefix) { return absl::StartsWith(path, prefix); });
}

bool IsCpp(const std::string& path) {
  return absl::EndsWith(path, ".h") || absl::EndsWith(path, ".cc");
}

// "engine/fold" of "engine/fold/x.h"; "projections" of "projections/x.h"; else empty.
std::string FloorOf(const std::string& path) {
  if (absl::StartsWith(path, "projections/")) return "projections";
  if (!absl::StartsWith(path, "engine/")) return "";
  const size_t slash = path.find('/', 7);
  return slash == std::string::npos ? "" : path.substr(0, slash);
}

// One file and where its violations go.
class FileCheck final {
 public:
  FileCheck(const std::string& path, const std::string& text, std::vector<std::string>& found)
      : path_(path), text_(text), lines_(absl::StrSplit(text, '\n')), found_(found) {}

  void Run() {
    CheckNames();
    CheckLengths();
    CheckMarkers();
    if (!IsCpp(path_)) return;
    CheckPragma();
    CheckIncludes();
    CheckForbiddenCode();
  }

 private:
  void Add(size_t line, const std::string& what) {
    found_.push_back(absl::StrCat(path_, ":", line, ": ", what));
  }

  void CheckNames() {
    const std::string stem = std::filesystem::path(path_).stem().string();
    for (const char* drawer : {"util", "utils", "common", "helper", "helpers", "manager", "misc"}) {
      if (stem == drawer || absl::EndsWith(stem, absl::StrCat("_", drawer))) {
        Add(1, absl::StrCat("\"", drawer, "\" names no idea; name the file after what it does"));
      }
    }
    const std::string floor = FloorOf(path_);
    if (absl::StartsWith(path_, "engine/") &&
        std::find(Floors().begin(), Floors().end(), floor) == Floors().end()) {
      Add(1, "is not in a folder of the house; see Floors() in tests/tidy/house_rules.cc");
    }
    const std::vector<std::string> parts = absl::StrSplit(path_, '/');
    if (parts[0] == "tests" && parts.size() > 2 && TestFolders().count(parts[1]) == 0) {
      Add(1, "is not in a known folder of tests; tests mirror engine/ and projections/");
    }
  }

  void CheckLengths() {
    if (absl::EndsWith(path_, ".proto") || absl::EndsWith(path_, ".textproto")) return;
    if (lines_.size() > kLinesMax + 1) {
      Add(lines_.size(), absl::StrCat("is longer than ", kLinesMax, " lines; split it by idea"));
    }
    if (!IsCpp(path_)) return;
    for (size_t i = 0; i < lines_.size(); ++i) {
      // Bytes that continue a UTF-8 character take no column.
      const size_t columns = std::count_if(lines_[i].begin(), lines_[i].end(),
                                           [](char c) { return (c & 0xc0) != 0x80; });
      if (columns > kColumnsMax && !absl::StrContains(lines_[i], "http")) {
        Add(i + 1, absl::StrCat("is wider than ", kColumnsMax, " columns; run clang-format"));
      }
    }
  }

  void CheckMarkers() {
    static const auto* marker = new std::regex(
        "\\b(TO"
        "DO|FIX"
        "ME|X"
        "XX|HA"
        "CK)\\b");
    for (size_t i = 0; i < lines_.size(); ++i) {
      if (std::regex_search(lines_[i], *marker)) {
        Add(i + 1, "marks unfinished work; finish it or open an issue");
      }
    }
  }

  void CheckPragma() {
    if (!absl::EndsWith(path_, ".h")) return;
    if (std::find(lines_.begin(), lines_.end(), "#pragma once") == lines_.end()) {
      Add(1, "is a header without #pragma once");
    }
  }

  void CheckIncludes() {
    static const auto* include = new std::regex(R"(^\s*#\s*include\s*([<"])([^">]+)[">])");
    bool is_first = true;
    for (size_t i = 0; i < lines_.size(); ++i) {
      std::smatch match;
      if (!std::regex_search(lines_[i], match, *include)) continue;
      const std::string target = match[2];
      CheckInclude(i + 1, target);
      if (is_first) CheckOwnHeaderFirst(i + 1, target);
      is_first = false;
    }
  }

  void CheckInclude(size_t line, const std::string& target) {
    const std::string floor = FloorOf(path_);
    if (floor.empty()) return;  // tests may know everything
    if (absl::StartsWith(target, "tests/")) Add(line, "production code includes a test's file");
    if (absl::StartsWith(target, "../") || absl::StartsWith(target, "./")) {
      Add(line, "includes by a relative path; write it from the root");
    }
    for (const Adapter& adapter : Adapters()) {
      if (absl::StartsWith(target, adapter.include) && !StartsWithAny(path_, adapter.allowed)) {
        Add(line, absl::StrCat("includes ", target, ", which only ",
                               absl::StrJoin(adapter.allowed, ", "), " may"));
      }
    }
    const std::string other = FloorOf(target);
    if (other.empty() || other == floor) return;
    const auto& floors = Floors();
    const auto narrower = Narrower().find(floor);
    const bool may = narrower != Narrower().end()
                         ? narrower->second.count(other) > 0
                         : std::find(floors.begin(), floors.end(), other) <
                               std::find(floors.begin(), floors.end(), floor);
    if (!may) Add(line, absl::StrCat(floor, " may not include ", other));
  }

  // Only where the file has a header of its own name: then it is the first, so that the header is
  // seen to stand alone.
  void CheckOwnHeaderFirst(size_t line, const std::string& target) {
    if (!absl::EndsWith(path_, ".cc")) return;
    const std::string own = path_.substr(0, path_.size() - 3) + ".h";
    if (target != own && absl::StrContains(text_, absl::StrCat("#include \"", own, "\""))) {
      Add(line, absl::StrCat("includes ", target, " before its own header"));
    }
  }

  void CheckForbiddenCode() {
    static const auto* compiled = [] {
      auto* patterns = new std::vector<std::regex>;
      for (const Forbidden& rule : ForbiddenCode()) patterns->emplace_back(rule.pattern);
      return patterns;
    }();
    const std::vector<std::string> code = absl::StrSplit(CodeOnly(text_), '\n');
    for (size_t r = 0; r < ForbiddenCode().size(); ++r) {
      const Forbidden& rule = ForbiddenCode()[r];
      if (!StartsWithAny(path_, rule.in) || StartsWithAny(path_, rule.except)) continue;
      for (size_t i = 0; i < code.size(); ++i) {
        std::smatch match;
        if (std::regex_search(code[i], match, (*compiled)[r])) {
          Add(i + 1, absl::StrCat("says ", match.str(), "; ", rule.why));
        }
      }
    }
  }

  const std::string& path_;
  const std::string& text_;
  const std::vector<std::string> lines_;
  std::vector<std::string>& found_;
};

// folder -> folders it includes, itself left out.
std::map<std::string, std::set<std::string>> FolderIncludes(const SourceTree& tree) {
  static const auto* include = new std::regex(R"re(#include "([^"]+)")re");
  std::map<std::string, std::set<std::string>> includes;
  for (const auto& [path, text] : tree) {
    const std::string floor = FloorOf(path);
    if (floor.empty() || !IsCpp(path)) continue;
    for (std::sregex_iterator it(text.begin(), text.end(), *include), end; it != end; ++it) {
      const std::string other = FloorOf((*it)[1]);
      if (!other.empty() && other != floor) includes[floor].insert(other);
    }
  }
  return includes;
}

}  // namespace

std::string FindCycle(const std::map<std::string, std::set<std::string>>& includes) {
  std::vector<std::string> path;
  std::set<std::string> finished;
  std::string cycle;
  const std::function<void(const std::string&)> visit = [&](const std::string& folder) {
    const auto seen = std::find(path.begin(), path.end(), folder);
    if (seen != path.end()) {
      cycle = absl::StrCat(absl::StrJoin(seen, path.end(), " -> "), " -> ", folder);
    }
    if (!cycle.empty() || finished.count(folder) > 0) return;
    path.push_back(folder);
    if (const auto next = includes.find(folder); next != includes.end()) {
      for (const std::string& other : next->second) visit(other);
    }
    path.pop_back();
    finished.insert(folder);
  };
  for (const auto& entry : includes) visit(entry.first);
  return cycle;
}

std::vector<std::string> Violations(const SourceTree& tree) {
  std::vector<std::string> found;
  for (const auto& [path, text] : tree) FileCheck(path, text, found).Run();
  if (const std::string cycle = FindCycle(FolderIncludes(tree)); !cycle.empty()) {
    found.push_back(absl::StrCat("folders include each other: ", cycle));
  }
  for (std::string& clash : TwiceDefined(tree)) found.push_back(std::move(clash));
  return found;
}

SourceTree ReadSources(const std::string& root) {
  namespace fs = std::filesystem;
  static const auto* extensions = new std::set<std::string>{
      ".h", ".cc", ".proto", ".textproto", ".py", ".sh", ".cmake", ".txt", ""};
  SourceTree tree;
  for (const char* folder : {"engine", "projections", "proto", "tests", "deploy", "cmake", ".ci"}) {
    if (!fs::exists(fs::path(root) / folder)) continue;
    for (const auto& entry : fs::recursive_directory_iterator(fs::path(root) / folder)) {
      const std::string path = fs::relative(entry.path(), root).string();
      if (!entry.is_regular_file() || absl::StartsWith(path, "tests/golden/")) continue;
      if (extensions->count(entry.path().extension().string()) == 0) continue;
      std::ifstream file(entry.path(), std::ios::binary);
      tree[path] = std::string(std::istreambuf_iterator<char>(file), {});
    }
  }
  return tree;
}

}  // namespace revops::test
