//! What the host calls to load a model: matrices packed from staged bytes, norms,
//! the rotation table, trained parts.

use wasm_bindgen::prelude::wasm_bindgen;

use crate::Engine;
use crate::matrix::{Kind, Matrix};
use crate::network::{Activation, Step};
use crate::repack::{Source, pack_rows};
use crate::session::{Head, ROLES};

#[wasm_bindgen]
impl Engine {
    fn staged_floats(&self, from: usize, count: usize) -> Vec<f32> {
        self.staged[from..from + count].iter().map(|&bits| f32::from_bits(bits)).collect()
    }

    /// Starts a matrix of a block, or, past the last block, one outside the blocks.
    /// Roles there: 0 embedding, 1 output, 2 learned positions, 3 + i head i.
    pub fn begin_matrix(&mut self, place: u32, role: u32, kind: u32, rows: usize, columns: usize) {
        self.packing = Some((place, role, Matrix::zeros(Kind::from_code(kind), rows, columns)));
    }

    /// Packs staged rows of the matrix begun; `floats` when they are f32 and the matrix is not.
    pub fn pack(&mut self, first: usize, count: usize, floats: bool) {
        let (_, _, matrix) = self.packing.as_mut().expect("a matrix was begun");
        // SAFETY: u32 values are four readable bytes each, without padding.
        let bytes = unsafe {
            core::slice::from_raw_parts(self.staged.as_ptr().cast::<u8>(), self.staged.len() * 4)
        };
        let source = if floats { Source::F32 } else { Source::Same };
        pack_rows(matrix, bytes, first, count, source);
    }

    /// Puts the matrix in its place: a block's role, or, past the last block, a global one.
    pub fn end_matrix(&mut self) {
        let (place, role, matrix) = self.packing.take().expect("a matrix was begun");
        let (place, role) = (place as usize, role as usize);
        match self.session.blocks.get_mut(place) {
            Some(block) => {
                assert!(role < ROLES);
                block.matrices[role] = Some(matrix);
            }
            None if role == 0 => self.session.embedding = Some(matrix),
            None if role == 1 => self.session.output = Some(matrix),
            None if role == 2 => self.session.positions = Some(matrix),
            None => self.session.heads[role - 3].matrix = Some(matrix),
        }
    }

    /// Takes `count` staged f32 as a vector of a block, see `session::VECTORS`; past the last
    /// block as the output's norm (0) or its bias (1).
    pub fn set_vector(&mut self, place: usize, role: usize, count: usize) {
        let vector = self.staged_floats(0, count);
        match self.session.blocks.get_mut(place) {
            Some(block) => block.vectors[role] = vector,
            None => self.session.output_norm[role] = vector,
        }
    }

    /// Leaves queries and keys of a block as they are.
    pub fn set_unrotated(&mut self, block: usize) {
        self.session.blocks[block].unrotated = true;
    }

    /// Takes the staged rotation table [context, 2 · pairs].
    pub fn set_rope(&mut self) {
        let count = self.session.shapes.context * 2 * self.session.rope.pairs;
        self.session.rope.table = self.staged_floats(0, count);
    }

    /// Adds a step y = W x + b; W then b are staged.
    pub fn step_linear(&mut self, inputs: usize, outputs: usize) {
        let weight = self.staged_floats(0, inputs * outputs);
        let bias = self.staged_floats(inputs * outputs, outputs);
        self.steps.push(Step::Linear { weight, bias });
    }

    /// Adds an RMS normalization; its weights are staged.
    pub fn step_norm(&mut self, inputs: usize, epsilon: f64) {
        self.steps.push(Step::RmsNorm { weight: self.staged_floats(0, inputs), epsilon });
    }

    /// Adds an element-wise function: relu, silu, gelu, sigmoid, softmax.
    pub fn step_activation(&mut self, code: u32) {
        self.steps.push(Step::Activation(match code {
            0 => Activation::Relu,
            1 => Activation::Silu,
            2 => Activation::Gelu,
            3 => Activation::Sigmoid,
            _ => Activation::Softmax,
        }));
    }

    /// Adds y = x + up (down x); down then up are staged.
    pub fn step_low_rank(&mut self, inputs: usize, rank: usize) {
        let down = self.staged_floats(0, inputs * rank);
        let up = self.staged_floats(inputs * rank, inputs * rank);
        self.steps.push(Step::ResidualLowRank { down, up, rank });
    }

    /// Makes the steps added so far a probe.
    pub fn add_probe(&mut self) {
        self.session.probes.push(core::mem::take(&mut self.steps));
    }

    /// Makes the steps added so far a head, whose matrix may follow.
    pub fn add_head(&mut self) {
        let steps = core::mem::take(&mut self.steps);
        self.session.heads.push(Head { steps, matrix: None });
    }
}
