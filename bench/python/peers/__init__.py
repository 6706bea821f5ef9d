"""What other tools take for the work that Bailiwick's benchmark measures.

`main` names the works and who does them. Each peer is a module of its own and runs in
processes of its own (`worker`), so that none sees another's imports, threads or garbage;
`rounds` makes them take turns. A peer prepares a work untimed, then does it as often as
it is asked to, and says in `figures` what came out: peers that disagree are an error.
"""
