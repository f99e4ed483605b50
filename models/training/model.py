"""The embedded model: Llama-shaped, in plain PyTorch.

RMS normalization before attention and MLP, rotary embedding of adjacent pairs
(2i, 2i+1), grouped-query attention, SwiGLU, head tied to the embedding. The
weights are stored as GGUF's `llama` architecture wants them: nothing is permuted.
"""

import dataclasses

import torch
import torch.nn.functional as F
from torch import Tensor, nn

HEAD = 1  # segment that every later place of a row sees


@dataclasses.dataclass(frozen=True)
class Shape:
    """Sizes and constants; the `model` part of a configuration file."""

    vocab_size: int
    blocks: int
    d_model: int
    heads: int
    kv_heads: int
    head_dim: int
    ffn_size: int
    rope_base: float
    norm_epsilon: float
    context: int


def rotate(x: Tensor, cosine: Tensor, sine: Tensor) -> Tensor:
    """Rotates pairs (2i, 2i+1) of x [B, H, T, headDim]; cosine, sine: [B, 1, T, headDim/2]."""
    even, odd = x[..., 0::2], x[..., 1::2]
    rotated = torch.stack((even * cosine - odd * sine, even * sine + odd * cosine), dim=-1)
    return rotated.flatten(-2)


def rope_table(shape: Shape, position: Tensor) -> tuple[Tensor, Tensor]:
    """Cosine and sine of position · base^(−2i/headDim), each [B, 1, T, headDim/2]."""
    steps = torch.arange(0, shape.head_dim, 2, dtype=torch.float64) / shape.head_dim
    angles = position[:, None, :, None].double() * shape.rope_base**-steps
    return angles.cos().float(), angles.sin().float()


class Block(nn.Module):
    """x + attention(norm(x)), then x + mlp(norm(x))."""

    def __init__(self, shape: Shape) -> None:
        super().__init__()
        self.shape = shape
        d, kv = shape.d_model, shape.kv_heads * shape.head_dim
        self.attention_norm = nn.RMSNorm(d, eps=shape.norm_epsilon)
        self.query = nn.Linear(d, shape.heads * shape.head_dim, bias=False)
        self.key = nn.Linear(d, kv, bias=False)
        self.value = nn.Linear(d, kv, bias=False)
        self.attention_output = nn.Linear(shape.heads * shape.head_dim, d, bias=False)
        self.mlp_norm = nn.RMSNorm(d, eps=shape.norm_epsilon)
        self.gate = nn.Linear(d, shape.ffn_size, bias=False)
        self.up = nn.Linear(d, shape.ffn_size, bias=False)
        self.down = nn.Linear(shape.ffn_size, d, bias=False)

    def forward(self, x: Tensor, mask: Tensor, rope: tuple[Tensor, Tensor]) -> Tensor:
        batch, length, _ = x.shape
        s = self.shape
        normed = self.attention_norm(x)

        def split(y: Tensor, heads: int) -> Tensor:
            return y.view(batch, length, heads, s.head_dim).transpose(1, 2)

        q = rotate(split(self.query(normed), s.heads), *rope) * s.head_dim**-0.5
        k = rotate(split(self.key(normed), s.kv_heads), *rope)
        v = split(self.value(normed), s.kv_heads)
        group = s.heads // s.kv_heads  # query head h reads key/value head h // group
        k, v = k.repeat_interleave(group, dim=1), v.repeat_interleave(group, dim=1)
        scores = (q @ k.transpose(-1, -2)).float().masked_fill(~mask, float("-inf"))
        attended = torch.softmax(scores, dim=-1) @ v
        x = x + self.attention_output(attended.transpose(1, 2).reshape(batch, length, -1))
        normed = self.mlp_norm(x)
        return x + self.down(F.silu(self.gate(normed)) * self.up(normed))


