#include "engine/import/rejected_file.h"

#include <cerrno>
#include <cstring>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "engine/base/status.h"
#include "engine/import/text_lines.h"

namespace revops {

RejectedFile::RejectedFile(std::string path, std::string input_name, std::string header)
    : path_(std::move(path)), input_name_(std::move(input_name)), header_(std::move(header)) {}

absl::Status RejectedFile::Add(const Row& row, absl::string_view reason) {
  if (path_.empty()) return absl::OkStatus();
  if (!out_.is_open()) {
    out_.open(path_, std::ios::binary | std::ios::trunc);
    RETURN_IF_ERROR(Check());
    out_ << kRejectedMark << " of " << absl::StrReplaceAll(input_name_, {{"\n", " "}}) << "\n";
    if (!header_.empty()) out_ << header_ << "\n";
  }
  out_ << kRejectedComment << absl::StrReplaceAll(reason, {{"\n", " "}, {"\r", " "}}) << "\n";
  // A line that would be taken for a comment of ours cannot be copied either.
  const bool copies = !row.raw.empty() && !absl::StartsWith(row.raw, kRejectedComment) &&
                      !absl::StrContains(row.raw, absl::StrCat("\n", kRejectedComment));
  if (!copies) {
    out_ << kRejectedComment << "the row cannot be copied here: see line " << row.line << " of "
         << absl::StrReplaceAll(input_name_, {{"\n", " "}}) << "\n";
  } else {
    out_ << row.raw << "\n";
  }
  return Check();
}

absl::Status RejectedFile::Close() {
  if (!out_.is_open()) return absl::OkStatus();
  out_.close();
  return Check();
}

absl::Status RejectedFile::Check() const {
  if (out_.good()) return absl::OkStatus();
  return absl::UnavailableError(absl::StrCat("cannot write rows kept aside to ", path_, ": ",
                                             std::strerror(errno),
                                             "; make room or name another file"));
}

}  // namespace revops
