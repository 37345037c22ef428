// The whole program but for the process around it.
#pragma once

#include <string>
#include <vector>

#include "engine/cli/exit_code.h"
#include "engine/cli/open.h"
#include "engine/cli/terminal.h"

namespace revops {

// Runs `revops arguments…`. Errors are said on terminal.err.
ExitCode RunCommandLine(std::vector<std::string> arguments, Terminal& terminal,
                        const ApiOpener& open);

}  // namespace revops
