"""The floors of the package: its numeric core loads NumPy and nothing heavier."""

import subprocess
import sys

import pytest

HEAVY = {"torch", "matplotlib", "faker", "pandas", "scipy", "IPython", "nbgrader"}
MODULES = [
    "rnnlab",
    "rnnlab.analysis.connectivity",
    "rnnlab.analysis.cost.attention",
    "rnnlab.analysis.cost.convolution",
    "rnnlab.analysis.cost.parts",
    "rnnlab.analysis.cost.record",
    "rnnlab.analysis.cost.recurrent",
    "rnnlab.analysis.gradient_check",
    "rnnlab.analysis.gradient_flow",
    "rnnlab.analysis.gradient_report",
    "rnnlab.analysis.jacobian_products",
    "rnnlab.analysis.jacobians",
    "rnnlab.analysis.memory",
    "rnnlab.analysis.spectra",
    "rnnlab.analysis.trajectory",
    "rnnlab.analysis.truncation",
    "rnnlab.nets.activations",
    "rnnlab.nets.attention",
    "rnnlab.nets.attentive_decoder",
    "rnnlab.nets.attentive_readout",
    "rnnlab.nets.bidirectional",
    "rnnlab.nets.bidirectional_encoder",
    "rnnlab.nets.causal_convolution",
    "rnnlab.nets.convolution",
    "rnnlab.nets.convolutional_recurrent",
    "rnnlab.nets.decoders",
    "rnnlab.nets.decoding",
    "rnnlab.nets.dropout",
    "rnnlab.nets.embedding",
    "rnnlab.nets.feed_forward",
    "rnnlab.nets.gelu",
    "rnnlab.nets.initialisation",
    "rnnlab.nets.kv_cache",
    "rnnlab.nets.layer_entry",
    "rnnlab.nets.layer_norm",
    "rnnlab.nets.losses",
    "rnnlab.nets.lru",
    "rnnlab.nets.masks",
    "rnnlab.nets.mingru",
    "rnnlab.nets.multihead",
    "rnnlab.nets.multilayer",
    "rnnlab.nets.perceptron",
    "rnnlab.nets.plain_decoder",
    "rnnlab.nets.pooling",
    "rnnlab.nets.pooling_over_time",
    "rnnlab.nets.positions",
    "rnnlab.nets.reader",
    "rnnlab.nets.recall",
    "rnnlab.nets.reversal",
    "rnnlab.nets.rnn",
    "rnnlab.nets.scan",
    "rnnlab.nets.scores",
    "rnnlab.nets.self_attention",
    "rnnlab.nets.seq2seq",
    "rnnlab.nets.stacked",
    "rnnlab.nets.temporal_block",
    "rnnlab.nets.temporal_convolution",
    "rnnlab.nets.transformer",
    "rnnlab.nets.transformer_block",
    "rnnlab.nets.windows",
    "rnnlab.training.alternatives.decorrelation",
    "rnnlab.training.alternatives.methods",
    "rnnlab.training.alternatives.skip_schedule",
    "rnnlab.training.alternatives.step_losses",
    "rnnlab.training.checkpoints",
    "rnnlab.training.clipping",
    "rnnlab.training.epochs",
    "rnnlab.training.fit",
    "rnnlab.training.history",
    "rnnlab.training.minibatches",
    "rnnlab.training.models",
    "rnnlab.training.optimizers",
    "rnnlab.training.runs",
    "rnnlab.training.schedules",
    "rnnlab.training.trees",
    "rnnlab.training.truncated",
    "rnnlab.training.validation",
    "rnnlab.data.encoding",
    "rnnlab.data.datasets",
    "rnnlab.data.surnames",
    "rnnlab.data.synthetic.tasks",
]


def modules_after(statement: str) -> set[str]:
    code = f"{statement}\nimport sys; print(*sorted(sys.modules))"
    return set(
        subprocess.run(
            [sys.executable, "-c", code], capture_output=True, text=True, check=True
        ).stdout.split()
    )


@pytest.mark.parametrize("module", ["rnnlab", "rnnlab.nets", "rnnlab.data"])
def test_importing_the_package_loads_nothing_but_itself(module):
    added = modules_after(f"import {module}") - modules_after("pass")
    assert {name for name in added if name.partition(".")[0] != "rnnlab"} == set()


def test_importing_every_module_of_the_core_loads_nothing_heavy():
    loaded = modules_after("import " + ", ".join(MODULES))
    assert set(MODULES) <= loaded
    assert not HEAVY & {name.partition(".")[0] for name in loaded}


def test_plots_do_not_load_pyplot_and_its_global_state():
    loaded = modules_after("import rnnlab.plots.diagrams, rnnlab.plots.heatmaps")
    assert "matplotlib.figure" in loaded
    assert "matplotlib.pyplot" not in loaded
