"""Seeded bugs: each is a small patch of the running code, and the simulation has to catch every one of them.

A mutant that survives says that an invariant is not really checked. They live here, never as switches in the code.
"""

from __future__ import annotations

from typing import Final

from sync.simulation.mutants import deciding, merging, office, phone
from sync.simulation.mutants.infection import Mutant, infected

__all__ = ["MUTANTS", "Mutant", "infected"]

MUTANTS: Final = (
    Mutant("a receipt leaves before its change is durable", office.ack_before_commit),
    Mutant("seq is taken when deciding, not in the commit", office.position_allocated_early),
    Mutant("same n with other bytes passes for a retry", office.hash_ignored),
    Mutant("a retry is decided again", office.retry_applied_again),
    Mutant("a refused change gets no seq of its own", office.refusal_takes_no_position),
    Mutant("the cursor of a cut bucket jumps to the head", office.cursor_ahead_of_a_cut_batch),
    Mutant("the phone's word decides which buckets it gets", office.rows_by_what_the_phone_asks),
    Mutant("the changes of a bundle are decided one by one", deciding.bundle_split),
    Mutant("what a failed bundle did first stays", deciding.failed_bundle_leaves_traces),
    Mutant("a bug in one rule fails the whole request", deciding.bug_stops_the_request),
    Mutant("a refused change is not put into the inbox", deciding.refused_not_returned),
    Mutant("the inbox keeps only the start of the words", deciding.returned_cut_short),
    Mutant("late work is judged by today's caseload", deciding.scope_by_now),
    Mutant("a closing reaches back over older contacts", deciding.closing_by_now),
    Mutant("a note's start is held against the office's clock", deciding.start_by_the_office_clock),
    Mutant("any hash signs", deciding.sign_hash_ignored),
    Mutant("a signed note takes patches", deciding.signed_not_frozen),
    Mutant("a patch revives a void record", deciding.void_comes_back),
    Mutant("two texts become one", merging.prose_merged),
    Mutant("the losing value of a conflict is thrown away", merging.losing_value_dropped),
    Mutant("every patch counts as having seen the other", merging.last_writer_wins),
    Mutant("the later wall clock wins", merging.clock_read_for_order),
    Mutant("adding a tag replaces the others", merging.tags_overwritten),
    Mutant('"saved" is shown before the transaction', phone.saved_before_stored),
    Mutant("cursors are stored before their rows", phone.cursor_apart_from_rows),
    Mutant("an answer to an older exchange is applied", phone.late_answer_applied),
    Mutant("rows of a dropped bucket stay", phone.drop_ignored),
    Mutant("the outbox forgets what it sent", phone.outbox_deleted_on_send),
    Mutant("the newest change is sent first", phone.newest_sent_first),
    Mutant("a receipt also settles the next change", phone.receipt_settles_the_next),
    Mutant("the counter starts again after a kill", phone.counter_reused_after_a_kill),
)
