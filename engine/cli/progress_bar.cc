#include "engine/cli/progress_bar.h"

#include <algorithm>

#include "absl/strings/str_cat.h"

namespace revops {
namespace {

constexpr int64_t kRedrawMicros = 100'000;
constexpr uint64_t kBarColumns = 24;

std::string Bar(uint64_t done, uint64_t total) {
  const uint64_t full = std::min(done, total) * kBarColumns / total;
  std::string bar(full, '=');
  if (full < kBarColumns) bar += '>';
  bar.resize(kBarColumns, ' ');
  return bar;
}

}  // namespace

ProgressBar::ProgressBar(Terminal& terminal, const Clock& clock, absl::string_view what,
                         absl::string_view unit)
    : terminal_(terminal),
      clock_(clock),
      what_(what),
      unit_(unit),
      started_(clock.MonotonicMicros()) {}

void ProgressBar::Show(uint64_t done, uint64_t total) {
  if (!terminal_.err_is_person) return;
  const int64_t now = clock_.MonotonicMicros();
  if (drawn_ != 0 && now - drawn_ < kRedrawMicros) return;
  drawn_ = std::max<int64_t>(now, 1);
  std::string line = what_ + "  ";
  if (total > 0) {
    absl::StrAppend(&line, std::min(done, total) * 100 / total, "% [", Bar(done, total), "] ",
                    WithCommas(done), " of ", WithCommas(total), " ", unit_);
  } else {
    absl::StrAppend(&line, WithCommas(done), " ", unit_);
  }
  if (const int64_t micros = now - started_; micros > kRedrawMicros) {
    absl::StrAppend(&line, "  ", WithCommas(done * 1'000'000 / static_cast<uint64_t>(micros)),
                    "/s");
  }
  terminal_.err << "\r\x1b[K" << line << std::flush;
}

void ProgressBar::Finish() {
  if (drawn_ == 0) return;
  terminal_.err << "\r\x1b[K" << std::flush;
  drawn_ = 0;
}

std::string WithCommas(uint64_t number) {
  std::string digits = absl::StrCat(number);
  for (size_t at = digits.size(); at > 3;) {
    at -= 3;
    digits.insert(at, ",");
  }
  return digits;
}

}  // namespace revops
