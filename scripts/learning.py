"""`make learn`: learn the reader of sentences from the labelled examples, and write its weights.

Needs scikit-learn, which `make learn` installs; the program itself needs none of it. `left_out.py` shows how well what
is learned here reads a hand that it has not seen.
"""

from __future__ import annotations

import argparse
import sys
from array import array
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from scipy import sparse
from sklearn.feature_selection import chi2
from sklearn.linear_model import LogisticRegression
from sklearn.preprocessing import normalize

from intake.judging.words.acts import Act
from intake.judging.words.clauses import clauses_of
from intake.judging.words.features import BLOCKS, Vocabulary, features, tokens
from intake.judging.words.reader import Weights, key_of, write_weights
from intake.wiring.reading import example_files, examples_in, learned_from, vocabulary

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / "reader"
WEIGHTS = FOLDER / "weights.bin"

_MOST_FEATURES = 135_000  # 21 bytes each, and the file is to stay under 3 MB
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


@dataclass(frozen=True, slots=True)
class Table:
    """The features of sentences and of their clauses, block by block, and the number of each column.

    The rows are the sentences first, then the clauses; `sentence` says for each row which sentence it is of.
    """

    blocks: tuple[sparse.csr_matrix, ...]
    keys: tuple[np.ndarray, ...]
    sentence: np.ndarray
    sentences: int

    def clauses(self, rows: np.ndarray) -> np.ndarray:
        """The rows of these sentences' clauses."""
        return self.sentences + np.flatnonzero(np.isin(self.sentence[self.sentences :], rows))


def tabulate(texts: Sequence[str], known: Vocabulary) -> Table:
    """The features of every text and of its clauses, as one matrix for each block."""
    clauses = [(number, clause) for number, text in enumerate(texts) for clause in clauses_of(text)]
    every = [*texts, *(clause for _, clause in clauses)]
    columns: list[dict[str, int]] = [{} for _ in BLOCKS]
    indices = [array("i") for _ in BLOCKS]
    pointers = [array("q", [0]) for _ in BLOCKS]
    for text in every:
        for names, numbers, found, ends in zip(features(tokens(text, known)), columns, indices, pointers, strict=True):
            found.extend(numbers.setdefault(name, len(numbers)) for name in sorted(names))
            ends.append(len(found))
    blocks = tuple(
        sparse.csr_matrix((np.ones(len(found), dtype=np.float32), found, ends), shape=(len(every), len(numbers)))
        for found, ends, numbers in zip(indices, pointers, columns, strict=True)
    )
    keys = tuple(np.array([key_of(name) for name in numbers], dtype=np.uint32) for numbers in columns)
    sentence = np.array([*range(len(texts)), *(number for number, _ in clauses)])
    return Table(blocks, keys, sentence, len(texts))


def learn(table: Table, acts: Sequence[Act], rows: np.ndarray, source: str = "") -> Weights:
    """The weights for these sentences of the table.

    A harmless sentence's clauses are harmless, each of them. Of another sentence's clauses at least one is not, and
    nobody wrote down which: the one that a first look at whole sentences finds the least harmless.
    """
    clauses = table.clauses(rows)
    chosen, keys, rarity = _choose(table, acts, rows, np.concatenate([rows, clauses]))
    # Stored as whole numbers: what is learned from is rounded as what is read will be.
    stored = np.clip(np.round(rarity * 20), 1, 255)
    matrix = sparse.hstack(
        [normalize(part @ sparse.diags(one)) for part, one in zip(chosen, _parts(stored, chosen), strict=True)]
    ).tocsr()
    taught = np.concatenate([np.arange(len(rows)), len(rows) + _telling(matrix, table, acts, rows, clauses)])
    of_sentence = table.sentence[np.concatenate([rows, clauses])[taught]]
    model = LogisticRegression(C=_C, class_weight="balanced", tol=1e-3, max_iter=_ROUNDS)
    model.fit(matrix[taught], [str(acts[row]) for row in of_sentence])
    harmless = _told_apart(matrix[taught], [acts[row].harmless for row in of_sentence])
    effect = np.vstack([model.coef_, harmless.coef_]) * stored
    steps = np.abs(effect).max(axis=1) / 127
    order = np.argsort(keys, kind="stable")
    return Weights(
        acts=tuple(Act(name) for name in model.classes_),
        bases=tuple(round(float(base), 4) for base in (*model.intercept_, *harmless.intercept_)),
        scales=tuple(float(f"{step:.6g}") for step in steps),
        keys=[int(key) for key in keys[order]],
        idf=[int(one) for one in stored[order]],
        columns=tuple([int(one) for one in np.round(effect[i][order] / steps[i])] for i in range(len(steps))),
        examples=source,
    )


def _told_apart(matrix: sparse.csr_matrix, harmless: Sequence[bool]) -> LogisticRegression:
    return LogisticRegression(C=_C, solver="liblinear", class_weight="balanced", tol=1e-3).fit(matrix, harmless)


def _telling(
    matrix: sparse.csr_matrix, table: Table, acts: Sequence[Act], rows: np.ndarray, clauses: np.ndarray
) -> np.ndarray:
    """Which of the clauses are learned from, counted from the first of them; `matrix` holds sentences, then clauses."""
    first_look = _told_apart(matrix[: len(rows)], [acts[row].harmless for row in rows])
    sure: np.ndarray = first_look.decision_function(matrix[len(rows) :])
    least: dict[int, int] = {}
    telling = []
    for number, row in enumerate(table.sentence[clauses]):
        if acts[row].harmless:
            telling.append(number)
        elif row not in least or sure[number] < sure[least[row]]:
            least[row] = number
    told: np.ndarray = np.array(telling + list(least.values()), dtype=int)
    return told


def _choose(
    table: Table, acts: Sequence[Act], rows: np.ndarray, with_clauses: np.ndarray
) -> tuple[list[sparse.csr_matrix], np.ndarray, np.ndarray]:
    """The features worth keeping: in sentences enough, and telling best what is harmless. All rows, those columns."""
    harmless = np.array([acts[row].harmless for row in rows])
    parts, keys, counts, worth = [], [], [], []
    for block, numbers in zip(table.blocks, table.keys, strict=True):
        part = block[rows]
        count = np.asarray(part.sum(axis=0)).ravel()
        kept = count >= _FEWEST_SENTENCES
        part = part[:, kept]
        parts.append(block[with_clauses][:, kept])
        keys.append(numbers[kept])
        counts.append(count[kept])
        worth.append(chi2(part, harmless)[0])
    best = np.argsort(-np.concatenate(worth), kind="stable")[:_MOST_FEATURES]
    kept_of_all: np.ndarray = np.zeros(sum(map(len, worth)), dtype=bool)
    kept_of_all[best] = True
    kept_by_block = np.split(kept_of_all, np.cumsum([len(one) for one in worth])[:-1])
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
    table = tabulate([example.text for example in examples], vocabulary())
    weights = learn(table, [example.act for example in examples], np.arange(len(examples)), learned_from())
    content = write_weights(weights)
    WEIGHTS.write_bytes(content)
    print(f"{len(examples)} examples, {len(weights.keys)} features, {len(content)} bytes: {WEIGHTS.relative_to(ROOT)}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
