"""No secret stands in a log, in whatever shape it is printed; and what is no secret stays."""

from __future__ import annotations

import base64
import json
import random
import string

import pytest

from jupyter_reactive.servers.masking import Mask

LENGTH = 64 * 1024
OURS = "0urOwnSecret-aGVsbG8gd29ybGQ_x"
HUB = "hub5ecret0f7his5erver"

# How tokens get printed by marimo, uvicorn, tornado, aiohttp, requests and people.
SHAPES = (
    "URL: http://localhost:2718?access_token={}",
    "http://h:1/reactive/edit/?file=a.py&access_token={}&theme=dark",
    "GET /user/x/lab?token={} HTTP/1.1",
    "http://127.0.0.1:8888/?token={}#top",
    "Authorization: Bearer {}",
    "authorization: token {}",
    "Proxy-Authorization: Basic {}",
    "{{'Authorization': 'Bearer {}', 'Accept': '*/*'}}",
    '{{"authorization": "{}"}}',
    "headers=[(b'host', b'h'), (b'authorization', b'Bearer {}')]",
    "HTTPHeaderDict({{'Authorization': 'token {}'}})",
    "curl -H 'Authorization: token {}' https://h/api",
    "Cookie: session={}; _xsrf={}",
    "set-cookie: username-h={}; Path=/; HttpOnly",
    "{{'Cookie': 'a={}'}}",
    "Marimo-Server-Token: {}",
    "➜  Add header: Marimo-Server-Token: {}",
    '<marimo-server-token data-token="{}" hidden>',
    "Received invalid server token. Expected: {}, got: {}",
    "JUPYTERHUB_API_TOKEN={}",
    "os.environ['API_KEY'] = 'x' AWS_SECRET_ACCESS_KEY={}",
    'password = "{}"',
    '{{"api_key": "{}"}}',
    "--token-password={}",
    "git clone https://user:{}@example.org/repo.git",
    "X-XSRFToken: {}",
    "websocket /ws?session_id=s_1&_xsrf={} [accepted]",
    "KeyError: 'token={}'",
)
CONTEXTS = (
    "{}",
    "[I 10:00:00] {}",
    "\x1b[32m{}\x1b[0m",
    '  File "n.py", line 3: {}',
    "x" * 999 + " {}",
)


def secrets(number: int) -> list[str]:
    """Secrets as Jupyter, the Hub, marimo and others make them; the same in each run."""
    chance = random.Random(7)
    url_safe = string.ascii_letters + string.digits + "-_"
    made = []
    for _ in range(number):
        made += [
            "".join(chance.choices(string.hexdigits[:16], k=48)),
            "".join(chance.choices(url_safe, k=43)),
            base64.b64encode(chance.randbytes(24)).decode(),
            "Q".join("".join(chance.choices(url_safe, k=30)) for _ in range(3)).replace("Q", "."),
        ]
    return made


@pytest.fixture
def mask() -> Mask:
    environment = {"JUPYTERHUB_API_TOKEN": HUB, "TOKEN_COUNT": "12", "HOME": "/home/nobody"}
    return Mask(OURS, environment)


@pytest.mark.parametrize("shape", SHAPES)
def test_unknown_secrets_go_by_shape(mask: Mask, shape: str):
    for secret in secrets(10):
        for context in CONTEXTS:
            line = context.format(shape.format(*[secret] * shape.count("{}")))
            masked = mask.line(line)
            assert secret not in masked
            assert secret[:8] not in masked, "not even a part of it"
            assert secret[-8:] not in masked
            assert "***" in masked
            assert mask.line(masked) == masked


@pytest.mark.parametrize("secret", [OURS, HUB])
@pytest.mark.parametrize(
    "shape", ["{}", "a{}b", "read {} from stdin", "['{}']", "/{}/", "{}{}", "é{}\t{}"]
)
def test_known_secrets_go_everywhere(mask: Mask, secret: str, shape: str):
    masked = mask.line(shape.format(secret, secret))
    assert secret not in masked
    assert masked == shape.format("***", "***")


@pytest.mark.parametrize(
    "line",
    [
        "Create or edit notebooks in your browser",
        "MemoryError",
        "ModuleNotFoundError: No module named 'tokenizers'",
        "[Errno 98] error while attempting to bind on address ('127.0.0.1', 1): already in use",
        "Error: No such option '--token-password-file'.",
        "SyntaxError: unexpected token at line 3",
        "TypeError: got an unexpected keyword argument 'max_tokens'",
        "see https://docs.marimo.io/guides?x=1#tokens for basic authentication",
        "12 tokens, /home/nobody",
        json.dumps({"status": "healthy", "count": 3}),
    ],
)
def test_what_is_no_secret_stays(mask: Mask, line: str):
    assert mask.line(line) == line


@pytest.mark.parametrize("piece", ["a", " ", "'", "token ", "token=", "://", "-", "cookie'", "\\"])
def test_long_lines_are_no_burden(mask: Mask, piece: str):
    line = piece * (LENGTH // len(piece))
    assert mask.line(line)
