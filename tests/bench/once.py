"""Runs one command and prints its seconds of processor time, its peak in kilobytes and its exit code.

A process of its own: what a child is said to have taken at its peak begins with what its parent had, and the
benchmark has tens of megabytes.
"""

import os
import sys

null = os.open(os.devnull, os.O_RDWR)
streams = [(os.POSIX_SPAWN_DUP2, null, stream) for stream in (0, 1, 2)]
child = os.posix_spawnp(sys.argv[1], sys.argv[1:], os.environ, file_actions=streams)
_, status, usage = os.wait4(child, 0)
print(usage.ru_utime + usage.ru_stime, usage.ru_maxrss, os.waitstatus_to_exitcode(status))
