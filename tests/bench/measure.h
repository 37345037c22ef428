// What the benchmarks measure with.
#pragma once

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"

namespace revops::bench {

// User and system time of the whole process. Units: seconds.
double CpuSeconds();

// The process's largest resident size. Units: MiB.
long PeakMiB();

// The process's resident size now. Units: MiB.
long ResidentMiB();

// The value below which the share `q` of `sorted` lies, by nearest rank. REQUIRES: not empty.
double Percentile(std::vector<double> values, double q);

// The value, or the end of the benchmark with its error.
template <typename T>
T Take(absl::StatusOr<T> value) {
  if (!value.ok()) {
    std::fprintf(stderr, "%s\n", value.status().ToString().c_str());
    std::exit(1);
  }
  return std::move(value).value();
}
void Take(const absl::Status& status);

// "--name value" of the command line as a number or text; `otherwise` if it is not given.
int64_t NumberOption(int argc, char** argv, const std::string& name, int64_t otherwise);
std::string TextOption(int argc, char** argv, const std::string& name,
                       const std::string& otherwise);

}  // namespace revops::bench
