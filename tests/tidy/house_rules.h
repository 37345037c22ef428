// The rules of the house that a compiler does not hold: who may include whom, how long a file may
// grow, which words have no place where.
//
// Pure functions over paths and texts, so that the test can plant a violation of each rule and see
// it found.
#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

namespace revops::test {

// path from the project's root -> contents
using SourceTree = std::map<std::string, std::string>;

// The files under the folders that hold our sources, below `root`.
SourceTree ReadSources(const std::string& root);

// Everything wrong in the tree, one line each: "engine/fold/fold.cc:12: what and why".
std::vector<std::string> Violations(const SourceTree& tree);

// The text with comments and literals blanked out, line breaks kept.
std::string CodeOnly(const std::string& text);

// Types of one name that two of our files define where both can be seen, one line each; part of
// Violations.
std::vector<std::string> TwiceDefined(const SourceTree& tree);

// A cycle among folders, as "a -> b -> a"; empty if there is none.
std::string FindCycle(const std::map<std::string, std::set<std::string>>& includes);

}  // namespace revops::test
