// What the process ends with. `docs` and every command's help say the same.

/** Yes, or all passed. */
export const YES = 0;
/** No, or something failed or differs. */
export const NO = 1;
/** Something could not be used: the command line, a file, a question, a server. */
export const UNUSABLE = 2;
/** It depends: a conditional permission, a change of schema that relationships stand against. */
export const DEPENDS = 3;
