"""Write the files of `rnnlab.data.project` anew: `python -m rnnlab.exercises.project`."""

from rnnlab.exercises.project.split import write_public_files

write_public_files()
