//! Doubles as text and text as doubles, exactly: the nearest double to a decimal, and the shortest decimal that reads back
//! as the same double (Steele and White, "How to print floating-point numbers accurately").
//!
//! The standard library does both with tables of 15 KB in a WebAssembly module; numbers in caveats are few and short, so
//! plain arithmetic on large whole numbers serves.

use std::cmp::Ordering;

/// A whole number of any size, the lowest digit first, without zeros at the high end.
#[derive(Clone, Debug, Default)]
struct Whole(Vec<u32>);

impl Whole {
    fn from(number: u64) -> Self {
        let mut result = Self::default();
        for shift in [32, 0] {
            result.shift_left(32);
            result.multiply_add(1, low(number >> shift));
        }
        result
    }

    /// Times `factor`, plus `addend`.
    fn multiply_add(&mut self, factor: u32, addend: u32) {
        let mut carry = u64::from(addend);
        for digit in &mut self.0 {
            let sum = u64::from(*digit) * u64::from(factor) + carry;
            *digit = low(sum);
            carry = sum >> 32;
        }
        if carry > 0 {
            self.0.push(low(carry));
        }
    }

    fn multiply_power_of_ten(&mut self, power: u64) {
        for _ in 0..power / 9 {
            self.multiply_add(1_000_000_000, 0);
        }
        for _ in 0..power % 9 {
            self.multiply_add(10, 0);
        }
    }

    fn shift_left(&mut self, bits: u64) {
        if self.0.is_empty() {
            return;
        }
        self.multiply_add(1 << (bits % 32), 0);
        let zeros = usize::try_from(bits / 32).unwrap_or_default();
        self.0.splice(0..0, std::iter::repeat_n(0, zeros));
    }

    fn bit_length(&self) -> i64 {
        let high = self.0.last().map_or(32, |digit| digit.leading_zeros());
        i64::try_from(self.0.len()).unwrap_or(i64::MAX) * 32 - i64::from(high)
    }

    fn plus(&self, other: &Self) -> Self {
        let mut result = Vec::with_capacity(self.0.len().max(other.0.len()) + 1);
        let mut carry = 0;
        for place in 0..self.0.len().max(other.0.len()) {
            let digit = |number: &Self| number.0.get(place).copied().map_or(0, u64::from);
            carry += digit(self) + digit(other);
            result.push(low(carry));
            carry >>= 32;
        }
        if carry > 0 {
            result.push(low(carry));
        }
        Self(result)
    }

    /// Takes away what is not larger.
    fn subtract(&mut self, other: &Self) {
        let mut borrow = 0;
        for (place, digit) in self.0.iter_mut().enumerate() {
            let taken = other.0.get(place).copied().map_or(0, u64::from) + borrow;
            let difference = (u64::from(*digit) + (1 << 32)) - taken;
            *digit = low(difference);
            borrow = 1 - (difference >> 32);
        }
        while self.0.last() == Some(&0) {
            self.0.pop();
        }
    }

    fn compare(&self, other: &Self) -> Ordering {
        self.0.len().cmp(&other.0.len()).then_with(|| self.0.iter().rev().cmp(other.0.iter().rev()))
    }
}

fn low(number: u64) -> u32 {
    let [a, b, c, d, ..] = number.to_le_bytes();
    u32::from_le_bytes([a, b, c, d])
}

/// A number as text writes it: a sign, digits, and powers of ten and two.
pub(super) struct Decimal<'a> {
    negative: bool,
    whole: &'a str,
    fraction: &'a str,
    ten: i64,
    two: i64,
}

/// What [`Decimal::round`] gives: `mantissa` times two to `exponent`, or too large.
enum Rounded {
    Finite { mantissa: u128, exponent: i64 },
    Infinite,
}

/// Beyond these, the digits do not matter: every number is zero or infinite.
const LARGEST_POWER: i64 = 2_000;
/// More digits than any double or its neighbour's middle has; those behind can only say that there is more.
const SIGNIFICANT_DIGITS: usize = 800;
/// The lowest bit of the smallest double is two to this.
const LEAST_EXPONENT: i64 = -1_074;

