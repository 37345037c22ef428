// Where a command reads and writes, so that tests can be the user.
#pragma once

#include <istream>
#include <ostream>
#include <string>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"

namespace revops {

struct Terminal {
  std::istream& in;
  std::ostream& out;  // the answer, and nothing else
  std::ostream& err;  // progress, remarks and errors
  // A person is looking: colours and bars are wanted. Off if NO_COLOR is set.
  bool out_is_person = false;
  bool err_is_person = false;
  // Columns of the screen; 0: not known, nothing is cut.
  int width = 0;
  // How the user ran this program, for commands to try next.
  std::string program = "revops";
};

enum class Style { kBold, kDim, kRed, kGreen };

inline std::string Styled(bool wanted, Style style, absl::string_view text) {
  if (!wanted) return std::string(text);
  constexpr const char* kCodes[] = {"\x1b[1m", "\x1b[2m", "\x1b[31m", "\x1b[32m"};
  return absl::StrCat(kCodes[static_cast<int>(style)], text, "\x1b[0m");
}

}  // namespace revops
