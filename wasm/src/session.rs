//! A model opened for decoding: weights, states, sequences, scratch.

use crate::activations::{Activations, Precision};
use crate::cache::Slot;
use crate::matrix::Matrix;
use crate::network::Step;
use crate::reduce::Stats;
use crate::row_math::Rope;

/// Shapes of a model, checked by the host.
#[derive(Clone, Copy)]
pub struct Shapes {
    /// Blocks.
    pub layers: usize,
    /// Width of the residual stream.
    pub d: usize,
    /// Inner width of the MLP.
    pub ffn: usize,
    /// Query heads.
    pub heads: usize,
    /// Key and value heads.
    pub kv_heads: usize,
    /// Head size.
    pub head: usize,
    /// Vocabulary.
    pub vocab: usize,
    /// Longest sequence.
    pub context: usize,
    /// Epsilon of the normalizations.
    pub epsilon: f32,
    /// Layer normalization instead of RMS normalization.
    pub layer_norm: bool,
    /// The MLP's function is gelu instead of silu.
    pub gelu: bool,
    /// Activations stay f32.
    pub exact: bool,
}

impl Shapes {
    /// The precision wanted of a product, or full precision where all are to have it.
    pub fn precision(&self, wanted: Precision) -> Precision {
        if self.exact { Precision::Exact } else { wanted }
    }

    /// Head size in caches: rounded up to four numbers.
    pub fn padded_head(&self) -> usize {
        self.head.div_ceil(4) * 4
    }

    /// Numbers per position of a layer's keys.
    pub fn kv_width(&self) -> usize {
        self.kv_heads * self.padded_head()
    }
}

/// Matrices of a block by role: query, key, value, attention output, gate, up, down.
pub const ROLES: usize = 7;
/// Vectors of a block: attention norm and its bias, query bias, query norm, key bias, key
/// norm, value bias, attention output bias, MLP norm and its bias, up bias, down bias.
pub const VECTORS: usize = 12;

/// One block's weights.
#[derive(Default)]
pub struct Block {
    /// By role; empty where the family has none.
    pub vectors: [Vec<f32>; VECTORS],
    /// By role; empty before loading, and the gate's where the family has none.
    pub matrices: [Option<Matrix>; ROLES],
    /// Queries and keys stay as they are instead of being rotated.
    pub unrotated: bool,
}

impl Block {
    /// The matrix of a role.
    pub fn matrix(&self, role: usize) -> &Matrix {
        self.matrices[role].as_ref().expect("the block is loaded")
    }
}

/// A trained exit head.
#[derive(Default)]
pub struct Head {
    /// From state to the unembedding's input.
    pub steps: Vec<Step>,
    /// Its own unembedding, or the model's.
    pub matrix: Option<Matrix>,
}

/// A growing buffer of rows, zero where nothing was written.
#[derive(Default)]
pub struct Buffer {
    /// [rows, stride].
    pub data: Vec<f32>,
    /// Numbers per row.
    pub stride: usize,
}

impl Buffer {
    /// Rows of at least `width` numbers, whole tiles.
    pub fn new(width: usize) -> Buffer {
        Buffer { data: Vec::new(), stride: width.div_ceil(32) * 32 }
    }

    /// Makes room for `rows` rows.
    pub fn reserve(&mut self, rows: usize) {
        if self.data.len() < rows * self.stride {
            self.data.resize(rows * self.stride, 0.0);
        }
    }

    /// Row `i`.
    pub fn row(&self, i: usize) -> &[f32] {
        &self.data[i * self.stride..(i + 1) * self.stride]
    }

    /// Row `i`.
    pub fn row_mut(&mut self, i: usize) -> &mut [f32] {
        &mut self.data[i * self.stride..(i + 1) * self.stride]
    }
}

/// Scratch of the blocks; rows of a batch.
pub struct Scratch {
    /// Normalized states.
    pub x: Activations,
    /// Queries as computed.
    pub q: Buffer,
    /// Queries rotated, heads padded.
    pub turned: Buffer,
    /// Keys or values as computed.
    pub kv: Buffer,
    /// Attention output.
    pub mixed: Activations,
    /// Gate, later gate ⊙ up.
    pub gate: Activations,
    /// Up.
    pub up: Buffer,
    /// What is added to the states.
    pub out: Buffer,
    /// Visible positions of the rows that do not see everything.
    pub visible: Vec<u32>,
    /// Per row: start and count in `visible`, or start −1 for all positions.
    pub seen: Vec<(i32, usize)>,
    /// 0, 1, 2, … up to the context.
    pub identity: Vec<u32>,
}

/// Scratch of readouts.
pub struct Readout {
    /// Inputs of the unembedding.
    pub x: Activations,
    /// Logits, [rows, stride].
    pub logits: Buffer,
    /// Their reductions, one per row; those of a subset in the first.
    pub stats: Vec<Stats>,
    /// Logits over a subset.
    pub subset: Vec<f32>,
    /// A vector of logits set aside for comparison.
    pub held: Vec<f32>,
    /// Token ids of all subsets of the step.
    pub ids: Vec<u32>,
}