impl<'a> Decimal<'a> {
    /// Reads `-12.5e3`; with `binary`, also `12.5p3`, which is times two to the third.
    pub(super) fn parse(text: &'a str, binary: bool) -> Option<Self> {
        let unsigned = text.strip_prefix(['+', '-']).unwrap_or(text);
        let (mantissa, ten) = match unsigned.split_once(['e', 'E']) {
            Some((mantissa, power)) => (mantissa, read_power(power)?),
            None => (unsigned, 0),
        };
        let (mantissa, two) = match mantissa.split_once(['p', 'P']).filter(|_| binary && ten == 0) {
            Some((mantissa, power)) => (mantissa, read_power(power)?),
            None => (mantissa, 0),
        };
        let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
        let is_number =
            whole.len() + fraction.len() > 0 && whole.bytes().chain(fraction.bytes()).all(|byte| byte.is_ascii_digit());
        // Go's large numbers end somewhere, too.
        let is_possible = !binary || ten.abs().max(two.abs()) <= i64::from(i32::MAX);
        (is_number && is_possible).then_some(Self { negative: text.starts_with('-'), whole, fraction, ten, two })
    }

    /// The nearest number of at most `bits` bits whose lowest is at least two to `least`; of two, the even one.
    fn round(&self, bits: i64, least: i64) -> Rounded {
        let digits = || self.whole.bytes().chain(self.fraction.bytes()).skip_while(|digit| *digit == b'0');
        let count = digits().count();
        let mut numerator = Whole::default();
        for digit in digits().take(SIGNIFICANT_DIGITS) {
            numerator.multiply_add(10, u32::from(digit - b'0'));
        }
        let mut kept = count;
        if count > SIGNIFICANT_DIGITS {
            kept = SIGNIFICANT_DIGITS + 1;
            let more = digits().skip(SIGNIFICANT_DIGITS).any(|digit| digit != b'0');
            numerator.multiply_add(10, u32::from(more));
        }
        let size = |length: usize| i64::try_from(length).unwrap_or(i64::MAX / 4);
        let ten = self.ten - size(self.fraction.len()) + size(count) - size(kept);
        if numerator.0.is_empty() {
            return Rounded::Finite { mantissa: 0, exponent: least };
        }
        // Ten to the third is about two to the tenth: enough to tell the absurd from the possible.
        let magnitude = (ten + size(kept)) * 10 / 3 + self.two;
        if ten.abs() > LARGEST_POWER || self.two.abs() > 4 * LARGEST_POWER || magnitude.abs() > 4 * LARGEST_POWER {
            let tiny = Rounded::Finite { mantissa: 1, exponent: LEAST_EXPONENT * 4 };
            return if magnitude > 0 { Rounded::Infinite } else { tiny };
        }
        let mut denominator = Whole::from(1);
        if ten >= 0 { &mut numerator } else { &mut denominator }.multiply_power_of_ten(ten.unsigned_abs());
        if self.two >= 0 { &mut numerator } else { &mut denominator }.shift_left(self.two.unsigned_abs());
        // The quotient has this many bits, or one more.
        let length = numerator.bit_length() - denominator.bit_length();
        let mut exponent = length - bits;
        if exponent >= 0 { &mut denominator } else { &mut numerator }.shift_left(exponent.unsigned_abs());
        let mut limit = denominator.clone();
        limit.shift_left(bits.unsigned_abs());
        if numerator.compare(&limit).is_ge() {
            exponent += 1;
            denominator.shift_left(1);
        }
        let mut bits = bits;
        if exponent < least {
            denominator.shift_left((least - exponent).unsigned_abs());
            bits -= least - exponent;
            exponent = least;
        }
        let mut mantissa = 0_u128;
        if bits > 0 {
            denominator.shift_left((bits - 1).unsigned_abs());
            for _ in 0..bits {
                mantissa <<= 1;
                if numerator.compare(&denominator).is_ge() {
                    numerator.subtract(&denominator);
                    mantissa |= 1;
                }
                numerator.shift_left(1);
            }
        } else {
            numerator.shift_left(1);
        }
        // The rest is doubled already: against the divisor, it is against the half.
        let up = match numerator.compare(&denominator) {
            Ordering::Less => false,
            Ordering::Equal => mantissa & 1 == 1,
            Ordering::Greater => true,
        };
        Rounded::Finite { mantissa: mantissa + u128::from(up), exponent }
    }

    /// The nearest double; infinite where it is too large.
    pub(super) fn to_double(&self) -> f64 {
        let size = match self.round(53, LEAST_EXPONENT) {
            Rounded::Finite { mantissa, exponent } => compose(mantissa, exponent),
            Rounded::Infinite => f64::INFINITY,
        };
        if self.negative { -size } else { size }
    }

