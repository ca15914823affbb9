"""The commands of `rnnlab`, one module for each step of an instructor's work; `rnnlab.grading.cli` joins them."""
