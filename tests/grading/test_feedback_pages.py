"""Feedback pages: what they say, that nothing in them runs or fetches, and that they are written when they change."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import nbformat
import pytest

from rnnlab.check import Verdict
from rnnlab.grading import safe_html
from rnnlab.grading.course import Course, CourseError
from rnnlab.grading.record import Record, Status
from rnnlab.grading.reporting import pages
from rnnlab.grading.reporting.chapters import Chapters
from rnnlab.grading.reporting.pages import Page, write_feedback
from rnnlab.grading.reporting.prose_html import prose, said
from tests.grading.small_course import ASSIGNMENT, CONTAINED, Work, make, mistaken, notebook_of, passed

EVIL = "</pre><script>alert(1)</script><img src=x onerror=alert(1)>"
SAFE_SOURCES = ("data:",)
HOSTILE_VERDICT = Verdict(
    f"{ASSIGNMENT}.rnn_step", False, "contract", f"raised E: {EVIL}", line_number=2, line=f"    {EVIL}"
)
HOSTILE_OUTPUTS = (
    {"output_type": "stream", "name": "stdout", "text": f"{EVIL}\x1b[31mred\x1b[0m"},
    {"output_type": "display_data", "data": {"text/html": EVIL, "text/plain": EVIL}},
    {"output_type": "display_data", "data": {"image/png": f'">{EVIL}', "text/plain": ""}},
    {"output_type": "error", "ename": "E", "evalue": EVIL, "traceback": [EVIL]},
)
WORKS = (
    Work(
        "ada",
        {"rnn_step": mistaken()},
        {"rnn_step": "def rnn_step(x_t):\n    return np.tanh(x_t)", "rnn_forward": "the_code_of_ada = 1"},
        words=safe_html.safe_markdown("It forgets, because $\\tanh' < 1$."),
        comment="Well begun.\nLook at <b>chapter 2</b>.",
        late=1.5,
    ),
    Work(
        "mallory",
        {"rnn_step": HOSTILE_VERDICT},
        {"rnn_step": f"x = 1\n    {EVIL}"},
        words=f"{EVIL} [x](javascript:alert(1))",
        record=Record(Status.PERSON, (f"a repair {EVIL}",), (f"a problem {EVIL}",), CONTAINED),
        comment=EVIL,
        outputs=HOSTILE_OUTPUTS,
    ),
    Work(
        "wanjiru",
        {"rnn_step": replace(mistaken(), stage="measured", mistakes=(), earned=1.5)},
        earned={"rnn_step": 1.5},
        explained=None,
    ),
)


class Markup(HTMLParser):
    """What a browser would make of a page: its text, its tags, and every address that it would fetch."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.text, self.tags, self.fetched, self.handlers, self.links = "", [], [], [], []
        self._quiet = False
        self.feed(page)

    def handle_starttag(self, tag, attributes):
        self.tags.append(tag)
        self._quiet = tag == "style"
        for name, value in attributes:
            if name in ("src", "srcset", "data", "poster", "action") or (tag == "link" and name == "href"):
                self.fetched.append(value)
            elif name.startswith("on"):
                self.handlers.append(name)
            elif name == "href":
                self.links.append(value)

    def handle_endtag(self, tag):
        self._quiet = False

    def handle_data(self, data):
        self.text += "" if self._quiet else data


