# SPDX-License-Identifier: Apache-2.0
"""Completion from the live names of the session, without running anything of the user's: neither
properties nor `__getattr__` nor `__dir__`. It is answered beside a statement that runs, which must
not notice. Where a value is not at hand, annotations tell its class: `spark.read.` and `df.filter(x).`
have candidates, though neither is evaluated."""
import builtins
import functools
import inspect
import keyword
import re
import types

CANDIDATES_MAX = 1000
STEPS_MAX = 64  # of one chain of names

SCANNER = re.compile(
    r'''(?P<blank>[ \t\f\r]+|\\\n)|(?P<comment>\#[^\n]*)'''
    r'''|(?P<text>[rbuf]{0,2}(?:"""(?:\\.|[^\\])*?"""|\'\'\'(?:\\.|[^\\])*?\'\'\''''
    r'''|"(?!"")(?:\\.|[^"\\\n])*"|'(?!'')(?:\\.|[^'\\\n])*'))'''
    r'''|(?P<unended>[rbuf]{0,2}["'])|(?P<number>\d[\w.]*)|(?P<name>\w+)|(?P<mark>.)''',
    re.DOTALL | re.IGNORECASE)

OPENERS = {")": "(", "]": "["}


class Unknown(Exception):
    """Nothing is known of a value without running code."""


class Instance:
    """A value that is not at hand, of which the class is known."""

    def __init__(self, of):
        self.of = of


def completions(code, names):
    """The candidates at the end of `code`."""
    tokens = tokens_of(code)
    if not tokens or tokens[-1][0] in ("unended", "comment", "number", "text"):
        return []
    word = tokens.pop()[1] if tokens[-1][0] == "name" else ""
    while tokens and tokens[-1][0] == "blank":
        tokens.pop()
    try:
        if tokens and tokens[-1][1] == ".":
            known = attributes(value_at_end(tokens[:-1], names))
        else:
            known = set(names) | set(vars(builtins)) | set(keyword.kwlist)
    except Unknown:
        return []
    found = (name for name in known if type(name) is str and name.startswith(word))
    return sorted(name for name in found if word or not name.startswith("_"))[:CANDIDATES_MAX]


def tokens_of(code):
    """Pairs of kind and text: up to a text that has no end, without blanks and comments but at the
    end of the code, and without the end of a line where the next one goes on with a dot."""
    tokens = [("blank", "")]
    for match in SCANNER.finditer(code):
        token = match.lastgroup, match.group()
        if tokens[-1][0] in ("blank", "comment"):
            tokens.pop()
        while token[1] == "." and tokens and tokens[-1][1] == "\n":
            tokens.pop()
        tokens.append(token)
        if token[0] == "unended":
            break
    return tokens


def value_at_end(tokens, names):
    """The value of the chain of names, calls and subscripts that `tokens` end with."""
    tokens, steps = list(tokens), []
    while len(steps) < STEPS_MAX:
        kind, text = tokens.pop() if tokens else ("mark", "")
        if text in OPENERS:
            skip_brackets(tokens, text)
            if not tokens or tokens[-1][0] != "name" and tokens[-1][1] not in OPENERS:
                raise Unknown
            steps.append(result_of if text == ")" else element_of)
        elif kind == "name" and tokens and tokens[-1][1] == ".":
            tokens.pop()
            steps.append(functools.partial(attribute, name=text))
        elif kind == "name" or kind == "text":
            value = named(text, names) if kind == "name" else Instance(str)
            for step in reversed(steps):
                value = step(value)
            return value
        else:
            break
    raise Unknown


def skip_brackets(tokens, closer):
    closers = [closer]
    while closers:
        if not tokens:
            raise Unknown
        _, text = tokens.pop()
        if text in OPENERS:
            closers.append(text)
        elif text == OPENERS[closers[-1]]:
            closers.pop()


def named(name, names):
    for scope in (names, vars(builtins)):
        if name in scope:
            return scope[name]
    raise Unknown


def attributes(value):
    """The names of a value's attributes, as far as they stand in dictionaries."""
    if isinstance(value, Instance):
        return names_of_class(value.of)
    if isinstance(value, type):
        return names_of_class(value)
    if isinstance(value, Method):
        value = value.function
    try:
        return names_of_class(type(value)) | set(attribute(value, "__dict__"))
    except Unknown:
        return names_of_class(type(value))


def names_of_class(of):
    known = set()
    for base in type.__dict__["__mro__"].__get__(of):
        known.update(type.__dict__["__dict__"].__get__(base))
    return known


def attribute(value, name):
    """What `value.name` is, if that can be told."""
    owner = value.of if isinstance(value, Instance) else value
    try:
        found = inspect.getattr_static(owner, name)
    except AttributeError:
        raise Unknown from None
    if isinstance(found, property):
        return annotated(found.fget, owner)
    if isinstance(found, functools.cached_property):
        return annotated(found.func, owner)
    if isinstance(found, (staticmethod, classmethod)):
        return Method(found.__func__, owner)
    if isinstance(found, types.FunctionType):
        return Method(found, owner)
    if isinstance(found, (types.MemberDescriptorType, types.GetSetDescriptorType)):
        if isinstance(value, Instance) or isinstance(value, type):
            raise Unknown
        return found.__get__(value)
    return found


class Method:
    """A function, and the value or class that it was taken from."""

    def __init__(self, function, owner):
        self.function = function
        self.owner = owner


def result_of(value):
    """What a call gives."""
    if isinstance(value, type):
        return Instance(value)
    if isinstance(value, Method):
        return annotated(value.function, value.owner)
    if isinstance(value, types.FunctionType):
        return annotated(value, None)
    if isinstance(value, types.MethodType):
        return annotated(value.__func__, value.__self__)
    raise Unknown


def element_of(value):
    return result_of(attribute(value, "__getitem__"))


def annotated(function, owner):
    """An instance of the class that the function says to return."""
    function = unwrapped(function)
    try:
        said = function.__annotations__["return"]
        if getattr(said, "__name__", said) == "Self":
            said = owner if isinstance(owner, type) else type(owner)
        elif isinstance(said, str):
            said = class_named(said, function.__globals__)
    except Exception:
        raise Unknown from None
    said = said if isinstance(said, type) else getattr(said, "__origin__", None)
    if not isinstance(said, type):
        raise Unknown
    return Instance(said)


def unwrapped(function):
    """What decorators with `functools.wraps` stand around: names in its annotations are its own module's."""
    for _ in range(STEPS_MAX):
        inner = vars(function).get("__wrapped__") if isinstance(function, types.FunctionType) else None
        if not isinstance(inner, types.FunctionType):
            break
        function = inner
    return function


def class_named(text, scope):
    """The class of an annotation that is a text: `DataFrame`, `Optional[Row]`, `sql.DataFrame`."""
    text = re.sub(r"""^(?:typing\.)?(?:Optional|Union)\[([^,\[\]]+).*$""", r"\1", text).strip("\"' ")
    first, *rest = text.partition("[")[0].split(".")
    found = scope[first] if first in scope else vars(builtins)[first]
    for name in rest:
        found = inspect.getattr_static(found, name)
    return found
