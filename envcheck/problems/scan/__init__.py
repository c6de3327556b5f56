"""Scanning logs of any size for the signatures of known problems.

A log comes in pieces and is cut into overlapping blocks (`blocks`). An engine (`hyper`,
`words`) says where in a block something may be, a regular expression looks there (`seek`),
and the conditions around it are looked at (`around`); what holds is counted (`findings`).
"""
