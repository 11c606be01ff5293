"""The rules of tools/tidy as tables."""
import re
from dataclasses import dataclass

MAX_SOURCE = 400
MAX_TEST = 600
MAX_FUNCTION = 70
MAX_README = 40

# Lowest first: a layer includes itself and those before it.
LAYERS = ["base", "net", "event", "store", "bus", "security", "flow", "http", "audit", "host", "testing"]

# The values that the contracts of several services are made of.
SHARED_VALUES = "values"

# First parts of a quoted include: folders of src/ and tests/. Only tests include the latter.
TEST_FOLDERS = {"contract", "integration", "verify", "simulation", "end_to_end", "support"}
INCLUDE_FOLDERS = {"tally", "services", "tallystick"} | TEST_FOLDERS

TEST_ONLY = ["*_test.cpp", "*_test.hpp", "*_test_kit.hpp", "tests/*", "src/tally/testing/*_contract*", "bench/*"]

# Drive real processes on real time.
REAL_TIME = ["tests/end_to_end/*", "tests/support/*", "bench/*"]

# Need real threads; carry the label `threads`, so that the thread sanitizer runs them.
REAL_THREADS = ["*_threads_test.cpp", *REAL_TIME]


@dataclass(frozen=True)
class Ban:
    """A pattern, outside `allowed` and (where given) inside `where`; `unless` stands on the same line."""
    rule: str
    pattern: re.Pattern
    instead: str
    allowed: tuple = ()
    where: tuple = ()
    unless: str = ""


@dataclass(frozen=True)
class Place:
    """A third-party header and the only files that may include it."""
    pattern: re.Pattern
    owner: str
    allowed: tuple


def ban(rule, pattern, instead, allowed=(), where=(), unless=""):
    return Ban(rule, re.compile(pattern), instead, tuple(allowed), tuple(where), unless)


def place(pattern, owner, *allowed):
    return Place(re.compile(pattern), owner, allowed)


# In code: comments and string literals are not read.
BANNED = [
    ban("detached", r"\basio::detached\b", "TaskGroup::spawn(name, task)"),
    ban("catch-all", r"\bcatch\s*\(\s*\.\.\.\s*\)",
        "a Result; at the end of a spawned task and at the two boundaries mark the line with // boundary",
        unless="// boundary"),
    ban("clock", r"\b\w+_clock::now\b", "Clock (tally/base/clock.hpp)", ["src/tally/base/clock.cpp", *REAL_TIME]),
    ban("random", r"\brandom_device\b", "Random (tally/base/random.hpp)", ["src/tally/base/random.cpp"]),
    ban("random", r"\bRAND_(priv_)?bytes\b", "Random (tally/base/random.hpp)", ["src/tally/base/random.cpp"]),
    ban("random", r"\b(std::)?s?rand\s*\(", "Random (tally/base/random.hpp)"),
    ban("environment", r"\b(secure_)?getenv\b", "Config (tally/base/config.hpp)", ["src/tally/base/config.cpp"]),
    ban("thread", r"\bstd::(this_thread|jthread|thread|async|\w*mutex|condition_variable\w*|lock_guard|unique_lock"
        r"|shared_lock|scoped_lock)\b", "one loop; a blocking call goes through tally/base/blocking.hpp",
        ["src/tally/base/*", *REAL_THREADS]),
    ban("executor", r"\b(steady_timer|system_timer|high_resolution_timer|asio::thread_pool|ip::tcp)\b",
        "Clock for time and Signal for waiting: this code runs in the simulation too",
        ["src/tally/base/*", "src/tally/net/*", "src/tally/http/*", "src/tallystick/*", *REAL_THREADS]),
]

# In any text file. The first word of each pair is split so that this file does not find itself.
TEXT_BANNED = [
    ban("unfinished", r"\b(TO" r"DO|FIX" r"ME|(?<![\"'])X" r"XX(?![\"'\\])|HA" r"CK)\b", "finish it or open an issue",
        ["src/tally/base/money*"]),  # The ISO code of no currency
    ban("machine-path", r"(?<![\w.$}])/(wo" r"rk|ro" r"ot|ho" r"me)/", "a path relative to the repository or a setting",
        ["LICENSE"]),
]

BEAST = re.compile(r"boost/beast")
BEAST_FILES = 3

PLACES = [
    place(r"boost/asio\.hpp$", "nobody (include the narrow <boost/asio/...> header)"),
    place(r"boost/beast", "at most three .cpp of http/ and net/", "src/tally/http/*.cpp", "src/tally/net/*.cpp"),
    place(r"sqlite3\.h$", "store/sqlite", "src/tally/store/sqlite/*", "tests/*", "bench/store_append.cpp"),
    place(r"(libpq-fe\.h|postgresql/)", "store/postgres", "src/tally/store/postgres/*", "tests/*"),
    place(r"librdkafka/", "bus/kafka", "src/tally/bus/kafka/*", "tests/*"),
    place(r"(rabbitmq-c/|amqp)", "bus/rabbitmq", "src/tally/bus/rabbitmq/*", "tests/*"),
    place(r"prometheus/", "base/metrics.cpp", "src/tally/base/metrics.cpp"),
    place(r"spdlog/", "base/log.cpp", "src/tally/base/log.cpp"),
    place(r"toml\+\+/", "base/config*.cpp", "src/tally/base/config*.cpp"),
    place(r"openssl/", "base/*.cpp", "src/tally/base/*.cpp"),
    place(r"CLI/", "src/tallystick", "src/tallystick/*"),
    place(r"lzma\.h$", "src/tallystick", "src/tallystick/*"),
    place(r"valijson/", "tests", "*_test.cpp", "tests/*"),
    place(r"(gtest|gmock)/", "tests and src/tally/testing", "*_test.cpp", "tests/*", "src/tally/testing/*"),
    place(r"benchmark/", "bench", "bench/*"),
]
