#include "engine/log/folder_lock.h"

#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"
#include "tests/support/folders.h"

namespace revops::test {
namespace {

TEST(FolderLockTest, ASecondOwnerIsRefusedAndToldTheFirstOnesPid) {
  const TemporaryFolder folder;
  const auto first = FolderLock::Take(folder.path());
  ASSERT_TRUE(first.ok()) << first.status();
  const auto second = FolderLock::Take(folder.path());
  EXPECT_EQ(second.status().code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_THAT(std::string(second.status().message()),
              ::testing::HasSubstr(
                  absl::StrCat("folder ", folder.path(), " is in use by process ", getpid())));
}

TEST(FolderLockTest, AReleasedFolderCanBeTakenAgain) {
  const TemporaryFolder folder;
  { const auto first = FolderLock::Take(folder.path()); }
  EXPECT_TRUE(FolderLock::Take(folder.path()).ok());
}

TEST(FolderLockTest, ADeadOwnersFolderCanBeTaken) {
  const TemporaryFolder folder;
  const pid_t child = fork();
  if (child == 0) {
    const auto lock = FolderLock::Take(folder.path());
    _exit(lock.ok() ? 0 : 1);  // without releasing anything
  }
  int status = 0;
  ASSERT_EQ(waitpid(child, &status, 0), child);
  ASSERT_EQ(status, 0);
  EXPECT_TRUE(FolderLock::Take(folder.path()).ok());
}

TEST(FolderLockTest, AFolderThatIsNotThereIsUnavailable) {
  const TemporaryFolder folder;
  const auto lock = FolderLock::Take(folder.path() + "/missing");
  EXPECT_EQ(lock.status().code(), absl::StatusCode::kUnavailable);
  EXPECT_THAT(std::string(lock.status().message()), ::testing::HasSubstr("missing/OWNER"));
}

}  // namespace
}  // namespace revops::test
