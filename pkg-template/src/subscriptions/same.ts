// Whether two values say the same: answers, which are plain data, and what questions are asked under.

/** Of two results, the revisions they were taken from make no difference. */
const REVISION = "revision";

/** Whether two answers say the same, whichever revisions they are of. */
export function sameAnswer(left: unknown, right: unknown): boolean {
  return same(left, right, REVISION);
}

/** Whether two values are the same: plain objects, lists, dates and bytes by what they hold. Text of the field `but` is passed over. */
export function same(left: unknown, right: unknown, but?: string): boolean {
  if (Object.is(left, right)) {
    return true;
  }
  if (typeof left !== "object" || typeof right !== "object" || left === null || right === null) {
    return false;
  }
  if (Object.getPrototypeOf(left) !== Object.getPrototypeOf(right)) {
    return false;
  }
  if (left instanceof Date && right instanceof Date) {
    return Object.is(left.getTime(), right.getTime());
  }
  const keys = Object.keys(left);
  if (keys.length !== Object.keys(right).length) {
    return false;
  }
  const [first, second] = [left as Record<string, unknown>, right as Record<string, unknown>];
  return keys.every((key) => {
    const [one, other] = [first[key], second[key]];
    return Object.hasOwn(second, key) && ((key === but && typeof one === "string" && typeof other === "string") || same(one, other, but));
  });
}
