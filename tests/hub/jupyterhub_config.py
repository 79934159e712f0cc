"""A JupyterHub for the tests: anybody may log in, every user has a home of their own."""

import os
import sys
from pathlib import Path

c = get_config()  # noqa: F821  # JupyterHub's loader provides it

home = Path(os.environ["HUB_TEST_HOME"])

c.JupyterHub.authenticator_class = "dummy"
c.Authenticator.allow_all = True
c.JupyterHub.allow_named_servers = True
c.JupyterHub.services = [{"name": "tests", "api_token": os.environ["HUB_TEST_TOKEN"]}]
c.JupyterHub.load_roles = [
    {
        "name": "tests",
        "services": ["tests"],
        "scopes": ["admin:users", "admin:servers", "admin:server_state", "tokens", "proxy"],
    },
    # https://jupyterhub.readthedocs.io/en/stable/rbac/roles.html
    {"name": "guests", "groups": ["physics"], "scopes": ["access:servers!server=hanna/shown"]},
]
c.JupyterHub.load_groups = {"physics": {"users": ["greta"]}, "teachers": {"users": ["hanna"]}}

# Everything that Lab, marimo and Jupyter keep for a user is below $HOME: the spawner passes no
# XDG_* or JUPYTER_* variable of ours on.
c.JupyterHub.spawner_class = "simple"
c.SimpleLocalProcessSpawner.home_dir_template = f"{home}/users/{{username}}"
c.Spawner.cmd = [sys.executable, "-m", "jupyterhub.singleuser"]
c.Spawner.args = [
    "--ServerApp.allow_unauthenticated_access=False",
    # Half a minute of a processor for each user's home.
    "--AssetStore.precompress=False",
    # Nor do they look for language servers.
    "--LanguageServerManager.autodetect=False",
    # What one has compressed the next one need not.
    f"--AssetStore.cache_dir={home}/assets",
    *(["--allow-root"] if os.getuid() == 0 else []),
]
c.Spawner.environment = {
    "JUPYTER_CONFIG_PATH": str(home / "config"),
    "PATH": os.environ["HUB_TEST_PATH"],
}
c.Spawner.start_timeout = c.Spawner.http_timeout = 60

if limit := int(os.environ["HUB_TEST_IDLE_LIMIT"]):
    # https://github.com/jupyterhub/jupyterhub-idle-culler
    arguments = [f"--timeout={limit}", "--cull-every=5"]
    c.JupyterHub.services.append(
        {"name": "culler", "command": [sys.executable, "-m", "jupyterhub_idle_culler", *arguments]}
    )
    scopes = ["list:users", "read:users:activity", "read:servers", "delete:servers"]
    c.JupyterHub.load_roles.append({"name": "culler", "services": ["culler"], "scopes": scopes})
    # How often the Hub hears of activity, from its proxy and from the servers: by default every
    # five minutes.
    c.JupyterHub.last_activity_interval = 5
    c.Spawner.environment["JUPYTERHUB_ACTIVITY_INTERVAL"] = "5"
