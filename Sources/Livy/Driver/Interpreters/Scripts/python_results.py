# SPDX-License-Identifier: Apache-2.0
"""Results in other forms than text: what magics show, and the richer forms that objects have."""
import base64
import datetime
import decimal
import io
import json
import sys

FORMS_MAX = 32  # of one value
FORM_BYTES_MAX = 8 << 20  # of one richer form; a magic may fill the statement's whole output
MIME_TYPE_CHARACTERS_MAX = 255
TABLE = "application/vnd.livy.table.v1+json"


class Shown:
    """The forms of a result: tuples of MIME type, `text` or `json`, content."""

    kind = SHOWN  # noqa: F821

    def __init__(self, *forms):
        self.forms = forms

    def pack(self):
        return b"".join(pack_text(text) for form in self.forms for text in form)  # noqa: F821


class UnknownMagic(Exception):
    pass


class Magics:
    """The lines that begin with %. `names` are the session's."""

    def __init__(self, names, bytes_max):
        self._names = names
        self._bytes_max = bytes_max
        self._known = {"json": self._json, "table": self._table, "matplot": self._plot}

    def run(self, line):
        """What the line shows. A name that nobody gave is told in a form of its own, as Livy tells
        it, and so are rows that do not fit together; everything else is raised."""
        magic, _, name = line[1:].partition(" ")
        name = name.strip()
        if not magic.strip():
            raise UnknownMagic("magic command not specified")
        if magic.strip() not in self._known:
            raise UnknownMagic("unknown magic command '%s'" % magic.strip())
        if name not in self._names:
            return told_as_result(KeyError(name))
        return self._known[magic.strip()](self._names[name])

    def _json(self, value):
        return self._shown("application/json", "json", json_text(value))

    def _table(self, value):
        try:
            table = table_of(value)
        except DifferentTypes:
            return told_as_result(Exception("table rows have different types"))
        return self._shown(TABLE, "json", json_text(table))

    def _plot(self, pyplot):
        image = io.BytesIO()
        pyplot.gcf().savefig(image, format="png")
        return self._shown("image/png", "text", base64_text(image.getvalue()))

    def _shown(self, mime_type, form, content):
        if len(content) > self._bytes_max:
            raise ValueError("the result has %d bytes, of %d at most (livy.rsc.output.max-bytes)"
                             % (len(content), self._bytes_max))
        return Shown((mime_type, form, content))


def split_at_magics(code):
    """Lines that begin with % stand alone, what is between them stays together."""
    chunks = []
    for line in code.rstrip().split("\n"):
        if line.startswith("%") or not chunks or chunks[-1].startswith("%"):
            chunks.append(line)
        else:
            chunks[-1] += "\n" + line
    return chunks


def told_as_result(error):
    content = {"status": "error", "ename": type(error).__name__, "evalue": str(error),
               "traceback": exception_lines(error)}  # noqa: F821
    return Shown(("msg_type", "text", "execute_reply"), ("content", "json", json_text(content)))


def json_text(value):
    """ASCII. Raises what `json` raises for what it cannot write, NaN and infinity too."""
    return json.dumps(value, allow_nan=False)


def base64_text(data):
    return base64.b64encode(data).decode("ascii")


class DifferentTypes(Exception):
    pass


def table_of(value):
    """Rows of lists, dicts, Spark's rows or single cells, as headers and data."""
    headers, data = {}, []
    for row in value if isinstance(value, (list, tuple)) else [value]:
        cells = []
        for name, cell in named_cells(row):
            type_name, cell = typed(cell)
            header = headers.setdefault(name, {"name": str(name), "type": type_name})
            if header["type"] == "NULL_TYPE":
                header["type"] = type_name
            elif type_name not in ("NULL_TYPE", header["type"]):
                raise DifferentTypes
            cells.append(cell)
        data.append(cells)
    return {"headers": [headers[name] for name in sorted(headers)], "data": data}


def named_cells(row):
    if type(row).__name__ == "Row":
        row = row.asDict()
    if isinstance(row, dict):
        return sorted(row.items(), key=lambda item: item[0])
    return enumerate(row if isinstance(row, (list, tuple)) else [row])


