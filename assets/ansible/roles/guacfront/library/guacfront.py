#!/usr/bin/python
"""Runs guacfront, and tells Ansible what it says in JSON."""

from __future__ import annotations

DOCUMENTATION = r"""
module: guacfront
short_description: Puts Apache Guacamole behind nginx or Apache httpd, and takes it back
description:
  - Runs the program guacfront on the managed machine. It edits the files of the frontend and of Tomcat in place, tests
    them with the servers' own commands, and takes everything back where a test fails.
  - Neither reloads nor restarts anything. RV(commands) holds what a handler is to run.
version_added: "0.1.0"
author: The guacfront contributors
options:
  program:
    description: The program, by its name on the PATH or by its path.
    type: str
    default: guacfront
  root:
    description: Work on the tree below this folder; empty is the machine itself.
    type: str
    default: ""
  state:
    description:
      - V(present) carries the answers out.
      - V(absent) takes back everything that guacfront has done and not taken back, newest first.
    type: str
    choices: [present, absent]
    default: present
  frontend:
    description: The table C(frontend) of the answers file. One of C(server) and C(site) may be needed.
    type: dict
    default: {}
  new_site:
    description: The table C(new_site) of the answers file; empty, no site is made.
    type: dict
    default: {}
  backend:
    description: The table C(backend) of the answers file.
    type: dict
    default: {}
  trust:
    description: The table C(trust) of the answers file.
    type: dict
    default: {}
attributes:
  check_mode:
    support: full
    description: Runs C(guacfront plan), or C(guacfront undo --dry-run).
  diff_mode:
    support: full
    description: Shows guacfront's own unified diff. With V(absent) in check mode, that of the newest receipt.
"""

EXAMPLES = r"""
- name: Put Guacamole behind nginx
  guacfront:
    frontend:
      server: nginx
      site:
        file: /etc/nginx/sites-available/default
    trust:
      proxies: ["127.0.0.1", "::1"]
  notify: Reload the frontend
"""

RETURN = r"""
receipts:
  description: The receipts that this run has left; guacfront undo takes each back.
  returned: success
  type: list
  elements: str
commands:
  description: What the servers need to read their files anew, each with C(purpose), C(argv) and C(words).
  returned: success
  type: list
  elements: dict
addresses:
  description: Where the public finds Guacamole.
  returned: O(state=present)
  type: list
  elements: str
notes:
  description: What the person should know, each with C(warning), C(text) and C(rule).
  returned: O(state=present)
  type: list
  elements: dict
"""

import json

from ansible.module_utils.basic import AnsibleModule

TABLES = ("frontend", "new_site", "backend", "trust")
QUIET = ["--no-reload", "--no-restart"]


def toml(tables: dict[str, dict]) -> str:
    """An answers file. A JSON string, number, truth value or list of strings is the same in TOML."""
    lines = ["version = 1"]
    for name, table in tables.items():
        if not table:
            # A table that is there asks for something, even without a key: [new_site] makes a site.
            continue
        lines.append(f"[{name}]")
        lines.extend(f"{key} = {value(given)}" for key, given in table.items() if given is not None)
    return "\n".join(lines) + "\n"


def value(given: object) -> str:
    if isinstance(given, dict):
        pairs = (f"{key} = {value(inner)}" for key, inner in given.items() if inner is not None)
        return "{ " + ", ".join(pairs) + " }"
    return json.dumps(given)


class Guacfront:
    """The program, on this machine or on a tree."""

    def __init__(self, module: AnsibleModule) -> None:
        self.module = module
        self.program = [module.get_bin_path(module.params["program"], required=True)]
        if module.params["root"]:
            self.program += ["--root", module.params["root"]]

    def run(self, arguments: list[str], answers: str | None = None) -> dict:
        """The object that it prints; the task fails with the program's own words where it ends with an error."""
        command = self.program + arguments + ["--json"]
        code, out, err = self.module.run_command(command, data=answers)
        try:
            said = json.loads(out)
        except ValueError:
            self.module.fail_json(msg=err.strip() or out.strip(), rc=code, cmd=command)
        if code != 0:
            words = [said.get("message"), said.get("hint")]
            self.module.fail_json(
                msg="\n".join(word for word in words if word) or err.strip(),
                rc=code,
                cmd=command,
                changed=bool(said.get("receipt")),
            )
        return said


def present(guacfront: Guacfront) -> dict:
    params = guacfront.module.params
    answers = toml({name: params[name] for name in TABLES})
    deed = ["plan"] if guacfront.module.check_mode else ["apply", "--yes", "--no-check", *QUIET]
    said = guacfront.run([*deed, "--answers", "-"], answers)
    return {
        "changed": said["changed"],
        "receipts": [said["receipt"]] if said.get("receipt") else [],
        "commands": said["commands"],
        "addresses": said["addresses"],
        "notes": said["notes"],
        "warnings": [note["text"] for note in said["notes"] if note["warning"]],
        "diff": diff([said]),
    }


def absent(guacfront: Guacfront) -> dict:
    history = guacfront.run(["history"])
    in_force = [
        receipt["id"]
        for receipt in history["receipts"]
        if receipt["undoes"] is None and receipt["undone_by"] is None
    ]
    if guacfront.module.check_mode:
        # What an older receipt gives back shows only when the newer ones have been taken back.
        said = [guacfront.run(["undo", in_force[0], "--dry-run"])] if in_force else []
    else:
        said = [guacfront.run(["undo", receipt, "--yes", *QUIET]) for receipt in in_force]
    return {
        "changed": bool(in_force),
        "receipts": [undone["receipt"] for undone in said if undone["receipt"]],
        "commands": commands(said),
        "diff": diff(said),
    }


def commands(said: list[dict]) -> list[dict]:
    """Every command once: two receipts reload the same server."""
    found: list[dict] = []
    for undone in said:
        found.extend(command for command in undone["commands"] if command not in found)
    return found


def diff(said: list[dict]) -> dict:
    parts = [file["diff"] for deed in said for file in deed["files"]]
    links = [f"link {link['path']}\n" for deed in said for link in deed["links"]]
    return {"prepared": "".join(parts + links)}


def main() -> None:
    table = {"type": "dict", "default": {}}
    module = AnsibleModule(
        argument_spec={
            "program": {"type": "str", "default": "guacfront"},
            "root": {"type": "str", "default": ""},
            "state": {"type": "str", "choices": ["present", "absent"], "default": "present"},
            **dict.fromkeys(TABLES, table),
        },
        supports_check_mode=True,
    )
    # The program tests, asks and reports in one language, whatever the machine's own is.
    module.run_command_environ_update = {"LC_ALL": "C.UTF-8"}
    guacfront = Guacfront(module)
    module.exit_json(**(present if module.params["state"] == "present" else absent)(guacfront))


if __name__ == "__main__":
    main()
