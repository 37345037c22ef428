// Public data that no one here wrote, imported by the mappings of deploy/mappings. It lies outside
// the repository: tests that need it skip, in words, when it is not there.
#pragma once

#include <cstdlib>
#include <filesystem>
#include <iterator>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "engine/import/importer.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace revops::test {

inline std::string DataFolder() {
  const char* shared = std::getenv("REVOPS_SHARED");
  return absl::StrCat(shared != nullptr ? shared : REVOPS_SOURCE_DIR "/../shared", "/data/");
}

inline std::string MappingFolder() { return REVOPS_SOURCE_DIR "/deploy/mappings/"; }

struct PublicImport {
  std::vector<v1::Event> events;
  ImportReport report;
};

inline PublicImport Import(const std::string& mapping_file, const std::string& data_file) {
  PublicImport imported;
  const absl::StatusOr<Mapping> mapping = Mapping::Load(MappingFolder() + mapping_file);
  EXPECT_TRUE(mapping.ok()) << mapping.status();
  if (!mapping.ok()) return imported;
  auto report = Importer(*mapping).Run(DataFolder() + data_file, [&](std::vector<v1::Event> batch) {
    std::move(batch.begin(), batch.end(), std::back_inserter(imported.events));
    return absl::OkStatus();
  });
  EXPECT_TRUE(report.ok()) << report.status();
  if (report.ok()) imported.report = *std::move(report);
  EXPECT_TRUE(imported.report.input.ok()) << imported.report.input;
  EXPECT_THAT(imported.report.messages, ::testing::IsEmpty());
  return imported;
}

}  // namespace revops::test

#define SKIP_WITHOUT(folder)                                             \
  if (!std::filesystem::exists(::revops::test::DataFolder() + (folder))) \
  GTEST_SKIP() << ::revops::test::DataFolder() << (folder)               \
               << " is not there; set REVOPS_SHARED to the "             \
               << "folder that holds data/"