def nbgrader(course: Course, *arguments: str) -> str:
    """Run a command of nbgrader's in the course, and give back its log."""
    command = [str(Path(sys.executable).with_name("nbgrader")), *arguments]
    done = subprocess.run(command, cwd=course.root, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stderr
    return done.stderr


@pytest.fixture(scope="module")
def written(tmp_path_factory, course_root) -> Course:
    """A course in which all pages are written. To be read, and not changed."""
    course = make(tmp_path_factory.mktemp("feedback") / "course", course_root, WORKS)
    assert set(dict(write_feedback(course, ASSIGNMENT, course.students(ASSIGNMENT))).values()) == {
        Page.WRITTEN
    }
    return course


@pytest.fixture
def own(written, tmp_path) -> Course:
    """The same course, to do with as a test likes."""
    shutil.copytree(written.root, tmp_path / "course")
    return Course.open(tmp_path / "course")


def page(course: Course, student: str) -> str:
    return course.feedback(ASSIGNMENT, student).read_text(encoding="utf-8")


def again(course: Course) -> dict[str, Page]:
    return dict(write_feedback(course, ASSIGNMENT, course.students(ASSIGNMENT)))


def configured(course: Course, line: str) -> Course:
    with (course.root / "nbgrader_config.py").open("a") as file:
        file.write(f"\n{line}\n")
    return Course.open(course.root)


def test_a_page_says_what_came_of_each_part_and_why(written):
    text = Markup(page(written, "ada")).text
    for words in (
        "The hidden state", "ada", "One part: rnn_step", "The bias b_h is missing.", "not yet", "0 / 3", "4 / 4",
        "Which letter of the equation does your code never read?", "Add + b_h inside the tanh.", "B=6, D=2, H=4",
        "np.tanh(x_t)", "graded by hand", "2 / 3", "Well begun.", "Late penalty", "−1.5", CONTAINED,
    ):  # fmt: skip
        assert words in text, words
    assert "4.5 / 10" in text, "2 + 4 - 1.5 points"


def test_points_that_are_partly_earned_are_shown_as_such(written):
    text = Markup(page(written, "wanjiru")).text
    assert "partly right" in text
    assert "1.5 / 3" in text
    assert "waits for a person" in text
    assert "? / 3" in text


@pytest.mark.parametrize("student", [work.student for work in WORKS])
def test_a_page_fetches_nothing_and_runs_nothing(written, student):
    html = page(written, student)
    found = Markup(html)
    assert "script" not in found.tags
    assert found.handlers == []
    assert all(address.startswith(SAFE_SOURCES) for address in found.fetched)
    assert "url(" not in html
    assert "@import" not in html
    assert all(re.match(r"#|https?://|mailto:|\.\./", link) for link in found.links)
    assert "default-src 'none'" in html


def test_hostile_words_are_shown_as_they_were_typed(written):
    found = Markup(page(written, "mallory"))
    assert found.text.count("<script>alert(1)</script>") >= 6
    assert "\x1b" not in found.text


def test_a_page_names_nobody_else_and_no_path_of_the_course(written):
    for work in WORKS:
        html = page(written, work.student)
        assert not [other.student for other in WORKS if other is not work and other.student in html]
        assert str(written.root) not in html
        assert str(Path.home()) not in html


def test_a_path_of_the_course_in_an_error_is_left_out(own):
    work = Work("ada", {"rnn_step": replace(mistaken(), headline=f"raised OSError: {own.root}/gradebook.db")})
    path = own.autograded(ASSIGNMENT, "ada")
    path.write_text(nbformat.writes(notebook_of(work)), encoding="utf-8")
    assert again(own)["ada"] is Page.WRITTEN
    assert str(own.root) not in page(own, "ada")
    assert "…/gradebook.db" in page(own, "ada")


def test_no_expected_value_is_on_a_page(written):
    """Of the instructor's side a page holds the verdict's sentences alone, never what the grader compared with."""
    hidden = {"signature", "earned", "fingerprint", "submitted"}
    for work in WORKS:
        assert not [word for word in hidden if f'"{word}"' in page(written, work.student)]


def test_what_has_not_changed_is_not_written_again(own):
    before = {s: os.stat(own.feedback(ASSIGNMENT, s)).st_mtime_ns for s in own.students(ASSIGNMENT)}
    assert set(again(own).values()) == {Page.UNCHANGED}
    (own.root / "gradebook.db").touch()
    assert set(again(own).values()) == {Page.UNCHANGED}
    assert {s: os.stat(own.feedback(ASSIGNMENT, s)).st_mtime_ns for s in before} == before


def test_a_mark_given_by_hand_renews_that_page_alone(own):
    with own.gradebook() as gradebook:
        grade = gradebook.find_grade("explain_hidden_state", ASSIGNMENT, ASSIGNMENT, "wanjiru")
        grade.manual_score, grade.needs_manual_grade = 3.0, False
        gradebook.db.commit()
    assert again(own) == {"ada": Page.UNCHANGED, "mallory": Page.UNCHANGED, "wanjiru": Page.WRITTEN}
    assert "3 / 3" in Markup(page(own, "wanjiru")).text


def test_the_course_decides_how_many_hints_are_told(own):
    one = configured(own, "c.FeedbackPage.hint_level = 1")
    assert again(one)["ada"] is Page.WRITTEN
    assert "never read?" in page(one, "ada")
    assert "Nearly the fix" not in page(one, "ada")
    none = configured(own, "c.FeedbackPage.hint_level = 0")
    again(none)
    assert "never read?" not in page(none, "ada")
    assert "is missing" in page(none, "ada")


def test_a_chapter_is_linked_where_the_book_is(own):
    chapter = own.root / "book" / "part-1" / "hidden-state.md"
    chapter.parent.mkdir(parents=True)
    chapter.write_text("---\nx: y\n---\n\n# The hidden state of things\n")
    again(own)
    assert "the chapter “The hidden state of things”" in page(own, "ada")
    built = own.root / "_build/html/book/part-1/hidden-state.html"
    built.parent.mkdir(parents=True)
    built.touch()
    again(own)
    (link,) = [link for link in Markup(page(own, "ada")).links if link.endswith(".html")]
    assert (own.feedback(ASSIGNMENT, "ada").parent / link).resolve() == built.resolve()
    there = configured(own, 'c.FeedbackPage.book_url = "https://rnn.example.org/"')
    again(there)
    assert "https://rnn.example.org/book/part-1/hidden-state.html" in Markup(page(there, "ada")).links


@pytest.mark.parametrize(
    ("line", "sentence"),
    [
        ("c.FeedbackPage.hint_level = 4", "hint_level must be 0, 1, 2 or 3, and it is 4"),
        ("c.FeedbackPage.hint_level = True", "hint_level must be 0, 1, 2 or 3, and it is True"),
        ('c.FeedbackPage.book_url = "javascript:alert(1)"', 'book_url must begin with "https://"'),
    ],
)
def test_a_setting_that_is_none_is_refused_in_one_sentence(own, line, sentence):
    with pytest.raises(CourseError, match=re.escape(sentence)):
        again(configured(own, line))


def test_a_student_who_is_not_graded_has_no_page_and_holds_nobody_up(own):
    own.autograded(ASSIGNMENT, "ada").unlink()
    own.feedback(ASSIGNMENT, "ada").unlink()
    own.feedback(ASSIGNMENT, "wanjiru").unlink()
    assert again(own) == {"mallory": Page.UNCHANGED, "wanjiru": Page.WRITTEN}
    assert not own.feedback(ASSIGNMENT, "ada").exists()


def test_a_page_that_cannot_be_written_is_named_and_the_others_are_written(own, monkeypatch):
    replaced = pages.replace

    def refuse(path, text):
        if "ada" in path.parts:
            raise OSError(28, "No space left on device")
        replaced(path, text)

    monkeypatch.setattr(pages, "replace", refuse)
    for student in own.students(ASSIGNMENT):
        own.feedback(ASSIGNMENT, student).unlink()
    assert again(own) == {"ada": Page.FAILED, "mallory": Page.WRITTEN, "wanjiru": Page.WRITTEN}


def test_nbgraders_release_feedback_takes_the_pages(own, tmp_path):
    secret = "0123456789abcdef" * 8
    handed_in = own.submitted(ASSIGNMENT, "ada").parent
    (handed_in / "submission_secret.txt").write_text(secret)
    (handed_in / "timestamp.txt").write_text("2026-11-20 10:00:00.000000 UTC")
    (tmp_path / "exchange").mkdir(mode=0o777)
    (tmp_path / "exchange").chmod(0o777)
    course = configured(own, f"c.Exchange.root = {str(tmp_path / 'exchange')!r}")
    again(course)
    nbgrader(course, "release_feedback", ASSIGNMENT)
    released = list((tmp_path / "exchange" / "rnn" / "feedback").glob("*.html"))
    assert len(released) == len(WORKS), "also of those who did not hand in through the exchange"
    assert page(course, "ada") in [path.read_text(encoding="utf-8") for path in released]
    found = course.feedback(ASSIGNMENT, "ada").with_name("submission_secret.txt")
    assert found.read_text() == secret


def test_nbgraders_own_pages_can_be_released_too(own):
    secret = "0123456789abcdef" * 8
    (own.submitted(ASSIGNMENT, "ada").parent / "submission_secret.txt").write_text(secret)
    log = nbgrader(own, "generate_feedback", ASSIGNMENT, "--student", "ada", "--force")
    assert "hook failed" not in log
    there = own.feedback(ASSIGNMENT, "ada").parent
    assert sorted(path.name for path in there.iterdir()) == [
        f"{ASSIGNMENT}.html", "submission_secret.txt", "timestamp.txt",
    ]  # fmt: skip
    assert (there / "submission_secret.txt").read_text() == secret


def test_a_linked_or_strange_secret_is_not_carried_into_the_feedback(own):
    for student, text in (("ada", "0" * 128), ("wanjiru", "../../etc/passwd")):
        (own.submitted(ASSIGNMENT, student).parent / "submission_secret.txt").write_text(text)
    link = own.submitted(ASSIGNMENT, "mallory").parent / "submission_secret.txt"
    link.symlink_to(own.submitted(ASSIGNMENT, "ada").parent / "submission_secret.txt")
    again(own)
    for student in ("wanjiru", "mallory"):
        there = own.feedback(ASSIGNMENT, student).with_name("submission_secret.txt").read_text()
        assert re.fullmatch(r"[0-9a-f]{128}", there)
        assert there != "0" * 128


def test_what_was_not_written_is_said_so_and_its_stub_is_no_error(own):
    stub = {"output_type": "error", "ename": "NotImplementedError", "evalue": "", "traceback": ["Traceback!"]}
    unread = Record(Status.PERSON, problems=("not a notebook",))
    for student, work in (
        ("ada", Work("ada", {"rnn_step": mistaken()}, outputs=(stub,), words="YOUR ANSWER HERE")),
        ("wanjiru", Work("wanjiru", record=unread)),
    ):
        own.autograded(ASSIGNMENT, student).write_text(nbformat.writes(notebook_of(work)), encoding="utf-8")
    with own.gradebook() as gradebook:
        grade = gradebook.find_grade("explain_hidden_state", ASSIGNMENT, ASSIGNMENT, "ada")
        grade.manual_score, grade.auto_score = None, 0.0
        gradebook.db.commit()
    again(own)
    ada, wanjiru = (Markup(page(own, student)).text for student in ("ada", "wanjiru"))
    assert "Your answer, not written yet" in ada
    assert "Traceback!" not in ada
    assert "There is no answer here yet." in ada
    assert "Your code ran in a process of its own." in ada
    assert "Your code has not been run." in wanjiru


def test_symbols_have_indices_and_names_of_the_code_have_none():
    symbols = prose("W_hh h_{t−1} and E_{ij}, but h_prev, d_h, rnn_step and `b_h` <b>")
    assert symbols == (
        "<i>W</i><sub>hh</sub> <i>h</i><sub>t−1</sub> and <i>E</i><sub>ij</sub>, but h_prev, d_h, rnn_step "
        "and <code>b_h</code> &lt;b&gt;"
    )
    raised = replace(mistaken(), stage="contract")
    assert said(raised, "raised NameError: x_t <i> `y`") == "raised NameError: x_t &lt;i&gt; <code>y</code>"


@pytest.mark.parametrize("piece", ["chapter a, “", "W_{", "`", "chapter a-"])
def test_a_headline_that_quotes_a_long_message_is_read_in_one_go(piece):
    assert len(prose(piece * 20_000)) >= len(piece)


def test_a_hint_links_the_chapter_that_it_names(own):
    chapter = own.root / "book" / "part-1" / "hidden-state.md"
    chapter.parent.mkdir(parents=True)
    chapter.write_text("# The hidden state\n")
    text = "See chapter hidden-state, “One step”, and any chapter that you like."
    assert prose(text, Chapters(own.root)) == (
        "See The hidden state, “One step”, and any chapter that you like."
    )
    linked = prose(text, Chapters(own.root, "https://example.org"))
    assert '<a href="https://example.org/book/part-1/hidden-state.html#one-step">' in linked


def test_a_group_of_instructors_can_all_write_the_pages(own):
    course = configured(own, "c.CourseDirectory.groupshared = True")
    course.feedback(ASSIGNMENT, "ada").unlink()
    again(course)
    assert course.feedback(ASSIGNMENT, "ada").stat().st_mode & 0o777 == 0o664


def test_a_passed_part_shows_no_hint(written):
    assert passed("rnn_forward").headline in Markup(page(written, "ada")).text
    assert "the_code_of_ada" in page(written, "ada")
