"""Every kind of fault and warning, by a code that stays the same whatever its words become.

::

    E1xx  files and YAML         W101–W119  the shape of numbers, numbering plans
    E2xx  keys and types         W120–W139  targets together
    E3xx  numbers and ranges     W2xx       one number in two writings
    E4xx  values of fields       W3xx       routing
    E5xx  blocks together        W4xx       anything else
    E6xx  target.yaml
    E7xx  targets together

A code is never given to another kind. docs/faults.md has a section for each, and a test holds that
its example is found. A warning can be ignored for a target, an error cannot.
"""

from enum import Enum

from reconciler.errors import Severity


class Code(Enum):
    """A kind of fault: its number and its title."""

    number: str
    title: str

    def __init__(self, number: str, title: str) -> None:
        self.number = number
        self.title = title

    @property
    def severity(self) -> Severity:
        """Warnings begin with W and stop nothing."""
        return Severity.WARNING if self.number.startswith("W") else Severity.ERROR

    NOT_READ = "E101", "A file or folder that is not read"
    UNREADABLE_FILE = "E102", "A file cannot be read"
    TARGET_NAME = "E103", "An invalid name of a target"
    ENCODING = "E104", "A file that is not UTF-8 text"
    EMPTY_FILE = "E105", "An empty file"
    SYNTAX = "E106", "Invalid YAML"
    MERGE_CONFLICT = "E107", "A merge conflict"
    INVISIBLE = "E108", "An invisible or confusable character"
    TAG = "E109", "A YAML tag"
    TOO_LARGE = "E110", "More than is read"
    SECOND_DOCUMENT = "E111", "A second document in a file"
    ALIAS = "E112", "An alias that cannot be used"
    DUPLICATE_KEY = "E113", "A key given twice"
    KEY_TYPE = "E114", "A key that is not a plain text"
    SEVERAL_LINES = "E115", "A value that runs over several lines"

    MISSING_KEY = "E201", "A missing key"
    UNKNOWN_KEY = "E202", "An unknown key"
    MISPLACED_KEY = "E203", "A key in the wrong place"
    WRONG_TYPE = "E204", "A value of the wrong type"
    NO_VALUE = "E205", "A key or item without a value"
    CHOICE = "E206", "A value that is not one of the choices"
    OUT_OF_BOUNDS = "E207", "A number that is too small or too large"
    NOT_SETTABLE = "E208", "A column that the API cannot set"

    NUMBER = "E301", "An invalid number"
    RANGE = "E302", "An invalid range"
    SEVERAL = "E303", "Several numbers in one item"
    SCIENTIFIC = "E304", "A number in scientific notation"
    THOUSANDS = "E305", "A number that YAML splits at its commas"

    FIELD_VALUE = "E401", "A value that the server would not store as written"
    BLOCK_NAME = "E402", "An invalid name of a block"
    REMOVAL_ROUTING = "E403", "Routing that does not fit the removal action"

    LISTED_TWICE = "E501", "A number listed twice in a block"
    OVERRIDDEN_TWICE = "E502", "A number overridden twice"
    SYSTEM_NUMBER = "E503", "A number that is part of VICIdial"
    NOT_IN_BLOCK = "E504", "An excluded or overridden number that the block does not list"
    OVERRIDDEN_AND_EXCLUDED = "E505", "A number both overridden and excluded"
    ALL_EXCLUDED = "E506", "A block without a number"
    BLOCK_NAME_TWICE = "E507", "Two blocks of one name"
    TWO_BLOCKS = "E508", "A number in two blocks"
    NO_SOURCE = "E509", "A block without a source"
    OWN_SOURCE = "E510", "A block that contains its own source"
    SOURCE_CYCLE = "E511", "Blocks that are each other's source"
    SOURCE_REMOVED = "E512", "A source that would be removed"

    ENDPOINT = "E601", "An invalid endpoint"
    STATE = "E602", "An invalid state"
    MIRROR = "E603", "An invalid mirror"
    LINT = "E604", "A warning that cannot be ignored"
    COUNTRY = "E605", "An unknown country"
    LIVE = "E606", "A reader without its file, or with one that it does not use"

    SHARED_STATE = "E701", "Two targets with one state"
    SHARED_NUMBER = "E702", "A number in two targets of one server"

    LENGTH = "W101", "A length unlike the rest of the block"
    SHORT_RANGE = "W102", "A range of short numbers among long ones"
    SHAPE = "W103", "Neither digits nor a name"
    DISPLAY_FORM = "W104", "A number as it is written for people"
    WILDCARD = "W105", "A wildcard"
    LETTERS = "W106", "Letters among digits"
    URI = "W107", "A URI instead of a number"
    DECIMAL = "W108", "A number as a decimal"
    GLUED = "W109", "Possibly several numbers in one"
    FORM = "W111", "A number in another form than the target's"
    NOT_POSSIBLE = "W112", "A length that no number of the country has"
    NOT_ASSIGNED = "W113", "A number outside the country's numbering plan"
    SAME_SERVER = "W120", "Two targets of one server"

    OTHER_WRITING = "W201", "One number in two writings"

    NO_DESTINATION = "W301", "A route without its destination"
    INACTIVE = "W302", "An inactive number"
