// Rows kept aside: as they stood in the file, each after a comment with its reason. Such a file is
// read by the same mapping once it is mended.
//
//   #! revops rejected rows of deals.csv
//   id,amount
//   #! deals.csv:12: column "amount": "12,50" is not a number; ...
//   7,"12,50"
#pragma once

#include <fstream>
#include <string>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "engine/import/row_reader.h"

namespace revops {

// Not thread safe.
class RejectedFile final {
 public:
  // An empty path: nothing is written. `header` is put before the first row.
  RejectedFile(std::string path, std::string input_name, std::string header);

  // Errors: kUnavailable if the file cannot be written.
  absl::Status Add(const Row& row, absl::string_view reason);

  // Writes out what is held back.
  absl::Status Close();

 private:
  absl::Status Check() const;

  const std::string path_;
  const std::string input_name_;
  const std::string header_;
  std::ofstream out_;
};

}  // namespace revops
