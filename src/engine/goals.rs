use super::query::Goal;

/// Goals, each with a small number: made for each question, so the first few need no memory of their own.
#[derive(Debug, Default)]
pub(super) struct Goals {
    /// While there are few. As [`Self::many`]. Nothing before the first: most questions about relations alone have none.
    few: Option<[u64; FEW]>,
    /// A goal and its number in one, at the hash of the goal or soon after; 0 where none is. A power of two.
    many: Vec<u64>,
    /// How many there are: half of the places at most.
    len: usize,
}

/// A power of two.
const FEW: usize = 32;

/// The bits of a goal's number.
const NUMBER: u64 = 0b11;

impl Goals {
    /// Adds a goal with a number up to 3, or gives the one that it has.
    #[inline(always)]
    pub(super) fn add(&mut self, goal: Goal, number: u64) -> Option<u64> {
        let key = key(goal);
        self.few.get_or_insert([0; FEW]);
        let place = self.place(key);
        let found = self.places().get(place).copied().unwrap_or_default();
        if found != 0 {
            return Some(found & NUMBER);
        }
        self.put(place, key | number);
        self.len += 1;
        if self.len * 2 > self.places().len() {
            self.grow();
        }
        None
    }

    /// Gives a goal that was added another number up to 3.
    #[inline(always)]
    pub(super) fn set(&mut self, goal: Goal, number: u64) {
        let key = key(goal);
        self.put(self.place(key), key | number);
    }

    #[inline(always)]
    fn places(&self) -> &[u64] {
        match &self.few {
            Some(few) if self.many.is_empty() => few,
            _ => &self.many,
        }
    }

    fn put(&mut self, place: usize, value: u64) {
        let places = match &mut self.few {
            Some(few) if self.many.is_empty() => few.as_mut_slice(),
            _ => &mut self.many,
        };
        if let Some(found) = places.get_mut(place) {
            *found = value;
        }
    }

    /// Where a key is, or the empty place where it belongs. There is always one.
    #[inline(always)]
    fn place(&self, key: u64) -> usize {
        let places = self.places();
        let mask = places.len() - 1;
        let mut place = usize::try_from(key.wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 36).unwrap_or_default() & mask;
        while places.get(place).is_some_and(|found| *found != 0 && *found & !NUMBER != key) {
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
            self.put(self.place(value & !NUMBER), value);
        }
    }
}

/// A number that no other goal has, never 0, with room for a number of its own.
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
    use crate::text::hash::Map;

    #[test]
    fn goals_keep_their_numbers() {
        let (mut goals, mut expected) = (Goals::default(), Map::default());
        for step in 0..6_000_u64 {
            let number = usize::try_from(step % 2_500).unwrap();
            let id = if number % 7 == 0 { Symbol::GHOST } else { Symbol::at(number).unwrap() };
            let goal = Goal { member: MemberId::at(number % 3 * 200_000_000).unwrap(), id };
            assert_eq!(goals.add(goal, step % 4), expected.get(&goal).copied());
            expected.entry(goal).or_insert(step % 4);
            if step % 5 == 0 {
                goals.set(goal, (step + 1) % 4);
                expected.insert(goal, (step + 1) % 4);
            }
        }
    }
}
