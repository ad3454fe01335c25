/** The variable that a server's keys are taken from, with commas between: the process list shows arguments. */
export const KEYS = "PEPPERCORN_KEYS";
