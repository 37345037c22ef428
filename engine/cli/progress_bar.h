// One line that says how far a long work is, for a person who waits.
#pragma once

#include <cstdint>
#include <string>

#include "absl/strings/string_view.h"
#include "engine/base/clock.h"
#include "engine/cli/terminal.h"

namespace revops {

// Drawn on terminal.err, at most ten times a second, and only if a person is looking; wiped off at
// the end. Thread safety: none.
class ProgressBar final {
 public:
  // "folding  42% [=====>    ] 42,000 of 100,000 events  12,300/s"
  ProgressBar(Terminal& terminal, const Clock& clock, absl::string_view what,
              absl::string_view unit);
  ~ProgressBar() { Finish(); }
  ProgressBar(const ProgressBar&) = delete;
  ProgressBar& operator=(const ProgressBar&) = delete;

  // `total` 0: not known; then without a bar.
  void Show(uint64_t done, uint64_t total);
  void Finish();

 private:
  Terminal& terminal_;
  const Clock& clock_;
  const std::string what_;
  const std::string unit_;
  const int64_t started_;
  int64_t drawn_ = 0;  // when, by the monotonic clock; 0: never
};

// "1,234,567"
std::string WithCommas(uint64_t number);

}  // namespace revops