/// One row as the host describes it.
#[derive(Clone, Copy)]
pub struct Row {
    /// Index of its state.
    pub state: usize,
    /// Its slot.
    pub slot: usize,
    /// Position in the slot.
    pub position: usize,
    /// Layer index whose attention ran last, −1 when none.
    pub last: i32,
}

/// A missing entry that a row would have read.
#[derive(Clone, Copy, Default)]
pub struct Fault {
    /// Position.
    pub position: usize,
    /// State of the entry.
    pub entry: u8,
}

/// Everything of one opened model.
pub struct Session {
    /// Shapes.
    pub shapes: Shapes,
    /// Weights by block.
    pub blocks: Vec<Block>,
    /// Token embedding, also the unembedding of a tied head.
    pub embedding: Option<Matrix>,
    /// Unembedding of an untied head.
    pub output: Option<Matrix>,
    /// Learned positions, added to the embedding.
    pub positions: Option<Matrix>,
    /// Norm in front of the unembedding, and its bias where there is one.
    pub output_norm: [Vec<f32>; 2],
    /// Rotary embedding.
    pub rope: Rope,
    /// Trained exit heads.
    pub heads: Vec<Head>,
    /// Trained probes.
    pub probes: Vec<Vec<Step>>,
    /// Residual states of rows, marks and pending positions.
    pub states: Buffer,
    /// Sequences by handle.
    pub slots: Vec<Option<Slot>>,
    /// Scratch of the blocks.
    pub scratch: Scratch,
    /// Scratch of the readouts.
    pub readout: Readout,
    /// The last missing entry.
    pub fault: Fault,
}

impl Session {
    /// A session without weights.
    pub fn new(shapes: Shapes, rope: Rope) -> Session {
        let Shapes { d, ffn, heads, head, vocab, context, .. } = shapes;
        Session {
            shapes,
            blocks: (0..shapes.layers).map(|_| Block::default()).collect(),
            embedding: None,
            output: None,
            positions: None,
            output_norm: Default::default(),
            rope,
            heads: Vec::new(),
            probes: Vec::new(),
            states: Buffer::new(d),
            slots: Vec::new(),
            scratch: Scratch {
                x: Activations::new(d),
                q: Buffer::new(heads * head),
                turned: Buffer::new(heads * shapes.padded_head()),
                kv: Buffer::new(shapes.kv_heads * head),
                mixed: Activations::new(heads * head),
                gate: Activations::new(ffn),
                up: Buffer::new(ffn),
                out: Buffer::new(d),
                visible: Vec::new(),
                seen: Vec::new(),
                identity: (0..context as u32).collect(),
            },
            readout: Readout {
                x: Activations::new(d),
                logits: Buffer::new(vocab),
                stats: Vec::new(),
                subset: Vec::new(),
                held: Vec::new(),
                ids: Vec::new(),
            },
            fault: Fault::default(),
        }
    }

    /// The slot of a handle.
    pub fn slot(&mut self, handle: usize) -> &mut Slot {
        self.slots[handle].as_mut().expect("the slot is open")
    }

    /// The unembedding of a head, 0 being the model's own.
    pub fn unembedding(&self, head: usize) -> &Matrix {
        let own = head.checked_sub(1).and_then(|i| self.heads[i].matrix.as_ref());
        own.or(self.output.as_ref()).or(self.embedding.as_ref()).expect("the head is loaded")
    }

    /// Bytes of the model's weights.
    pub fn weight_bytes(&self) -> usize {
        let matrices = self.blocks.iter().flat_map(|block| block.matrices.iter().flatten());
        let matrices = matrices.chain(&self.embedding).chain(&self.output).chain(&self.positions);
        let vectors = self.blocks.iter().flat_map(|block| &block.vectors).chain(&self.output_norm);
        matrices.map(|matrix| matrix.data.len()).sum::<usize>()
            + 4 * vectors.map(Vec::len).sum::<usize>()
    }

    /// Bytes of trained parts.
    pub fn part_bytes(&self) -> usize {
        let steps =
            self.heads.iter().flat_map(|head| &head.steps).chain(self.probes.iter().flatten());
        let matrices = self.heads.iter().filter_map(|head| head.matrix.as_ref());
        steps.map(Step::bytes).sum::<usize>() + matrices.map(|m| m.data.len()).sum::<usize>()
    }

    /// Bytes of caches.
    pub fn kv_bytes(&self) -> usize {
        self.slots.iter().flatten().map(Slot::bytes).sum()
    }

    /// Bytes of states and scratch.
    pub fn scratch_bytes(&self) -> usize {
        let Scratch { x, q, turned, kv, mixed, gate, up, out, .. } = &self.scratch;
        let buffers = [q, turned, kv, up, out, &self.states, &self.readout.logits];
        let activations = [x, mixed, gate, &self.readout.x];
        buffers.iter().map(|b| b.data.len() * 4).sum::<usize>()
            + activations.iter().map(|a| a.bytes()).sum::<usize>()
            + 4 * (self.rope.table.len() + self.scratch.identity.len() + self.readout.held.len())
    }
}
