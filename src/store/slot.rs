/// A place in a hash table: one more than the number of what is there, and above it as many bits of its hash as there is room for. What is
/// something else shows by these, mostly, without a look at it elsewhere in memory.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Slot(u32);

/// So many places are looked at together where many are filled: memory is waited for once, and not for each.
pub(super) const AHEAD: usize = 32;

/// What is done with a million of something is done in calls for so many: WebAssembly engines make better code of a function while it
/// goes on being called, and never of a loop while it runs.
pub(super) const PIECE: usize = 512;

impl Slot {
    /// Nothing.
    pub(super) const EMPTY: Self = Self(0);

    /// That of a number below `mask`, which is one less than a power of two.
    #[inline(always)]
    pub(super) fn new(number: usize, hash: u32, mask: usize) -> Option<Self> {
        let (number, mask) = (u32::try_from(number + 1).ok()?, low(mask));
        Some(Self(number | (hash & !mask)))
    }

    #[inline(always)]
    pub(super) fn is_empty(self) -> bool {
        self == Self::EMPTY
    }

    /// The number, where its hash may be this one.
    #[inline(always)]
    pub(super) fn place_of(self, hash: u32, mask: usize) -> Option<usize> {
        let mask = low(mask);
        if (self.0 ^ hash) & !mask == 0 { (self.0 & mask).checked_sub(1).map(|number| number as usize) } else { None }
    }
}

fn low(mask: usize) -> u32 {
    u32::try_from(mask).unwrap_or(u32::MAX)
}
