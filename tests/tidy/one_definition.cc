// Two types of one name in one namespace are one type to the linker: whichever function body it
// keeps is then run on objects of both. The compiler sees only one file at a time.
#include <cctype>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "tests/tidy/house_rules.h"

namespace revops::test {
namespace {

// Words and single characters of code, in order, each with its line.
struct Token {
  std::string text;
  size_t line;
};

std::vector<Token> TokensOf(const std::string& code) {
  std::vector<Token> tokens;
  size_t line = 1;
  bool in_word = false;
  for (const char c : code) {
    const bool word = std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_';
    if (word && in_word) {
      tokens.back().text += c;
    } else if (std::isspace(static_cast<unsigned char>(c)) == 0) {
      tokens.push_back({std::string(1, c), line});
    }
    in_word = word;
    if (c == '\n') ++line;
  }
  return tokens;
}

// Walks one file's tokens and tells which types it defines in namespaces that others can see.
class Definitions final {
 public:
  explicit Definitions(const std::string& text) : tokens_(TokensOf(CodeOnly(text))) {}

  // name -> line
  std::map<std::string, size_t> Run() {
    for (at_ = 0; at_ < tokens_.size(); ++at_) {
      const std::string& token = tokens_[at_].text;
      if (token == "namespace") {
        Namespace();
      } else if (token == "{") {
        frames_.push_back({"", false});
      } else if (token == "}") {
        if (!frames_.empty()) frames_.pop_back();
      } else if (token == "class" || token == "struct" || token == "union" || token == "enum") {
        Type();
      }
    }
    return found_;
  }

 private:
  struct Frame {
    std::string name;
    bool is_namespace;
  };

  void Namespace() {
    std::string name;
    size_t end = at_ + 1;
    for (; end < tokens_.size() && tokens_[end].text != "{"; ++end) {
      if (tokens_[end].text == ";" || tokens_[end].text == "=") return;
      name += tokens_[end].text;
    }
    frames_.push_back({name, true});
    at_ = end;
  }

  void Type() {
    const size_t begin = at_;
    if (begin > 0 && (tokens_[begin - 1].text == "<" || tokens_[begin - 1].text == ",")) return;
    if (at_ + 1 < tokens_.size() && tokens_[at_ + 1].text == "class") ++at_;  // enum class
    if (at_ + 1 >= tokens_.size()) return;
    const std::string name = tokens_[at_ + 1].text;
    // A definition comes to its "{" before anything that says it is none.
    for (size_t i = at_ + 2; i < tokens_.size(); ++i) {
      const std::string& token = tokens_[i].text;
      if (token == ";" || token == "(" || token == ")" || token == "=" || token == "&" ||
          token == "*") {
        return;
      }
      // A specialisation; a class that belongs to another: "struct Log::Shared".
      const bool qualified = token == ":" && i + 1 < tokens_.size() && tokens_[i + 1].text == ":";
      if (i == at_ + 2 && (token == "<" || qualified)) return;
      if (token != "{") continue;
      if (Seen()) found_[absl::StrCat(Path(), name)] = tokens_[begin].line;
      at_ = i - 1;
      return;
    }
  }

  // Whether other files' code could mean the same name.
  bool Seen() const {
    for (const Frame& frame : frames_) {
      if (!frame.is_namespace || frame.name.empty()) return false;
    }
    return true;
  }
  std::string Path() const {
    std::string path;
    for (const Frame& frame : frames_) absl::StrAppend(&path, frame.name, "::");
    return path;
  }

  const std::vector<Token> tokens_;
  size_t at_ = 0;
  std::vector<Frame> frames_;
  std::map<std::string, size_t> found_;
};

}  // namespace

std::vector<std::string> TwiceDefined(const SourceTree& tree) {
  std::map<std::string, std::string> first;  // name -> "path:line"
  std::vector<std::string> found;
  for (const auto& [path, text] : tree) {
    const bool ours = absl::StartsWith(path, "engine/") || absl::StartsWith(path, "projections/");
    if (!ours || !(absl::EndsWith(path, ".h") || absl::EndsWith(path, ".cc"))) continue;
    for (const auto& [name, line] : Definitions(text).Run()) {
      const std::string place = absl::StrCat(path, ":", line);
      const auto [known, is_new] = first.emplace(name, place);
      if (is_new) continue;
      found.push_back(absl::StrCat(place, ": ", name, " is defined at ", known->second,
                                   " too; the linker takes them for one: rename it, or put it "
                                   "into an unnamed namespace"));
    }
  }
  return found;
}

}  // namespace revops::test
