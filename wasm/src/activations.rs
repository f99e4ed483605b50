//! Inputs of matrix products: rows of f32, and the same rows quantized in the
//! form that a kind of weights asks for.
//!
//!     x ≈ s · u + t     s = (max − min) / levels     v = Σ (s · u + t)
//!
//! | form | for | u |
//! | --- | --- | --- |
//! | Bytes | Q8 | as the engine reads bytes (`simd::ByteRange`): 0..=255, −128..=127 or 0..=127 |
//! | Signed | Q40, Q41 | −128..=127 |
//!
//! A fine form has two such digits per value: u = base · first + second, where base
//! is 256, or 128 in seven bits. The offset t makes use of all levels where a block
//! is one-sided. s, t and v are stored times 2⁵⁶ ([`LIFT`]): kernels multiply them
//! with scales of weights times 2⁻¹¹² and lift the sums once more at the end, which
//! saves widening each scale.
//!
//! Per row and 32 values a record: 32 bytes of each digit, then f32 s, t, v, and four
//! bytes unused. Four rows make a panel as long as their records: per 32 values and
//! digit, column group by column group, the four rows' four bytes (8 × 16), then the
//! rows' s, t and v (4 f32 each), 16 bytes unused. A batch is panels, then up to
//! three rows.

use crate::matrix::{BLOCK, Kind};
use crate::simd::*;

/// Bytes of a row's record with so many digits.
pub const fn record_bytes(digits: usize) -> usize {
    digits * BLOCK + 16
}

/// Most digits of a form.
const MOST_DIGITS: usize = 2;
/// Rows per panel.
pub const PANEL_ROWS: usize = 4;
/// 2⁵⁶, half of the distance between the exponents of half and single precision.
pub const LIFT: f32 = (1u64 << 56) as f32;

/// How closely inputs are to be represented.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Precision {
    /// One digit.
    Rounded,
    /// Two digits, where rounding is felt most.
    Fine,
    /// f32.
    Exact,
}

/// What the kernels of a kind of weights read.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Form {
    /// f32.
    Float,
    /// Bytes as the engine reads them, so many digits.
    Bytes(usize),
    /// Signed bytes, so many digits.
    Signed(usize),
}

impl Form {
    /// The form that weights of `kind` are multiplied with.
    pub fn of(kind: Kind, precision: Precision) -> Form {
        let digits = if precision == Precision::Fine { 2 } else { 1 };
        match kind {
            _ if precision == Precision::Exact => Form::Float,
            Kind::F32 | Kind::F16 => Form::Float,
            Kind::Q8 => Form::Bytes(digits),
            Kind::Q40 | Kind::Q41 => Form::Signed(digits),
        }
    }

    /// Digits per value, none of floats.
    pub fn digits(self) -> usize {
        match self {
            Form::Float => 0,
            Form::Bytes(digits) | Form::Signed(digits) => digits,
        }
    }
}

/// The digits of a byte range.
#[derive(Clone, Copy)]
struct Digits {
    /// Digits per value.
    count: usize,
    /// Values per digit, as a power of two.
    bits: u32,
    /// Subtracted from each digit.
    zero: i32,
}

/// Rows of inputs, [rows, stride], columns behind `columns` are zero.
pub struct Activations {
    /// Values per row.
    pub columns: usize,
    /// `columns` rounded up to a block.
    pub stride: usize,
    /// The values.
    pub floats: Vec<f32>,
    /// Records, [rows, stride / 32].
    pub records: Vec<u8>,
    /// Form of the records and how many rows there are, if there are any.
    prepared: Option<(Form, usize)>,
    /// How the engine reads bytes.
    pub range: ByteRange,
}

impl Activations {
    /// Rows of `columns` values.
    pub fn new(columns: usize) -> Activations {
        let stride = columns.div_ceil(BLOCK) * BLOCK;
        Activations {
            columns,
            stride,
            floats: Vec::new(),
            records: Vec::new(),
            prepared: None,
            range: byte_range(),
        }
    }

    /// Makes room for `rows` rows; new values are zero.
    pub fn reserve(&mut self, rows: usize) {
        if self.floats.len() < rows * self.stride {
            self.floats.resize(rows * self.stride, 0.0);
            self.records.resize(rows * self.stride / BLOCK * record_bytes(MOST_DIGITS), 0);
        }
    }

    /// Bytes held.
    pub fn bytes(&self) -> usize {
        self.floats.len() * 4 + self.records.len()
    }

    /// Says that the values changed.
    pub fn touch(&mut self) {
        self.prepared = None;
    }

    /// Row `i`, columns only.
    pub fn row_mut(&mut self, i: usize) -> &mut [f32] {
        &mut self.floats[i * self.stride..i * self.stride + self.columns]
    }