class Tiny(nn.Module):
    """Embedding, blocks, final norm; the head shares the embedding."""

    def __init__(self, shape: Shape) -> None:
        super().__init__()
        self.shape = shape
        self.embedding = nn.Embedding(shape.vocab_size, shape.d_model)
        self.blocks = nn.ModuleList(Block(shape) for _ in range(shape.blocks))
        self.output_norm = nn.RMSNorm(shape.d_model, eps=shape.norm_epsilon)
        nn.init.normal_(self.embedding.weight, std=0.05)
        for name, weight in self.named_parameters():
            if weight.dim() == 2 and "embedding" not in name:
                std = weight.shape[1] ** -0.5
                if name.endswith(("attention_output.weight", "down.weight")):
                    std *= 0.02  # blocks start small, so that they do not drown the embedding
                nn.init.normal_(weight, std=std)

    def states(self, tokens: Tensor, order: list[int] | None = None) -> list[Tensor]:
        """The residual stream before and after the blocks in `order` (default: all)."""
        position = torch.arange(tokens.shape[1]).expand_as(tokens)
        return self.packed(tokens, torch.full_like(tokens, HEAD), position, order=order)

    def hidden(self, tokens: Tensor, order: list[int] | None = None) -> Tensor:
        """The residual stream after the blocks in `order` (default: all), [B, T, dModel]."""
        return self.states(tokens, order)[-1]

    def packed(
        self,
        tokens: Tensor,
        segment: Tensor,
        position: Tensor,
        *,
        order: list[int] | None = None,
        kept: Tensor | None = None,
    ) -> list[Tensor]:
        """The residual stream at every height, for rows that hold several items.

        Inputs are [B, T]; a place sees earlier places of its own segment and of
        segment HEAD. kept: [blocks, B] bool, the rows that run each block; the
        others pass it by. Returns blocks + 1 states of [B, T, dModel].
        """
        length = tokens.shape[1]
        causal = torch.ones(length, length, dtype=torch.bool).tril()
        keys = segment[:, None, :]
        mask = causal & ((segment[:, :, None] == keys) | (keys == HEAD))
        rope = rope_table(self.shape, position)
        states = [self.embedding(tokens)]
        for block in range(self.shape.blocks) if order is None else order:
            after = self.blocks[block](states[-1], mask[:, None], rope)
            if kept is not None and not kept[block].all():
                after = torch.where(kept[block][:, None, None], after, states[-1])
            states.append(after)
        return states

    def readout(self, x: Tensor) -> Tensor:
        """Logits of any hidden states, [..., vocabSize]."""
        return F.linear(self.output_norm(x), self.embedding.weight)


@torch.no_grad()
def plant_induction(model: Tiny) -> None:
    """Starts blocks 0 and 1 with one weak induction circuit, to be trained on like the rest.

    Query head 0 of block 0 attends to the token before: dimension 0 of all
    embeddings is a constant that its query and key turn into fixed vectors one
    position apart. It writes a projection R of that token to S. Head 0 of block
    1 asks S for R of the current token, so it finds what followed an earlier
    copy, and writes a projection T of that to the residual stream, where the
    tied head reads it. R, S and T are random and orthonormal.
    """
    shape, first, second = model.shape, model.blocks[0], model.blocks[1]
    n, d = shape.head_dim, shape.d_model
    scale = model.embedding.weight.std().item()
    model.embedding.weight[:, 0] = 5 * scale
    constant = 5 / (25 / d + 1) ** 0.5  # dimension 0 after the norm
    angle = shape.rope_base ** (-torch.arange(0, n, 2)[:4] / n)
    first.key.weight[:n], first.query.weight[:n] = 0, 0
    first.key.weight[0:8:2, 0] = 6 / constant
    first.query.weight[0:8:2, 0] = 6 / constant * angle.cos()
    first.query.weight[1:8:2, 0] = -6 / constant * angle.sin()
    r, s, t = (torch.linalg.qr(torch.randn(d, n)).Q for _ in range(3))
    first.value.weight[:n] = r.T
    first.attention_output.weight[:, :n] = 2 * scale * s
    second.query.weight[:n], second.key.weight[:n] = r.T, s.T
    second.value.weight[:n] = t.T
    second.attention_output.weight[:, :n] = 2 * scale * t
