//! What the host calls during a step: blocks, fills, readouts, signals. Rows and
//! states are listed in a table that the host fills before the call.

use wasm_bindgen::prelude::wasm_bindgen;

use crate::blocks::Pass;
use crate::session::Row;
use crate::{Engine, pool, reduce};

/// Columns of the row table: state, slot, position, last layer.
const TABLE: usize = 4;

/// `row` as an option: −1 is none.
fn index(row: i32) -> Option<usize> {
    usize::try_from(row).ok()
}

#[wasm_bindgen]
impl Engine {
    /// Room for a table of `rows` rows of four i32; returns its offset.
    pub fn table(&mut self, rows: usize) -> *mut i32 {
        self.table.resize((rows * TABLE).max(self.table.len()), 0);
        self.table.as_mut_ptr()
    }

    fn take_rows(&mut self, count: usize) -> Vec<Row> {
        let mut rows = core::mem::take(&mut self.rows);
        rows.clear();
        rows.extend(self.table[..count * TABLE].chunks_exact(TABLE).map(|row| Row {
            state: row[0] as usize,
            slot: row[1] as usize,
            position: row[2] as usize,
            last: row[3],
        }));
        rows
    }

    fn table_states(&self, count: usize) -> Vec<usize> {
        self.table[..count].iter().map(|&state| state as usize).collect()
    }

    /// Runs blocks on the table's rows: part 0 block, 1 attention, 2 MLP. Returns the
    /// first block that failed, `to` when all ran; the fault says why.
    pub fn run(&mut self, from: usize, to: usize, part: u32, pass: usize, count: usize) -> usize {
        pool::allow(self.threads);
        let rows = self.take_rows(count);
        let mut block = from;
        while block < to {
            if part != 2
                && let Err(fault) = self.session.attention(&rows, Pass { block, pass })
            {
                self.session.fault = fault;
                break;
            }
            if part != 1 {
                self.session.mlp(&rows, block);
            }
            block += 1;
        }
        self.rows = rows;
        block
    }

    /// Supplies entries of the table's rows: 0 projected, 1 copied, else marked 2 hole, 3 none.
    pub fn fill(&mut self, from: usize, to: usize, fill: u8, pass: usize, count: usize) {
        pool::allow(self.threads);
        let rows = self.take_rows(count);
        for block in from..to {
            let at = Pass { block, pass };
            match fill {
                0 => self.session.project_kv(&rows, at),
                1 => self.session.copy_kv(&rows, at),
                entry => self.session.mark_kv(&rows, at, entry),
            }
        }
        self.rows = rows;
    }

    /// Position of the missing entry that the last run met.
    pub fn fault_position(&self) -> usize {
        self.session.fault.position
    }

    /// State of that entry: 0 owed, 3 none.
    pub fn fault_entry(&self) -> u8 {
        self.session.fault.entry
    }

    /// Logits and reductions of the states listed in the table (one i32 each).
    pub fn logits(&mut self, head: usize, count: usize) {
        pool::allow(self.threads);
        let states = self.table_states(count);
        self.session.logits(head, &states);
    }

    /// Logits and reductions of a state over `count` ids from `first` on.
    pub fn subset_logits(&mut self, head: usize, state: usize, first: usize, count: usize) {
        self.session.subset_logits(head, state, (first, count));
    }

    /// Offset of the reductions: seven f64 per row.
    pub fn stats(&self) -> *const f64 {
        self.session.readout.stats.as_ptr().cast()
    }

    /// Offset of the logits; rows lie `logit_stride` numbers apart.
    pub fn logit_rows(&self) -> *const f32 {
        self.session.readout.logits.data.as_ptr()
    }

    /// Distance of rows of logits.
    pub fn logit_stride(&self) -> usize {
        self.session.readout.logits.stride
    }

    /// Offset of the logits over the last subset.
    pub fn subset_row(&self) -> *const f32 {
        self.session.readout.subset.as_ptr()
    }

    /// Sets logits aside: of a row, or of the last subset when −1. Returns how many.
    pub fn hold(&mut self, row: i32) -> usize {
        self.session.hold(index(row))
    }

    /// Compares what was set aside with a row's or, when −1, the last subset's logits.
    pub fn compare(&self, kind: u32, row: i32) -> f64 {
        self.session.compare(kind, index(row))
    }

    /// Keeps the k likeliest tokens of a row's, or the last subset's, logits.
    pub fn select(&mut self, k: usize, row: i32, within: usize) -> usize {
        self.session.select(k, index(row), within)
    }

    /// Forgets all subsets.
    pub fn clear_subsets(&mut self) {
        self.session.readout.ids.clear();
    }

    /// Token id at a place of the id list.
    pub fn subset_id(&self, at: usize) -> u32 {
        self.session.readout.ids[at]
    }

    /// A signal of two states: 0 cosine, 1 relative norm, 2 feature entropy.
    pub fn state_signal(&self, kind: u32, a: usize, b: usize) -> f64 {
        let d = self.session.shapes.d;
        let (a, b) = (&self.session.states.row(a)[..d], &self.session.states.row(b)[..d]);
        match kind {
            0 => reduce::cosine(a, b, false),
            1 => reduce::relative_norm(a, b),
            _ => reduce::feature_entropy(a, b),
        }
    }

    /// Runs a probe on the mean of the states listed in the table; returns its output's offset.
    pub fn probe(&mut self, probe: usize, count: usize) -> *const f32 {
        let states = self.table_states(count);
        self.answer = self.session.probe(probe, &states);
        self.answer.as_ptr()
    }
}