    /// Quantizes the first `rows` rows unless that was done already.
    pub fn prepare(&mut self, form: Form, rows: usize) {
        if form == Form::Float || self.prepared == Some((form, rows)) {
            return;
        }
        let range = if let Form::Signed(_) = form { ByteRange::Signed } else { self.range };
        let digits = Digits::of(range, form.digits());
        let record = record_bytes(digits.count);
        let blocks = self.stride / BLOCK;
        let panels = rows / PANEL_ROWS * PANEL_ROWS;
        let values = self.floats[..rows * self.stride].chunks_exact(BLOCK);
        for (i, x) in values.enumerate() {
            let (row, block) = (i / blocks, i % blocks);
            let x = quantize(x.try_into().expect("a block"), digits);
            if row < panels {
                let first = row / PANEL_ROWS * PANEL_ROWS * blocks * record;
                let at = first + block * PANEL_ROWS * record;
                x.put_in_panel(&mut self.records[at..at + PANEL_ROWS * record], row % PANEL_ROWS);
            } else {
                x.put(&mut self.records[i * record..(i + 1) * record]);
            }
        }
        self.prepared = Some((form, rows));
    }
}

impl Digits {
    /// So many digits in a range.
    fn of(range: ByteRange, count: usize) -> Digits {
        let (bits, zero) = match range {
            ByteRange::Unsigned => (8, 0),
            ByteRange::Signed => (8, 128),
            ByteRange::Seven => (7, 0),
        };
        Digits { count, bits, zero }
    }
}

/// A quantized block; the scales are not lifted yet.
struct Quantized {
    digits: [[u8; BLOCK]; MOST_DIGITS],
    count: usize,
    scales: [f32; 3],
}

impl Quantized {
    /// Writes a row's record.
    fn put(&self, to: &mut [u8]) {
        for (place, digit) in to.chunks_exact_mut(BLOCK).zip(&self.digits[..self.count]) {
            place.copy_from_slice(digit);
        }
        let scales = &mut to[self.count * BLOCK..];
        for (place, value) in scales.chunks_exact_mut(4).zip(self.scales) {
            place.copy_from_slice(&(value * LIFT).to_le_bytes());
        }
    }

    /// Writes row `row` of a panel's record.
    fn put_in_panel(&self, to: &mut [u8], row: usize) {
        let bytes = self.digits[..self.count].iter().flatten().copied();
        let lifted = self.scales.map(|value| (value * LIFT).to_le_bytes());
        let bytes = bytes.chain(lifted.into_iter().flatten());
        for (i, byte) in bytes.enumerate() {
            to[i / 4 * 16 + 4 * row + i % 4] = byte;
        }
    }
}

/// Quantizes a block with an offset.
fn quantize(x: &[f32; BLOCK], Digits { count, bits, zero }: Digits) -> Quantized {
    let x: [v128; 8] =
        core::array::from_fn(|i| load4(x[4 * i..4 * i + 4].try_into().expect("four numbers")));
    let (mut low, mut high) = (x[0], x[0]);
    for &part in &x[1..] {
        low = f32x4_pmin(low, part);
        high = f32x4_pmax(high, part);
    }
    let least = -max_lane(f32x4_neg(low));
    let levels = ((1u32 << (bits * count as u32)) - 1) as f32;
    let s = (max_lane(high) - least) / levels;
    let inverse = f32x4_splat(if s > 0.0 { 1.0 / s } else { 0.0 });
    let u = x.map(|part| {
        let steps = f32x4_nearest(f32x4_mul(f32x4_sub(part, f32x4_splat(least)), inverse));
        i32x4_trunc_sat_f32x4(f32x4_max(f32x4_min(steps, f32x4_splat(levels)), f32x4_splat(0.0)))
    });
    let total = u.into_iter().reduce(|a, b| i32x4_add(a, b)).expect("eight vectors");
    let v = s * sum_lanes(f32x4_convert_i32x4(total)) + BLOCK as f32 * least;
    let mut digits = [[0; BLOCK]; MOST_DIGITS];
    for (d, bytes) in digits[..count].iter_mut().enumerate() {
        let shift = bits * (count - 1 - d) as u32;
        let digit = u.map(|u| v128_and(u32x4_shr(u, shift), i32x4_splat((1 << bits) - 1)));
        store_bytes(bytes, digit.map(|digit| i32x4_sub(digit, i32x4_splat(zero))));
    }
    // Every digit is `zero` smaller than it counts.
    let missing = (0..count).map(|d| zero << (bits * d as u32)).sum::<i32>();
    Quantized { digits, count, scales: [s, least + s * missing as f32, v] }
}

/// Stores the low bytes of 32 integers in −128..=255.
fn store_bytes(to: &mut [u8; BLOCK], x: [v128; 8]) {
    let x = x.map(|x| v128_and(x, i32x4_splat(255)));
    for half in 0..2 {
        let [a, b, c, d] = core::array::from_fn(|i| x[4 * half + i]);
        let bytes = u8x16_narrow_i16x8(i16x8_narrow_i32x4(a, b), i16x8_narrow_i32x4(c, d));
        // SAFETY: bytes 16 · half to 16 · half + 15 are among the 32.
        unsafe { v128_store(to.as_mut_ptr().add(16 * half).cast(), bytes) }
    }
}
