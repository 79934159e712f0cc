"""How many visitors, whose sessions, and which apps are suspected when a server dies."""

from __future__ import annotations

import pytest

from jupyter_reactive.errors import AppFull, AppHeldBack, ForeignPage
from jupyter_reactive.servers.app_sessions import AppSessions
from jupyter_reactive.servers.apps import AppServers
from jupyter_reactive.servers.manager import ServerManager


@pytest.fixture
def sessions() -> AppSessions:
    return AppSessions(ttl=100)


@pytest.fixture
def apps(tmp_path) -> AppServers:
    servers = ServerManager(folder=str(tmp_path), on_change=lambda _model: None)
    # Nothing is started, and nothing has to be ended.
    return AppServers(servers=servers, idle_timeout=0)


def test_a_session_counts_until_its_time_is_over(sessions: AppSessions):
    sessions.max_sessions = 1
    sessions.enter("a.py", "s_1", "ada", "run")
    sessions.admit("a.py", "s_1")
    with pytest.raises(AppFull):
        sessions.admit("b.py", "s_2")
    sessions.leave("a.py", "s_1")
    with pytest.raises(AppFull):
        sessions.admit("b.py")
    sessions.ttl = 0
    sessions.admit("b.py")


def test_each_app_has_a_limit_of_its_own(sessions: AppSessions):
    sessions.max_sessions_per_app = 1
    sessions.enter("a.py", "s_1", "ada", "run")
    sessions.admit("b.py")
    with pytest.raises(AppFull):
        sessions.admit("a.py")


def test_only_a_page_that_was_served_anew_wants_to_see_its_session(sessions: AppSessions):
    sessions.note_page("a.py", "ada")
    assert not sessions.enter("a.py", "s_1", "ada", "run")
    assert not sessions.enter("a.py", "s_1", "ada", "run")
    sessions.note_page("a.py", "ada")
    assert sessions.enter("a.py", "s_1", "ada", "run")
    sessions.note_page("a.py", "ada")
    assert not sessions.enter("a.py", "s_1", "ada", "run/a.py")


def test_a_session_is_its_users(sessions: AppSessions):
    sessions.enter("a.py", "s_1", "ada", "run")
    sessions.check("a.py", "s_1", "ada")
    sessions.check("b.py", "s_1", "eve")
    with pytest.raises(ForeignPage):
        sessions.check("a.py", "s_1", "eve")


def test_a_page_goes_on_with_the_session_that_it_had(sessions: AppSessions):
    sessions.enter("a.py", "s_1", "ada", "run")
    sessions.resume("a.py", "s_2", "s_1", "ada")
    sessions.resume("a.py", "s_3", "s_1", "eve")
    sessions.resume("a.py", "s_4", "s_0", "ada")
    assert [sessions.id_of("a.py", f"s_{n}") for n in range(1, 5)] == ["s_1", "s_1", "s_3", "s_4"]
    sessions.leave("a.py", "s_1")
    sessions.ttl = 0
    sessions.current()
    assert sessions.id_of("a.py", "s_2") == "s_2"


async def test_who_did_nothing_is_not_suspected(apps: AppServers):
    for path in ("idle.py", "busy.py"):
        apps.sessions.enter(path, "s_1", "ada", "run")
    (idle,) = [session for session in apps.sessions.current() if session.path == "idle.py"]
    idle.used -= 60
    apps.note_crash("run")
    assert apps.sessions.current() == []
    assert apps.server("idle.py").name == "run"
    assert apps.server("busy.py").name == "run/busy.py"


async def test_an_app_is_held_back_after_it_died_alone(apps: AppServers):
    apps.sessions.enter("a.py", "s_1", "ada", "run")
    apps.note_crash("run")
    apps.refuse_held("a.py")
    apps.note_crash("run/a.py")
    with pytest.raises(AppHeldBack, match="2 times"):
        apps.refuse_held("a.py")
    apps.release("a.py")
    apps.refuse_held("a.py")
    assert apps.server("a.py").name == "run/a.py"
    apps.note_crash("run/a.py")
    with pytest.raises(AppHeldBack):
        apps.refuse_held("a.py")


async def test_a_crash_is_forgotten_in_time(apps: AppServers, monkeypatch: pytest.MonkeyPatch):
    apps.sessions.enter("a.py", "s_1", "ada", "run")
    apps.note_crash("run")
    assert apps.server("a.py").name == "run/a.py"
    apps.healthy_after = 1
    apps._crashes["a.py"] = 1, apps._crashes["a.py"][1] - 2
    assert apps.server("a.py").name == "run"


async def test_each_app_may_have_its_own_process(apps: AppServers):
    apps.own_process = True
    assert apps.server("a.py").name == "run/a.py"
    assert apps.server("a.py") is apps.server("a.py")
