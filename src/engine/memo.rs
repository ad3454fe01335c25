use super::query::Goal;
use crate::model::Permissionship;

/// What goals are worth, as far as it is known: made for each check, so the first few need no memory of their own.
#[derive(Debug, Default)]
pub(super) struct Memo {
    /// While there are few. As [`Self::many`].
    few: [u64; FEW],
    /// A goal and its value in one number each, at the hash of the goal or soon after; 0 where none is. A power of two.
    many: Vec<u64>,
    /// How many there are: half of the places at most.
    len: usize,
}

/// A power of two.
const FEW: usize = 32;

/// The bits of a value: 0 while the goal is being answered, else one more than its level.
const VALUE: u64 = 0b11;

/// What is known of a goal.
pub(super) enum Known {
    /// Nothing. From now on it is being answered.
    Nothing,
    /// It is being answered.
    Open,
    /// Its value.
    Value(Permissionship),
}

impl Memo {
    /// Begins a goal of which nothing is known.
    #[inline(always)]
    pub(super) fn begin(&mut self, goal: Goal) -> Known {
        let key = key(goal);
        let place = self.place(key);
        let found = self.places().get(place).copied().unwrap_or_default();
        if found == 0 {
            self.put(place, key);
            self.len += 1;
            if self.len * 2 > self.places().len() {
                self.grow();
            }
            return Known::Nothing;
        }
        match found & VALUE {
            0 => Known::Open,
            1 => Known::Value(Permissionship::NoPermission),
            2 => Known::Value(Permissionship::ConditionalPermission),
            _ => Known::Value(Permissionship::HasPermission),
        }
    }

    /// Notes what a goal that was begun is worth.
    #[inline(always)]
    pub(super) fn set(&mut self, goal: Goal, value: Permissionship) {
        let value = match value {
            Permissionship::NoPermission => 1,
            Permissionship::ConditionalPermission => 2,
            Permissionship::HasPermission => 3,
        };
        let key = key(goal);
        let place = self.place(key);
        self.put(place, key | value);
    }

    #[inline(always)]
    fn places(&self) -> &[u64] {
        if self.many.is_empty() { &self.few } else { &self.many }
    }

    fn put(&mut self, place: usize, value: u64) {
        let places = if self.many.is_empty() { self.few.as_mut_slice() } else { &mut self.many };
        if let Some(found) = places.get_mut(place) {
            *found = value;
        }
    }

    /// Where a key is, or the empty place where it belongs. There is always one.
    #[inline(always)]
    fn place(&self, key: u64) -> usize {
        let places = self.places();
        let mask = places.len() - 1;
        let mut place = usize::try_from(key.wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 40).unwrap_or_default() & mask;
        while places.get(place).is_some_and(|found| *found != 0 && *found & !VALUE != key) {
            place = (place + 1) & mask;
        }
        place
    }

    #[cold]
    #[inline(never)]
    fn grow(&mut self) {
        let before = self.places().to_vec();
        self.many = vec![0; before.len() * 4];
        for value in before.into_iter().filter(|value| *value != 0) {
            let place = self.place(value & !VALUE);
            self.put(place, value);
        }
    }
}

/// A number that no other goal has, never 0, with room for a value.
#[inline(always)]
fn key(goal: Goal) -> u64 {
    // INVARIANT: a plan has fewer than 2^29 members.
    let member = u64::try_from(goal.member.place()).unwrap_or_default() + 1;
    (member << 34) | (u64::from(goal.id.number()) << 2)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Symbol;
    use crate::plan::MemberId;

    #[test]
    fn goals_keep_their_values() {
        let values = [Permissionship::NoPermission, Permissionship::ConditionalPermission, Permissionship::HasPermission];
        let goal = |number: usize| Goal {
            member: MemberId::at(number % 3 * 200_000_000).unwrap(),
            id: if number % 7 == 0 { Symbol::GHOST } else { Symbol::at(number).unwrap() },
        };
        let mut memo = Memo::default();
        let mut met = crate::text::hash::Map::default();
        for number in 0..2_000 {
            let goal = goal(number);
            let expected = met.insert(goal, Some(values[number % 3]));
            match memo.begin(goal) {
                Known::Nothing => assert_eq!(expected, None),
                Known::Open => panic!("{number} is open"),
                Known::Value(value) => assert_eq!(expected, Some(Some(value))),
            }
            if number % 2 == 0 {
                assert!(matches!(memo.begin(goal), Known::Open) || expected.is_some());
            }
            memo.set(goal, values[number % 3]);
        }
    }
}
