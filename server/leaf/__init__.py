"""Leaves: what a file is, and its pages as pictures and words. Whatever came from outside is opened in a process of its
own, one for each file, so that a hostile one harms nobody and sees no other."""

from server.leaf.leaves import Busy, Leaves, Look, Stamp, Unfit
from server.leaf.rendered import WIDTHS

__all__ = ["WIDTHS", "Busy", "Leaves", "Look", "Stamp", "Unfit"]
