"""Paper: a page as our own templates make it becomes an A4 PDF. It knows nobody, and reaches nothing.

`press.Press` starts a process for each sheet; `child.py` is that process, `elements.py` and `tree.py` take from the
page what belongs on paper, `sheet.typ` says how it looks.
"""
