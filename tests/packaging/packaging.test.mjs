// The packed tarball, installed, in every runtime. One process, because it is packed and installed once.

import "./node.mjs";
import "./types.mjs";
import "./runtimes.mjs";
import "./bundlers.mjs";
import "./linters.mjs";
import "./workers.mjs";
