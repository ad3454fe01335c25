// Passes on the one copy that `require` gets too, so that `instanceof` holds whichever way a library imported it.
import node from "./node.cjs";

export const Peppercorn = node.Peppercorn;
export const PeppercornError = node.PeppercornError;
