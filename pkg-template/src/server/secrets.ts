// Comparing secrets.

/** Whether the given text is the secret, in a time that says nothing about the secret but its length at most. */
export type SameSecret = (secret: string, given: string) => boolean;

const encoder = new TextEncoder();

/** For every runtime: looks at all of what was given, wherever they part. */
export const sameSecret: SameSecret = (secret, given) => {
  const expected = encoder.encode(secret);
  const found = encoder.encode(given);
  // As many steps as what was given is long; the secret's length shows in none of them.
  let difference = expected.length ^ found.length;
  for (let place = 0; place < found.length; place += 1) {
    difference |= (found[place] ?? 0) ^ (expected[place % Math.max(expected.length, 1)] ?? 0);
  }
  return difference === 0;
};
