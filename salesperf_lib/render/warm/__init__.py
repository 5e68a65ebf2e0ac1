"""Kernels forked from a template that has imported what reports need: a second of work saved on each.

`provisioner` is what jupyter_client starts; it asks `pool` for this process's template, which `client`
starts and speaks to through `messages`. In the template's process, `template` imports what `preload` names
and forks; the fork becomes a kernel in `child`. Any trouble ends in an ordinary kernel and one logged line.
"""