    /// The number as Go's `big.Float` of 64 bits has it, which is what SpiceDB makes of numbers written as text.
    pub(super) fn to_extended(&self) -> Extended {
        match self.round(64, i64::MIN / 4) {
            Rounded::Finite { mantissa, exponent } => Extended { negative: self.negative, mantissa, exponent },
            Rounded::Infinite => Extended { negative: self.negative, mantissa: 1, exponent: LARGEST_POWER },
        }
    }
}

fn read_power(text: &str) -> Option<i64> {
    let digits = text.strip_prefix(['+', '-']).unwrap_or(text);
    if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let power = digits.parse().unwrap_or(i64::MAX / 16).min(i64::MAX / 16);
    Some(if text.starts_with('-') { -power } else { power })
}

/// A finite number of at most 64 bits and any exponent.
pub(super) struct Extended {
    negative: bool,
    mantissa: u128,
    exponent: i64,
}

impl Extended {
    /// The same number as a finite double.
    pub(super) fn from_double(value: f64) -> Self {
        let (mantissa, exponent) = decompose(value);
        Self { negative: value.is_sign_negative(), mantissa: u128::from(mantissa), exponent }
    }

    /// The nearest `int`, if it is whole.
    pub(super) fn to_int(&self) -> Option<i64> {
        let trailing = i64::from(self.mantissa.trailing_zeros());
        if self.mantissa > 0 && self.exponent + trailing < 0 {
            return None;
        }
        let size = match u32::try_from(self.exponent.unsigned_abs()) {
            _ if self.mantissa == 0 => 0,
            Ok(shift) if self.exponent < 0 => self.mantissa.checked_shr(shift).unwrap_or(0),
            Ok(shift) if shift < 64 => self.mantissa << shift,
            Ok(_) | Err(_) => u128::MAX >> 1,
        };
        let size = i128::try_from(size).unwrap_or(i128::MAX);
        let signed = if self.negative { -size } else { size };
        Some(i64::try_from(signed).unwrap_or(if self.negative { i64::MIN } else { i64::MAX }))
    }

    /// The nearest double.
    pub(super) fn to_double(&self) -> f64 {
        let length = 128 - i64::from(self.mantissa.leading_zeros());
        let exponent = (length - 53 + self.exponent).max(LEAST_EXPONENT).max(self.exponent);
        let dropped = u32::try_from(exponent - self.exponent).unwrap_or(127).min(127);
        let kept = self.mantissa >> dropped;
        let rest = self.mantissa - (kept << dropped);
        let half = (1_u128 << dropped) >> 1;
        let up = dropped > 0 && (rest > half || (rest == half && kept & 1 == 1));
        let size = compose(kept + u128::from(up), exponent);
        if self.negative { -size } else { size }
    }
}

/// `mantissa`, of at most 53 bits, times two to `exponent`.
fn compose(mantissa: u128, exponent: i64) -> f64 {
    #[allow(clippy::cast_precision_loss, reason = "53 bits are exact")]
    let mut value = u64::try_from(mantissa).unwrap_or(u64::MAX) as f64;
    let mut left = exponent.clamp(-3_000, 3_000);
    while left != 0 && value != 0.0 && value.is_finite() {
        // The last step down may round, so it must be the only one that does.
        let step = left.clamp(-1_000, 900);
        let step = if left < -1_000 { (left + 1_000).max(-1_000) } else { step };
        value *= power_of_two(step);
        left -= step;
    }
    value
}

fn power_of_two(exponent: i64) -> f64 {
    f64::from_bits((exponent + 1_023).unsigned_abs() << 52)
}

/// The mantissa and exponent of a finite double, without its sign.
fn decompose(value: f64) -> (u64, i64) {
    let bits = value.abs().to_bits();
    let fraction = bits & ((1 << 52) - 1);
    match i64::try_from(bits >> 52).unwrap_or_default() {
        0 => (fraction, LEAST_EXPONENT),
        exponent => (fraction | (1 << 52), exponent - 1_075),
    }
}

/// A finite double without its fraction.
pub(super) fn truncate(value: f64) -> Option<i128> {
    if !value.is_finite() || value.abs() >= power_of_two(100) {
        return None;
    }
    let (mantissa, exponent) = decompose(value);
    let shift = u32::try_from(exponent.unsigned_abs()).unwrap_or(u32::MAX);
    let mantissa = i128::from(mantissa);
    let size = if exponent >= 0 { mantissa << shift } else { mantissa.checked_shr(shift).unwrap_or(0) };
    Some(if value < 0.0 { -size } else { size })
}

