"""The commands before grading and after it: release an assignment, hand in the synthetic class, show the pages."""

from __future__ import annotations

from typing import Annotated

import typer

from rnnlab.grading.commands.options import HERE, Assignment, Root, console
from rnnlab.grading.source import assignment_names, require_assignment, write_source_notebook


def release(assignment: Assignment, root: Root = HERE) -> None:
    """Make the students' notebook in exercises/ from the text source in solutions/."""
    from rnnlab.grading.course import Course, CourseError

    require_assignment(root, assignment)
    course = Course.open(root)
    write_source_notebook(course.root, assignment)
    with console.status(f"Releasing {assignment}"):
        result = course.api.generate_assignment(assignment, force=True, create=True)
    if not result["success"]:
        raise CourseError(
            f"nbgrader could not release {assignment}:\n{result.get('log', '')}{result.get('error', '')}"
        )
    console.print(f"Released {course.released(assignment).relative_to(course.root)}")


def hand_in_class(assignment: Assignment, root: Root = HERE) -> None:
    """Hand in the bundled synthetic class, to see the grader at work."""
    from rnnlab.grading.course import Course
    from rnnlab.grading.synthetic.submissions import hand_in

    require_assignment(root, assignment)
    names = hand_in(Course.open(root), assignment)
    console.print(f"Handed in {len(names)} synthetic submissions for {assignment} in submitted/")


def serve(
    port: Annotated[int, typer.Option(min=1, max=65535, help="The port on this machine.")] = 8000,
    root: Root = HERE,
) -> None:
    """Show the site and the class reports in a browser on this machine; Ctrl+C ends it."""
    from rnnlab.grading.serve import make_server

    server = make_server(root.resolve(), port)
    console.print(f"The site:         http://127.0.0.1:{port}/")
    for name in assignment_names(root.resolve()):
        if (root / "reports" / f"{name}.html").is_file():
            console.print(f"The class report: http://127.0.0.1:{port}/reports/{name}.html")
    console.print("Ctrl+C ends it.")
    try:
        server.serve_forever()
    except KeyboardInterrupt:
        server.server_close()
