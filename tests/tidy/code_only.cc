#include <cctype>

#include "tests/tidy/house_rules.h"

namespace revops::test {
namespace {

// Reads over one comment, literal or character of code at a time.
class Blanker final {
 public:
  explicit Blanker(const std::string& text) : text_(text) {}

  std::string Run() {
    while (at_ < text_.size()) {
      if (Starts("//")) {
        BlankUntil("\n");
      } else if (Starts("/*")) {
        BlankThrough("*/");
      } else if (Starts("R\"") && !AfterWord()) {
        const size_t open = text_.find('(', at_);
        if (open == std::string::npos) break;
        BlankThrough(")" + text_.substr(at_ + 2, open - at_ - 2) + "\"");
      } else if (text_[at_] == '"') {
        BlankLiteral('"');
      } else if (text_[at_] == '\'' && !AfterWord()) {  // 1'000 is a number
        BlankLiteral('\'');
      } else {
        out_.push_back(text_[at_++]);
      }
    }
    return out_;
  }

 private:
  bool Starts(const char* token) const { return text_.compare(at_, 2, token) == 0; }
  bool AfterWord() const {
    return at_ > 0 && (std::isalnum(static_cast<unsigned char>(text_[at_ - 1])) != 0);
  }
  void Blank() {
    out_.push_back(text_[at_] == '\n' ? '\n' : ' ');
    ++at_;
  }
  void BlankUntil(const std::string& token) {
    const size_t end = std::min(text_.find(token, at_), text_.size());
    while (at_ < end) Blank();
  }
  void BlankThrough(const std::string& token) {
    const size_t found = text_.find(token, at_ + 2);
    const size_t end = found == std::string::npos ? text_.size() : found + token.size();
    while (at_ < end) Blank();
  }
  void BlankLiteral(char quote) {
    Blank();
    while (at_ < text_.size() && text_[at_] != quote && text_[at_] != '\n') {
      if (text_[at_] == '\\' && at_ + 1 < text_.size()) Blank();
      Blank();
    }
    if (at_ < text_.size()) Blank();
  }

  const std::string& text_;
  std::string out_;
  size_t at_ = 0;
};

}  // namespace

std::string CodeOnly(const std::string& text) { return Blanker(text).Run(); }

}  // namespace revops::test
