//! Sequences: keys and values per block and pass, and which of them are there.

/// Nobody wrote the entry; reading it is an error.
pub const OWED: u8 = 0;
/// Keys and values are there.
pub const PRESENT: u8 = 1;
/// Left out of attention.
pub const HOLE: u8 = 2;

/// Positions by which a layer grows at first.
const FIRST: usize = 64;

/// Keys, values and presence of one block's pass, by position.
#[derive(Clone, Default)]
pub struct Layer {
    /// [positions, width].
    pub keys: Vec<f32>,
    /// [positions, width].
    pub values: Vec<f32>,
    /// One entry state per position.
    pub present: Vec<u8>,
}

impl Layer {
    /// Makes room for `position` of at most `context`; new entries are owed.
    pub fn reserve(&mut self, position: usize, width: usize, context: usize) {
        if position < self.present.len() {
            return;
        }
        assert!(position < context);
        let positions = (position + 1).max(2 * self.present.len()).max(FIRST).min(context);
        self.keys.reserve_exact(positions * width - self.keys.len());
        self.keys.resize(positions * width, 0.0);
        self.values.reserve_exact(positions * width - self.values.len());
        self.values.resize(positions * width, 0.0);
        self.present.resize(positions, OWED);
    }
}

/// One sequence. Layer index = pass · layer count + block.
#[derive(Clone, Default)]
pub struct Slot {
    /// Layers that were touched.
    pub layers: Vec<Layer>,
}

impl Slot {
    /// The layer of that index.
    pub fn layer(&mut self, index: usize) -> &mut Layer {
        if index >= self.layers.len() {
            self.layers.resize_with(index + 1, Layer::default);
        }
        &mut self.layers[index]
    }

    /// Drops everything at positions ≥ length.
    pub fn truncate(&mut self, length: usize) {
        for layer in &mut self.layers {
            if length < layer.present.len() {
                layer.present[length..].fill(OWED);
            }
        }
    }

    /// Bytes held.
    pub fn bytes(&self) -> usize {
        let bytes =
            |layer: &Layer| 4 * (layer.keys.len() + layer.values.len()) + layer.present.len();
        self.layers.iter().map(bytes).sum()
    }
}
