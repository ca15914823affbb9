"""Checkpoints: what comes back is what was saved, bit for bit; a damaged or foreign file is refused with its reason."""

import os

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rnnlab.nets.parameters import leaves, mapped
from rnnlab.training.checkpoints import DamagedCheckpoint, ForeignCheckpoint, load, save
from tests.training.trees import drawn_tree

FACTS = {"step": 7, "score": 0.1 + 0.2, "best": float("inf"), "state": 2**127 + 1, "name": "λ", "none": None}


@pytest.fixture
def path(tmp_path):
    return tmp_path / "run.npz"


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_trees_and_facts_come_back_bit_for_bit(path, dtype):
    tree = drawn_tree(np.random.default_rng(0), dtype)
    tree.cell.b_h[:3] = np.nan, -0.0, np.inf
    save(path, {"params": tree, "single": np.array(1.5), "nothing": None}, FACTS)
    stored = load(path)
    assert stored.facts == FACTS
    back = stored.tree("params", mapped(np.zeros_like, tree))
    assert type(back) is type(tree)
    assert back.missing is None
    for one, two in zip(leaves(back), leaves(tree), strict=True):
        assert one.dtype == two.dtype
        assert one.tobytes() == two.tobytes()
    assert stored.tree("single", np.array(0.0)) == 1.5
    assert stored.tree("nothing", None) is None


def test_missing_folders_are_made(tmp_path):
    save(tmp_path / "deep" / "folder" / "run.npz", {}, {"step": 1})
    assert load(tmp_path / "deep" / "folder" / "run.npz").facts == {"step": 1}


@pytest.mark.parametrize("failing", ["fsync", "replace"])
def test_a_write_that_fails_leaves_the_checkpoint_before_it(path, monkeypatch, failing):
    save(path, {"params": (np.zeros(3),)}, {"step": 1})

    def fail(*arguments):
        raise OSError("no space left")

    monkeypatch.setattr(os, failing, fail)
    with pytest.raises(OSError, match="no space left"):
        save(path, {"params": (np.ones(3),)}, {"step": 2})
    assert load(path).facts == {"step": 1}
    monkeypatch.undo()
    save(path, {"params": (np.ones(3),)}, {"step": 2})
    assert load(path).facts == {"step": 2}
    assert [file.name for file in path.parent.iterdir()] == ["run.npz"]


def test_nothing_is_pickled_and_nothing_pickled_is_read(path):
    np.savez(path, facts=np.array([{"step": 1}], object))
    with pytest.raises(DamagedCheckpoint, match="cannot be read"):
        load(path)


@pytest.fixture(scope="module")
def good(tmp_path_factory):
    path = tmp_path_factory.mktemp("good") / "run.npz"
    save(path, {"params": drawn_tree(np.random.default_rng(0))}, FACTS)
    return path.read_bytes()


def same_or_refused(path, content):
    path.write_bytes(content)
    tree = drawn_tree(np.random.default_rng(0))
    try:
        stored = load(path)
        back = stored.tree("params", tree)
    except (DamagedCheckpoint, ForeignCheckpoint):
        return
    assert stored.facts == FACTS
    assert all(one.tobytes() == two.tobytes() for one, two in zip(leaves(back), leaves(tree), strict=True))


@given(data=st.data())
@settings(max_examples=150, deadline=None)
def test_a_changed_byte_is_harmless_or_refused(tmp_path_factory, good, data):
    place = data.draw(st.integers(0, len(good) - 1))
    flip = data.draw(st.integers(1, 255))
    changed = good[:place] + bytes([good[place] ^ flip]) + good[place + 1 :]
    same_or_refused(tmp_path_factory.getbasetemp() / "changed.npz", changed)


def test_a_header_that_makes_an_array_shorter_is_refused(path, good):
    """NumPy would read fewer entries, stop before the checksum, and notice nothing."""
    changed = good.replace(b"'shape': (8, 3)", b"'shape': (8, 2)")
    assert changed != good
    path.write_bytes(changed)
    with pytest.raises(DamagedCheckpoint, match=r"checksum of params.cell.W_xh.npy is wrong"):
        load(path)


@given(data=st.data())
@settings(max_examples=40, deadline=None)
def test_a_file_that_is_cut_off_is_refused(tmp_path_factory, good, data):
    path = tmp_path_factory.getbasetemp() / "cut.npz"
    path.write_bytes(good[: data.draw(st.integers(0, len(good) - 1))])
    with pytest.raises(DamagedCheckpoint, match=r"cut\.npz cannot be read .* Delete it to start anew"):
        load(path)


@pytest.mark.parametrize("content", [b"", b"no archive", b"\x93NUMPY\x01\x00"])
def test_another_file_is_refused(path, content):
    path.write_bytes(content)
    with pytest.raises(DamagedCheckpoint, match="cannot be read"):
        load(path)


def test_a_missing_file_is_named(path):
    with pytest.raises(FileNotFoundError, match=r"run\.npz"):
        load(path)


class TestAnotherNetwork:
    tree = drawn_tree(np.random.default_rng(0))

    def stored(self, path):
        save(path, {"params": self.tree}, {})
        return load(path)

    def test_with_other_shapes(self, path):
        other = self.tree._replace(readout=self.tree.readout._replace(b_y=np.zeros(9)))
        with pytest.raises(
            ForeignCheckpoint, match=r"another network. Params.readout.b_y must have the shape \(9,\)"
        ):
            self.stored(path).tree("params", other)

    def test_with_another_precision(self, path):
        other = mapped(lambda leaf: leaf.astype(np.float32), self.tree)
        with pytest.raises(
            ForeignCheckpoint, match=r"another network. Params.cell.W_xh must be float32 .* is float64"
        ):
            self.stored(path).tree("params", other)

    def test_with_other_branches(self, path):
        with pytest.raises(
            ForeignCheckpoint, match=r"holds params.cell.W_xh, .* but params.W_xh, .* are needed"
        ):
            self.stored(path).tree("params", self.tree.cell)

    def test_under_another_name(self, path):
        with pytest.raises(ForeignCheckpoint, match="holds nothing, but"):
            self.stored(path).tree("weights", self.tree)
