//! Weight matrices packed for the kernels.
//!
//! Rows (outputs) are grouped by eight, columns (inputs) by 32; both are padded
//! with zeros. A group of eight rows is a *tile*, a tile's 32 columns a *record*.
//! Lane i of a vector belongs to row i or 4 + i of the tile, so that a dot product
//! of four columns leaves one sum per row and no sum crosses lanes.
//!
//! | kind | bytes per record | contents |
//! | --- | --- | --- |
//! | F32 | 1024 | column by column: 8 f32 |
//! | F16 | 512 | column by column: 8 halves |
//! | Q8 | 288 | d (8 halves), Σq (8 i16), then per 4 columns: rows 0–3, rows 4–7 (4 × 4 i8 each) |
//! | Q40 | 160 | d (8 halves), Σq (8 i16), per 4 columns 16 bytes: rows 0–3 in the low, 4–7 in the high nibbles |
//! | Q41 | 176 | d (8 halves), Σq (8 i16), m (8 halves), nibbles like Q40 |

use crate::half::half_to_f32;

/// Rows per tile.
pub const TILE: usize = 8;
/// Columns per record.
pub const BLOCK: usize = 32;

/// How the weights are stored.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Kind {
    /// w as f32.
    F32,
    /// w as half precision.
    F16,
    /// w = d · q, q in −128..=127.
    Q8,
    /// w = d · (q − 8), q in 0..=15.
    Q40,
    /// w = d · q + m, q in 0..=15.
    Q41,
}

impl Kind {
    /// The kind of a code given by the host.
    pub fn from_code(code: u32) -> Kind {
        match code {
            0 => Kind::F32,
            1 => Kind::F16,
            2 => Kind::Q8,
            3 => Kind::Q40,
            4 => Kind::Q41,
            _ => panic!("unknown kind of matrix"),
        }
    }

    /// Bytes of one record.
    pub fn record_bytes(self) -> usize {
        match self {
            Kind::F32 => 1024,
            Kind::F16 => 512,
            Kind::Q8 => 288,
            Kind::Q40 => 160,
            Kind::Q41 => 176,
        }
    }

    /// Bytes in front of the quantized values.
    pub fn head_bytes(self) -> usize {
        match self {
            Kind::F32 | Kind::F16 => 0,
            Kind::Q8 | Kind::Q40 => 32,
            Kind::Q41 => 48,
        }
    }
}

/// A packed matrix [rows, columns].
pub struct Matrix {
    /// How it is stored.
    pub kind: Kind,
    /// Outputs.
    pub rows: usize,
    /// Inputs.
    pub columns: usize,
    /// Tiles after tiles, each `blocks()` records.
    pub data: Vec<u8>,
}

impl Matrix {
    /// A matrix of zeros.
    pub fn zeros(kind: Kind, rows: usize, columns: usize) -> Matrix {
        let records = rows.div_ceil(TILE) * columns.div_ceil(BLOCK);
        Matrix { kind, rows, columns, data: vec![0; records * kind.record_bytes()] }
    }

    /// Tiles of eight rows.
    pub fn tiles(&self) -> usize {
        self.rows.div_ceil(TILE)
    }

    /// Records per tile.
    pub fn blocks(&self) -> usize {
        self.columns.div_ceil(BLOCK)
    }

    /// Bytes of a tile.
    pub fn tile_bytes(&self) -> usize {
        self.blocks() * self.kind.record_bytes()
    }

    /// The bytes of tile `t`.
    pub fn tile(&self, t: usize) -> &[u8] {
        let bytes = self.tile_bytes();
        &self.data[t * bytes..(t + 1) * bytes]
    }

    /// Decodes one row into `out` [columns].
    pub fn row(&self, row: usize, out: &mut [f32]) {
        assert!(row < self.rows && out.len() >= self.columns);
        let tile = self.tile(row / TILE);
        for (column, value) in out[..self.columns].iter_mut().enumerate() {
            let bytes = self.kind.record_bytes();
            let record = &tile[column / BLOCK * bytes..(column / BLOCK + 1) * bytes];
            *value = decode(self.kind, record, row % TILE, column % BLOCK);
        }
    }
}

/// A half at index `i` of a record.
fn half(record: &[u8], i: usize) -> f32 {
    half_to_f32(u16::from_le_bytes([record[2 * i], record[2 * i + 1]]))
}

/// Decodes the weight of row `r` and column `c` of a record.
pub fn decode(kind: Kind, record: &[u8], r: usize, c: usize) -> f32 {
    let nibble = |head: usize| {
        let byte = record[head + c / 4 * 16 + r % 4 * 4 + c % 4];
        f32::from(if r < 4 { byte & 15 } else { byte >> 4 })
    };
    match kind {
        Kind::F32 => {
            let at = (c * TILE + r) * 4;
            f32::from_le_bytes(record[at..at + 4].try_into().expect("four bytes"))
        }
        Kind::F16 => half(record, c * TILE + r),
        Kind::Q8 => half(record, r) * f32::from(record[q8_at(r, c)] as i8),
        Kind::Q40 => half(record, r) * (nibble(32) - 8.0),
        Kind::Q41 => half(record, r) * nibble(48) + half(record, 16 + r),
    }
}

/// Place of a byte of a Q8 record.
pub fn q8_at(r: usize, c: usize) -> usize {
    32 + c / 4 * 32 + r / 4 * 16 + r % 4 * 4 + c % 4
}
