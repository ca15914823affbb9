"""nbgrader's settings: `nbgrader autograde`, formgrader's button and `rnnlab autograde` are one engine."""

c = get_config()  # noqa: F821  (nbgrader puts it here)

c.CourseDirectory.course_id = "rnn"
c.CourseDirectory.source_directory = "solutions"
c.CourseDirectory.release_directory = "exercises"
c.CourseDirectory.submitted_directory = "submitted"
c.CourseDirectory.autograded_directory = "autograded"
c.CourseDirectory.feedback_directory = "feedback"
c.CourseDirectory.db_url = "sqlite:///gradebook.db"
# The text sources and the synthetic class stand beside the notebooks and are not for students.
c.CourseDirectory.ignore = [".ipynb_checkpoints", "__pycache__", "*.md", "*.py", "class"]

# `nbgrader validate` runs a notebook as it is; two cells of the last one train a network.
c.Execute.timeout = 240

c.IncludeHeaderFooter.enabled = False
c.ClearSolutions.code_stub = {"python": "# YOUR CODE HERE\nraise NotImplementedError()"}

c.Autograde.exporter_class = "rnnlab.grading.hooks.SubmissionExporter"
c.Autograde.sanitize_preprocessors = ["rnnlab.grading.hooks.RebuildSubmission"]
c.Autograde.autograde_preprocessors = [
    "rnnlab.grading.hooks.GradeInSandbox",
    "nbgrader.preprocessors.SaveAutoGrades",
    "nbgrader.preprocessors.AssignLatePenalties",
]
c.GenerateFeedback.preprocessors = [
    "nbgrader.preprocessors.GetGrades",
    "rnnlab.grading.hooks.SanitizeFeedback",
    "nbconvert.preprocessors.CSSHTMLHeaderPreprocessor",
]
# `nbgrader release_feedback` wants two files of each submission beside its page.
c.GenerateFeedback.post_convert_hook = "rnnlab.grading.reporting.companions.after_feedback"

# What the feedback pages of `rnnlab feedback` tell of a mistake: nothing (0), where to look (1), the idea too (2), or
# nearly the fix (3). And where the book is on the web; without it, they link to the site in this folder.
# c.FeedbackPage.hint_level = 3
# c.FeedbackPage.book_url = "https://…"
