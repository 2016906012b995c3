"""`make learn`: learn the reader of sentences from the labelled examples, and write its weights.

Needs scikit-learn, which `make learn` installs; the program itself needs none of it. `left_out.py` shows how well what
is learned here reads a hand that it has not seen.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from scipy import sparse
from sklearn.feature_selection import chi2
from sklearn.linear_model import LogisticRegression
from sklearn.preprocessing import normalize

from intake.judging.words.acts import Act
from intake.judging.words.features import Families, features, read_families, tokens
from intake.judging.words.reader import Weights, key_of, write_weights
from intake.wiring.reading import example_files, examples_in, learned_from

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / "reader"
WEIGHTS = FOLDER / "weights.bin"

_MOST_FEATURES = 100_000  # 20 bytes each; more read no better
_FEWEST_SENTENCES = 2  # that a feature must stand in
_C = 10.0  # how closely the examples are followed
_ROUNDS = 60


@dataclass(frozen=True, slots=True)
class Example:
    """One labelled sentence."""

    hand: str
    act: Act
    text: str


def load_examples() -> list[Example]:
    """Every example, hand by hand."""
    return [Example(path.stem, Act(act), text) for path in example_files() for act, text in examples_in(path)]


def load_families() -> Families:
    return read_families((FOLDER / "families.txt").read_text(encoding="utf-8"))


@dataclass(frozen=True, slots=True)
class Table:
    """The features of many sentences, block by block, and the number of each column."""

    blocks: tuple[sparse.csr_matrix, ...]
    keys: tuple[np.ndarray, ...]


def tabulate(texts: Iterable[str], families: Families) -> Table:
    """The features of every text, as one matrix for each block."""
    seen = [features(tokens(text, families)) for text in texts]
    blocks, keys = [], []
    for number in range(len(seen[0])):
        names = sorted({name for each in seen for name in each[number]})
        columns = {name: index for index, name in enumerate(names)}
        indices = [columns[name] for each in seen for name in sorted(each[number])]
        pointers = np.cumsum([0, *(len(each[number]) for each in seen)])
        data: np.ndarray = np.ones(len(indices), dtype=np.float32)
        blocks.append(sparse.csr_matrix((data, indices, pointers), shape=(len(seen), len(names))))
        keys.append(np.array([key_of(name) for name in names], dtype=np.uint32))
    return Table(tuple(blocks), tuple(keys))


def learn(table: Table, acts: Sequence[Act], rows: np.ndarray, source: str = "") -> Weights:
    """The weights for these rows of the table."""
    chosen, keys, rarity = _choose(table, acts, rows)
    # Stored as whole numbers: what is learned from is rounded as what is read will be.
    stored = np.clip(np.round(rarity * 20), 1, 255)
    matrix = sparse.hstack(
        [normalize(part @ sparse.diags(one)) for part, one in zip(chosen, _parts(stored, chosen), strict=True)]
    )
    model = LogisticRegression(C=_C, class_weight="balanced", tol=1e-3, max_iter=_ROUNDS)
    model.fit(matrix.tocsr(), [str(acts[row]) for row in rows])
    effect = model.coef_ * stored
    steps = np.abs(effect).max(axis=1) / 127
    order = np.argsort(keys, kind="stable")
    return Weights(
        acts=tuple(Act(name) for name in model.classes_),
        bases=tuple(round(float(base), 4) for base in model.intercept_),
        scales=tuple(float(f"{step:.6g}") for step in steps),
        keys=[int(key) for key in keys[order]],
        idf=[int(one) for one in stored[order]],
        columns=tuple([int(one) for one in np.round(effect[i][order] / steps[i])] for i in range(len(steps))),
        examples=source,
    )


def _choose(
    table: Table, acts: Sequence[Act], rows: np.ndarray
) -> tuple[list[sparse.csr_matrix], np.ndarray, np.ndarray]:
    """The features worth keeping: in sentences enough, and telling acts apart the most."""
    names = np.array([str(acts[row]) for row in rows])
    parts, keys, counts, worth = [], [], [], []
    for block, numbers in zip(table.blocks, table.keys, strict=True):
        part = block[rows]
        count = np.asarray(part.sum(axis=0)).ravel()
        kept = count >= _FEWEST_SENTENCES
        part = part[:, kept]
        parts.append(part)
        keys.append(numbers[kept])
        counts.append(count[kept])
        worth.append(chi2(part, names)[0])
    limit = np.sort(np.concatenate(worth))[::-1][:_MOST_FEATURES][-1]
    kept_by_block = [one >= limit for one in worth]
    chosen = [part[:, kept] for part, kept in zip(parts, kept_by_block, strict=True)]
    count = np.concatenate([one[kept] for one, kept in zip(counts, kept_by_block, strict=True)])
    rarity = np.log((1 + len(rows)) / (1 + count)) + 1
    return chosen, np.concatenate([one[kept] for one, kept in zip(keys, kept_by_block, strict=True)]), rarity


def _parts(values: np.ndarray, blocks: Sequence[sparse.csr_matrix]) -> list[np.ndarray]:
    split: list[np.ndarray] = np.split(values, np.cumsum([block.shape[1] for block in blocks])[:-1])
    return split


def main(arguments: Sequence[str] | None = None) -> int:
    """The command."""
    parser = argparse.ArgumentParser(prog="make learn", description=__doc__)
    parser.parse_args(arguments)
    examples = load_examples()
    table = tabulate([example.text for example in examples], load_families())
    weights = learn(table, [example.act for example in examples], np.arange(len(examples)), learned_from())
    content = write_weights(weights)
    WEIGHTS.write_bytes(content)
    print(f"{len(examples)} examples, {len(weights.keys)} features, {len(content)} bytes: {WEIGHTS.relative_to(ROOT)}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
