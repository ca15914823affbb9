"""The bundled synthetic class: what its students are like, and what they hand in."""