def typed(value):
    """The type's name in tables, and the value as JSON has it. Classes that are derived from these
    are texts."""
    convert = CONVERSIONS.get(type(value))
    return convert(value) if convert else ("STRING_TYPE", str(value))


def typed_sequence(values):
    return "ARRAY_TYPE", same_typed(values)


def typed_map(values):
    return "MAP_TYPE", dict(zip(same_typed(values.keys()), same_typed(values.values())))


def same_typed(values):
    pairs = [typed(value) for value in values]
    if len({type_name for type_name, _ in pairs}) > 1:
        raise ValueError("value has inconsistent types")
    return [value for _, value in pairs]


CONVERSIONS = {
    type(None): lambda value: ("NULL_TYPE", value),
    bool: lambda value: ("BOOLEAN_TYPE", value),
    int: lambda value: ("INT_TYPE", value),
    float: lambda value: ("DOUBLE_TYPE", value),
    str: lambda value: ("STRING_TYPE", value),
    datetime.date: lambda value: ("DATE_TYPE", str(value)),
    datetime.datetime: lambda value: ("TIMESTAMP_TYPE", str(value)),
    decimal.Decimal: lambda value: ("DECIMAL_TYPE", str(value)),
    list: typed_sequence,
    tuple: typed_sequence,
    dict: typed_map,
}

# MIME types and the methods by which notebooks ask objects for them.
METHODS = (
    ("text/html", "_repr_html_"),
    ("image/svg+xml", "_repr_svg_"),
    ("image/png", "_repr_png_"),
    ("image/jpeg", "_repr_jpeg_"),
    ("text/markdown", "_repr_markdown_"),
    ("text/latex", "_repr_latex_"),
    ("application/json", "_repr_json_"),
)


def richer_forms(value, bytes_max):
    """Shown, or None when the value has no other form than text. A form that cannot be had is left
    out, and a line of the statement's output says why."""
    if isinstance(value, type) or answers_everything(value):
        return None
    found = {}
    bundle = ask(value, "_repr_mimebundle_", include=None, exclude=None)
    if isinstance(bundle, dict):
        found.update((name, bundle[name]) for name in bundle if name != "text/plain")
    for mime_type, method in METHODS:
        if mime_type not in found:
            found[mime_type] = ask(value, method)
    forms, room = [], bytes_max
    for mime_type, data in found.items():
        if data is None or len(forms) == FORMS_MAX:
            continue
        try:
            form = form_of(mime_type, data, min(room, FORM_BYTES_MAX))
        except Exception as error:
            leave_out(mime_type, error)
            continue
        room -= len(form[2])
        forms.append(form)
    return Shown(*forms) if forms else None


def answers_everything(value):
    """Objects whose `__getattr__` makes up whatever is asked for, as mocks do."""
    try:
        return callable(getattr(value, "_livy_no_such_method_", None))
    except Exception:
        return True


def ask(value, name, **arguments):
    """What the method gives, without the metadata that may come with it."""
    try:
        method = getattr(value, name, None)
        answer = method(**arguments) if callable(method) else None
    except NotImplementedError:
        return None
    except Exception as error:
        return leave_out(name, error)
    return answer[0] if isinstance(answer, tuple) and len(answer) == 2 else answer


def form_of(mime_type, data, bytes_max):
    if not isinstance(mime_type, str) or not 0 < len(mime_type) <= MIME_TYPE_CHARACTERS_MAX:
        raise TypeError("a MIME type is a short text")
    if isinstance(data, bytes):
        form, content = "text", base64_text(data)
    elif isinstance(data, str):
        form, content = "text", data
    elif mime_type == "application/json" or mime_type.endswith("+json"):
        form, content = "json", json_text(data)
    else:
        raise TypeError("it is neither text nor bytes")
    size = len(content.encode("utf-8", "backslashreplace"))
    if size > bytes_max:
        raise ValueError("it has %d bytes, of %d at most" % (size, bytes_max))
    return mime_type, form, content


def leave_out(what, error):
    name, value = type(error).__name__, cut(value_of(error))  # noqa: F821
    print("... [%s left out by Livy: %s: %s]" % (what, name, value), file=sys.stderr)
