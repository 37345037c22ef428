#include "tests/support/folders.h"

#include <stdlib.h>

#include <filesystem>

#include "engine/base/status.h"

namespace revops::test {

TemporaryFolder::TemporaryFolder() {
  path_ = (std::filesystem::temp_directory_path() / "revops-XXXXXX").string();
  REVOPS_CHECK(mkdtemp(path_.data()) != nullptr);
}

TemporaryFolder::~TemporaryFolder() {
  std::error_code ignored;  // what stays behind harms nobody
  std::filesystem::remove_all(path_, ignored);
}

}  // namespace revops::test
