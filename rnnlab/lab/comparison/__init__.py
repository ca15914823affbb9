"""One comparison of all architectures: the same tasks, the same budget, the same tuning for everybody.

The rules, written down before the first run:

- **Size.** Every network gets the number of parameters that its task names, readout included, within 10 %: its width is
  solved for. The linear layer on a window has no width, and is a baseline.
- **Inputs.** All read the same numbers: one-hot symbols or a scaled series. No embedding, no calendar, no text beyond
  the window of its task.
- **Training.** Adam, gradient norm clipped at 1, a warm-up of 20 updates and half a cosine wave down to zero; the same
  batch size and number of updates for all. A synthetic task ends early where it is solved.
- **Tuning.** The same rates for all, each with the same seeds. The rate with the most solved runs wins, then the one
  with fewer updates, then the one with the better validation. More seeds follow for that rate alone.
- **Score.** The weights with the best validation score are tested once, on data that chose nothing. Lower is better in
  all tasks.
- **Starts.** The package's default start, which is torch's. Other starts of the same network are rows of their own.

Run: python -m rnnlab.lab.comparison --size full. Chapter comparison.
"""
