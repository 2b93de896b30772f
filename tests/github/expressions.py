"""The handful of GitHub's expressions that the workflows use, evaluated."""

import json
import re

_TOKEN = re.compile(
    r"\s*(?:(?P<text>'(?:[^']|'')*')|(?P<number>\d+)|(?P<name>[A-Za-z_][\w-]*)"
    r"|(?P<sign>==|!=|&&|\|\||[!().,\[\]]))"
)
STATUS = ("always", "success", "failure", "cancelled")


def text(template, context):
    """A value with its ``${{ }}`` filled in; a value that is one expression keeps its type."""
    if not isinstance(template, str):
        return template
    whole = re.fullmatch(r"\$\{\{(.*)\}\}", template, re.DOTALL)
    if whole and "${{" not in whole[1]:
        return value(whole[1], context)
    return re.sub(r"\$\{\{(.*?)\}\}", lambda found: shown(value(found[1], context)), template)


def shown(found):
    """A value as it stands in text."""
    if found is None:
        return ""
    if isinstance(found, bool):
        return "true" if found else "false"
    return str(found)


def holds(condition, context):
    """Whether a step or job runs; without a word on the status it needs success so far."""
    if condition is None:
        return context["success"]
    bare = str(condition).removeprefix("${{").removesuffix("}}")
    if not any(f"{name}(" in bare for name in STATUS) and not context["success"]:
        return False
    return bool(value(bare, context))


def value(expression, context):
    return _Reader(expression, context).whole()


class _Reader:
    def __init__(self, expression, context):
        self.context = context
        self.tokens = []
        place = 0
        expression = expression.strip()
        while place < len(expression):
            match = _TOKEN.match(expression, place)
            assert match, f"not understood: {expression[place:]}"
            self.tokens.append((match.lastgroup, match[match.lastgroup]))
            place = match.end()

    def whole(self):
        found = self._or()
        assert not self.tokens, f"left over: {self.tokens}"
        return found

    def _next(self, *signs):
        if self.tokens and self.tokens[0][1] in signs and self.tokens[0][0] == "sign":
            return self.tokens.pop(0)[1]
        return None

    def _or(self):
        found = self._and()
        while self._next("||"):
            other = self._and()
            found = found or other
        return found

    def _and(self):
        found = self._equal()
        while self._next("&&"):
            other = self._equal()
            found = found and other
        return found

    def _equal(self):
        found = self._not()
        while sign := self._next("==", "!="):
            same = _plain(found) == _plain(self._not())
            found = same if sign == "==" else not same
        return found

    def _not(self):
        return not self._not() if self._next("!") else self._part()

    def _part(self):
        if self._next("("):
            found = self._or()
            assert self._next(")")
            return found
        kind, word = self.tokens.pop(0)
        if kind == "text":
            return word[1:-1].replace("''", "'")
        if kind == "number":
            return int(word)
        if word in ("true", "false", "null"):
            return {"true": True, "false": False, "null": None}[word]
        if self._next("("):
            return self._call(word)
        found = self.context[word]
        while self._next("."):
            found = (found or {}).get(self.tokens.pop(0)[1])
        return found

    def _call(self, name):
        given = []
        while not self._next(")"):
            given.append(self._or())
            self._next(",")
        match name:
            case "fromJSON":
                return json.loads(given[0])
            case "format":
                return given[0].format(*map(shown, given[1:]))
            case "always":
                return True
            case "cancelled":
                return False
            case "success":
                return self.context["success"]
        raise AssertionError(f"{name}() is not known")


def _plain(found):
    """As it is compared: nothing and the empty text are equal."""
    return "" if found is None else found
