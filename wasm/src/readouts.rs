//! Readouts: final norm or a trained head's steps, then the unembedding, over
//! the whole vocabulary or a subset, with the reductions of each.

use crate::activations::{Activations, Form, Precision};
use crate::matmul::{Target, matmul, one_tile};
use crate::matrix::TILE;
use crate::network;
use crate::reduce::{Stats, cosine, kl, reduce, top_k};
use crate::row_math::normalize;
use crate::session::Session;

impl Session {
    /// Writes the unembedding's inputs of some states.
    fn prepare(&mut self, head: usize, states: &[usize]) {
        let d = self.shapes.d;
        let x = &mut self.readout.x;
        x.reserve(states.len());
        x.touch();
        for (i, &state) in states.iter().enumerate() {
            let from = &self.states.row(state)[..d];
            match head.checked_sub(1) {
                None => normalize(x.row_mut(i), from, &self.output_norm, &self.shapes),
                Some(head) => x
                    .row_mut(i)
                    .copy_from_slice(&network::run(&self.heads[head].steps, from.to_vec())),
            }
        }
    }

    /// Logits over the vocabulary, row i those of state i, and their reductions.
    pub fn logits(&mut self, head: usize, states: &[usize]) {
        self.prepare(head, states);
        let (vocab, many) =
            (self.shapes.vocab, (states.len(), self.shapes.precision(Precision::Fine)));
        let mut logits = core::mem::take(&mut self.readout.logits);
        logits.reserve(states.len());
        let mut x = core::mem::replace(&mut self.readout.x, Activations::new(0));
        let target = Target { stride: logits.stride, out: &mut logits.data };
        matmul(target, &mut x, self.unembedding(head), many);
        self.readout.stats.resize(states.len().max(1), Stats::default());
        for (i, stats) in self.readout.stats.iter_mut().take(states.len()).enumerate() {
            *stats = reduce(&logits.row(i)[..vocab]);
        }
        self.readout.logits = logits;
        self.readout.x = x;
    }

    /// Logits of one state over `count` tokens from `first` on in the id list, and
    /// their reductions; the same numbers as over the whole vocabulary.
    pub fn subset_logits(&mut self, head: usize, state: usize, (first, count): (usize, usize)) {
        self.prepare(head, &[state]);
        let precision = self.shapes.precision(Precision::Fine);
        let mut x = core::mem::replace(&mut self.readout.x, Activations::new(0));
        let mut subset = core::mem::take(&mut self.readout.subset);
        subset.clear();
        let w = self.unembedding(head);
        x.prepare(Form::of(w.kind, precision), 1);
        let (mut held, mut outputs) = (usize::MAX, [0f32; TILE]);
        for &id in &self.readout.ids[first..first + count] {
            let (tile, row) = (id as usize / TILE, id as usize % TILE);
            if tile != held {
                outputs = one_tile(&x, w, tile, precision);
                held = tile;
            }
            subset.push(outputs[row]);
        }
        self.readout.stats.resize(self.readout.stats.len().max(1), Stats::default());
        self.readout.stats[0] = reduce(&subset);
        self.readout.x = x;
        self.readout.subset = subset;
    }

    /// Logits of row `row`, or over the last subset.
    fn vector(&self, row: Option<usize>) -> &[f32] {
        match row {
            Some(row) => &self.readout.logits.row(row)[..self.shapes.vocab],
            None => &self.readout.subset,
        }
    }

    /// Sets a vector of logits aside and returns its length.
    pub fn hold(&mut self, row: Option<usize>) -> usize {
        let mut held = core::mem::take(&mut self.readout.held);
        held.clear();
        held.extend_from_slice(self.vector(row));
        self.readout.held = held;
        self.readout.held.len()
    }

    /// Compares the vector set aside with another: 0 KL, 1 cosine, 2 centred cosine.
    pub fn compare(&self, kind: u32, row: Option<usize>) -> f64 {
        let (a, b) = (&self.readout.held, self.vector(row));
        assert!(a.len() == b.len());
        match kind {
            0 => kl(a, b),
            _ => cosine(a, b, kind == 2),
        }
    }

    /// Keeps the k likeliest tokens of a vector, which is over the whole vocabulary
    /// or over the ids from `within` on; returns where their ids start.
    pub fn select(&mut self, k: usize, row: Option<usize>, within: usize) -> usize {
        let kept = top_k(self.vector(row), k);
        let start = self.readout.ids.len();
        for index in kept {
            let id = match row {
                Some(_) => index,
                None => self.readout.ids[within + index as usize],
            };
            self.readout.ids.push(id);
        }
        start
    }

    /// Runs a probe on the mean of some states.
    pub fn probe(&self, probe: usize, states: &[usize]) -> Vec<f32> {
        let mut mean = vec![0f32; self.shapes.d];
        for &state in states {
            for (sum, value) in mean.iter_mut().zip(self.states.row(state)) {
                *sum += value / states.len() as f32;
            }
        }
        network::run(&self.probes[probe], mean)
    }
}
