"""Synthetic tasks, each with a known rule, a known chance level and a known best score. `tasks.TASKS` lists them."""