/// A double that is whole, as a whole number.
pub(super) fn whole(value: f64) -> Option<i128> {
    #[allow(clippy::cast_precision_loss, reason = "compared with the double it came from")]
    truncate(value).filter(|whole| *whole as f64 == value)
}

/// The shortest digits that read back as a finite double other than zero, and where the point is: `0.digits` times ten to it.
fn shortest(value: f64) -> (String, i64) {
    let (bits, exponent) = decompose(value);
    let is_even = bits & 1 == 0;
    // All of these over `divisor`: the number, and the distances to the middles between it and its neighbours.
    let mut number = Whole::from(bits);
    let (mut below, mut divisor) = (Whole::from(1), Whole::from(1));
    if exponent >= 0 { &mut number } else { &mut divisor }.shift_left(exponent.unsigned_abs());
    if exponent >= 0 {
        below.shift_left(exponent.unsigned_abs());
    }
    number.shift_left(1);
    divisor.shift_left(1);
    let mut above = below.clone();
    if bits == 1 << 52 && exponent > LEAST_EXPONENT {
        // The neighbour below is only half as far away.
        number.shift_left(1);
        divisor.shift_left(1);
        above.shift_left(1);
    }
    let is_high = |number: &Whole, above: &Whole, divisor: &Whole| {
        let order = number.plus(above).compare(divisor);
        order.is_gt() || (is_even && order.is_eq())
    };
    let length = 64 - i64::from(bits.leading_zeros());
    let mut point = (exponent + length - 1) * 30_103 / 100_000 - 1;
    if point >= 0 {
        divisor.multiply_power_of_ten(point.unsigned_abs());
    } else {
        for part in [&mut number, &mut below, &mut above] {
            part.multiply_power_of_ten(point.unsigned_abs());
        }
    }
    while is_high(&number, &above, &divisor) {
        divisor.multiply_add(10, 0);
        point += 1;
    }
    let mut digits = String::new();
    loop {
        for part in [&mut number, &mut below, &mut above] {
            part.multiply_add(10, 0);
        }
        let mut digit = b'0';
        while number.compare(&divisor).is_ge() {
            number.subtract(&divisor);
            digit += 1;
        }
        let order = number.compare(&below);
        let stops_low = order.is_lt() || (is_even && order.is_eq());
        let stops_high = is_high(&number, &above, &divisor);
        if stops_low || stops_high {
            number.shift_left(1);
            let rounds_up = stops_high && (!stops_low || number.compare(&divisor).is_ge());
            digits.push(char::from(digit + u8::from(rounds_up)));
            return (digits, point);
        }
        digits.push(char::from(digit));
    }
}

/// A double as Go prints it with `%g`, which is what `string` gives.
pub(super) fn general(value: f64) -> String {
    if !value.is_finite() || value == 0.0 {
        return plain(value);
    }
    let (digits, point) = shortest(value.abs());
    if (-3..=6).contains(&point) {
        return plain(value);
    }
    let sign = if value.is_sign_negative() { "-" } else { "" };
    let (first, rest) = digits.split_at_checked(1).unwrap_or_default();
    let dot = if rest.is_empty() { "" } else { "." };
    let power = point - 1;
    let power_sign = if power < 0 { '-' } else { '+' };
    format!("{sign}{first}{dot}{rest}e{power_sign}{:02}", power.unsigned_abs())
}

/// A double without an exponent.
pub(super) fn plain(value: f64) -> String {
    if value.is_nan() {
        return "NaN".to_owned();
    }
    let sign = if value.is_sign_negative() { "-" } else { "" };
    if value.is_infinite() {
        return if value > 0.0 { "+Inf" } else { "-Inf" }.to_owned();
    }
    if value == 0.0 {
        return format!("{sign}0");
    }
    let (mut digits, point) = shortest(value.abs());
    match usize::try_from(point) {
        Ok(point) if point > 0 => {
            while digits.len() < point {
                digits.push('0');
            }
            let (whole, fraction) = digits.split_at_checked(point).unwrap_or_default();
            let dot = if fraction.is_empty() { "" } else { "." };
            format!("{sign}{whole}{dot}{fraction}")
        }
        Ok(_) | Err(_) => {
            let zeros = "0".repeat(usize::try_from(-point).unwrap_or_default());
            format!("{sign}0.{zeros}{digits}")
        }
    }
}
